"""Regimes: each authorises orders on its own rails, and a firm is in one of them."""

import numpy as np

from sandbox.audit.cells import Cells
from sandbox.audit.facts import Directory
from sandbox.audit.groups import Groups
from sandbox.audit.memberships import Memberships
from sandbox.audit.orders import Orders
from sandbox.audit.rows import Rows
from sandbox.audit.violation import Findings, Ints
from sandbox.journal.kinds import Kind

_ADMITTED, _REVOKED = 1, 2


class Regimes:
    """A10, and what A1 says of firms whose admission was revoked."""

    def __init__(self, directory: Directory, orders: Orders) -> None:
        self._directory = directory
        self._orders = orders
        self._standing = Cells(np.int8)
        """A firm's standing in a regime, by membership (0: never admitted)."""
        self._by = Cells(np.int32, -1)
        """Regime that last authorised an order."""
        self._memberships = Memberships()
        self._member_of: dict[int, set[int]] = {}

    def chunk(self, rows: Rows, findings: Findings) -> None:
        """Check admissions, authorisations and their use."""
        decisions = rows.of(Kind.ADMITTED, Kind.REVOKED)
        decisions = decisions[rows.subject[decisions] >= 0]
        if len(decisions):
            self._one_regime(rows, decisions, findings)
        consents, regimes = self._consents(rows)
        if len(consents):
            self._own_rails(rows, consents, regimes, findings)
        self._of_members(rows, decisions, consents, regimes, findings)

    def finish(self, findings: Findings) -> None:
        """Nothing more at the end."""

    def _one_regime(self, rows: Rows, decisions: Ints, findings: Findings) -> None:
        wrong = np.zeros(len(decisions), np.bool_)
        for place, row in enumerate(decisions.tolist()):
            firm, regime = int(rows.subject[row]), int(rows.actor[row])
            member = self._member_of.setdefault(firm, set())
            if rows.kind[row] == int(Kind.ADMITTED):
                wrong[place] = bool(member - {regime}) and not self._directory.terms.overlap
                member.add(regime)
            else:
                member.discard(regime)
        findings.where(
            "A10",
            wrong,
            decisions,
            lambda i: "a firm in one regime",
            lambda i: (
                f"{self._directory.name(int(rows.subject[decisions[i]]))} admitted by "
                f"{self._directory.name(int(rows.actor[decisions[i]]))} while in another"
            ),
        )

    def _consents(self, rows: Rows) -> tuple[Ints, Ints]:
        """Authorisations and their uses in order of rows, and the regime behind each."""
        at = rows.of(Kind.AUTHORISED, Kind.CONSUMED)
        if not len(at):
            return at, at
        groups = Groups(rows.payment[at])
        place = groups.take(at)
        regime = groups.latest(rows.kind[place] == int(Kind.AUTHORISED), rows.actor[place], self._by)
        groups.leave(self._by, regime)
        order = np.argsort(place, kind="stable")
        return place[order], regime[order]

    def _own_rails(self, rows: Rows, consents: Ints, regimes: Ints, findings: Findings) -> None:
        directory = self._directory
        for name, rails in directory.terms.regimes.items():
            theirs = (regimes == directory.entity(name)) & (rows.kind[consents] == int(Kind.AUTHORISED))
            if not theirs.any():
                continue
            findings.where(
                "A10",
                theirs & ~directory.among(rows.object[consents], rails),
                consents,
                lambda i, name=name: f"an order on a rail of {name}",  # type: ignore[misc]  # the default binds the name
                lambda i: directory.name(int(rows.object[consents[i]])),
            )

    def _of_members(
        self, rows: Rows, decisions: Ints, consents: Ints, regimes: Ints, findings: Findings
    ) -> None:
        """Standing is of a firm in a regime; the rows of both kinds are taken in their order."""
        firm = self._orders.importer.at(rows.payment[consents])
        known = (firm >= 0) & (regimes >= 0)
        consents, regimes, firm = consents[known], regimes[known], firm[known]
        at = np.concatenate((decisions, consents))
        if not len(at):
            return
        keys = self._memberships.numbers(
            np.concatenate((rows.subject[decisions], firm)), np.concatenate((rows.actor[decisions], regimes))
        )
        order = np.argsort(at, kind="stable")
        groups = Groups(keys[order])
        place = groups.take(at[order])
        kind = rows.kind[place]
        says = (kind == int(Kind.ADMITTED)) | (kind == int(Kind.REVOKED))
        told = np.where(kind == int(Kind.REVOKED), _REVOKED, _ADMITTED)
        standing = groups.latest(says, told, self._standing)
        findings.where(
            "A1",
            (kind == int(Kind.CONSUMED)) & (standing == _REVOKED),
            place,
            lambda i: (
                f"{self._directory.name(self._memberships.firm(int(groups.keys[i])))} admitted to the regime"
            ),
            lambda i: "its admission revoked",
        )
        groups.leave(self._standing, standing)
