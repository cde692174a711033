"""What the auditor is told beside the journal's rows: the static tables, and the terms promised."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from sandbox.audit.cells import Cells
from sandbox.audit.violation import Bools, Ints
from sandbox.money import Asset

#: Account number, owner entity, asset, role, may be overdrawn, chain entity (-1: bank money), address:
#: a row of accounts.parquet.
AccountRow = tuple[int, int, int, str, bool, int, str]

#: Entity that stands for "no such name yet".
NOBODY = -2


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainTerms:
    """When a transfer on a chain counts as final."""

    confirmations: int
    """Blocks waited for, the block of inclusion counted."""
    block_seconds: int | None = None
    """Interval of blocks where empty ones are not made; None where every block is in the journal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the scenario promised, as far as rules depend on it."""

    chains: Mapping[str, ChainTerms] = field(default_factory=dict)
    """Chain entity name, such as ``chain/evm``, to its finality."""
    authorised_rails: frozenset[str] = frozenset({"rail/usdt", "rail/btc"})
    """Rails of the regime: an order moves on them only under an authorisation."""
    chain_rails: frozenset[str] = frozenset({"rail/usdt", "rail/btc"})
    """Rails whose settlement a chain proves."""
    receipt_rails: frozenset[str] = frozenset({"rail/digital_ruble"})
    """Rails whose settlement the operator's receipt proves."""
    kept_assets: frozenset[Asset] = frozenset({Asset.DRUB})
    """Assets that pay a beneficiary when they reach its wallet (the others are exchanged first)."""
    platforms: Mapping[Asset, str] = field(default_factory=lambda: {Asset.DRUB: "operator"})
    """Assets that only registered holders of a platform have, and the platform's operator."""
    operation_limit: int = 0
    """Kopecks one digital-ruble order may move (0: any number)."""
    holding_limit: int = 0
    """Kopecks one digital-ruble wallet may hold (0: any number)."""
    registered_from: int | None = None
    """Kopecks above which an order needs a registered contract; None: no currency control."""
    exports_registered_from: int | None = None
    """The same of an exporter's order."""
    exports: bool = False
    """Whether some of the firms sell abroad."""
    penalty_per_day: float | None = None
    """Share of the invoice that a contract charges for each day past due; None: the world has no goods."""
    penalty_cap: float | None = None
    """Most of the invoice that it charges."""
    notice_seconds: int = 0
    """Least time from the notice of a laundering threat to the end of an admission."""
    month_starts: tuple[int, ...] = ()
    """First seconds of the calendar months of the run after its first; () where caps are not folded anew."""
    regimes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Regime, as an entity, to the rails it may authorise."""
    overlap: bool = False
    """Whether a firm may be in two regimes at a time."""
    priority_desks: frozenset[str] = frozenset()
    """Desks that do not serve in order of arrival."""


_NO_EXPORTS = np.empty(0, np.bool_)


class Owed(NamedTuple):
    """What each order's beneficiary is owed: payments.parquet, row = order number."""

    currency: Ints
    """Code of the asset."""
    units: Ints
    """Minor units of it."""
    exports: Bools = _NO_EXPORTS
    """Whether the order is an exporter's; empty where nobody exports."""

    @classmethod
    def nothing(cls) -> "Owed":
        """Of no order."""
        return cls(np.empty(0, np.int64), np.empty(0, np.int64))

    def of(self, orders: Ints) -> tuple[Ints, Ints]:
        """Currency and units owed to each order's beneficiary; -1 for an order the table does not have."""
        known = orders < len(self.units)
        at = orders[known]
        currency, units = np.full(len(orders), -1, np.int64), np.full(len(orders), -1, np.int64)
        currency[known], units[known] = self.currency[at], self.units[at]
        return currency, units

    def exported(self, orders: Ints) -> Bools:
        """Which of these orders are exporters'."""
        exported = np.zeros(len(orders), np.bool_)
        known = orders < len(self.exports)
        exported[known] = self.exports[orders[known]]
        return exported


class Directory:
    """Entities, accounts and what orders owe as arrays, brought up to date before every chunk."""

    def __init__(
        self,
        entities: Callable[[], Sequence[str]],
        accounts: Callable[[], Sequence[AccountRow]],
        terms: Terms,
        owed: Callable[[], Owed] = Owed.nothing,
    ) -> None:
        self.owed = owed
        self._entities = entities
        self._accounts = accounts
        self._seen_entities = 0
        self._ids: dict[str, int] = {}
        self.terms = terms
        self.names: Sequence[str] = ()
        self.accounts = 0
        """Number of accounts."""
        self.roles: dict[str, int] = {}
        self.asset = Cells(np.int8)
        self.role = Cells(np.int8, -1)
        self.overdraft = Cells(np.int8)
        self.owner = Cells(np.int32, NOBODY)
        self.chain = Cells(np.int32, -1)

    def refresh(self) -> None:
        """Take in the names and accounts that are new."""
        self.names = self._entities()
        for number in range(self._seen_entities, len(self.names)):
            self._ids[self.names[number]] = number
        self._seen_entities = len(self.names)
        known = self._accounts()
        for number, owner, asset, role, overdraft, chain, _ in known[self.accounts :]:
            for cells in (self.asset, self.role, self.overdraft, self.owner, self.chain):
                cells.reach(number)
            self.asset.data[number] = asset
            self.role.data[number] = self.roles.setdefault(role, len(self.roles))
            self.overdraft.data[number] = overdraft
            self.owner.data[number] = owner
            self.chain.data[number] = chain
        self.accounts = len(known)

    def entity(self, name: str) -> int:
        """The id of a name, :data:`NOBODY` while nobody has it."""
        return self._ids.get(name, NOBODY)

    def among(self, entities: Ints, names: frozenset[str]) -> Bools:
        """Which of these entities have one of a few names."""
        found = np.zeros(len(entities), np.bool_)
        for name in names:
            if name in self._ids:
                found |= entities == self._ids[name]
        return found

    def role_code(self, role: str) -> int:
        """The code of a role in :attr:`role`, -3 while no account has it."""
        return self.roles.get(role, -3)

    def name(self, entity: int) -> str:
        """The name of an entity, or its number if it has none."""
        return self.names[entity] if 0 <= entity < len(self.names) else f"entity {entity}"

    def account_name(self, account: int) -> str:
        """An account in words: ``account 17 (dealer/1 inventory USDT)``."""
        if not 0 <= account < self.accounts:
            return f"account {account}"
        role = next(name for name, code in self.roles.items() if code == self.role.data[account])
        asset = asset_name(int(self.asset.data[account]))
        return f"account {account} ({self.name(int(self.owner.data[account]))} {role} {asset})"


def asset_name(code: int) -> str:
    """``USDT`` for 6; the number itself for a code nobody knows."""
    return Asset(code).name if code in Asset._value2member_map_ else f"asset {code}"
