"""What the issuer froze and destroyed, counted by hand."""

from pathlib import Path
from typing import Any

from sandbox.journal.kinds import Kind, Purpose
from sandbox.metrics import RunFacts, compute_all
from sandbox.money import Asset

DAY = 86_400


def test_what_lay_at_the_address_when_it_was_frozen(scribe: Any, tmp_path: Path, facts: RunFacts) -> None:
    """Units that left before the freeze or came after it do not count; a second freeze counts again."""
    issuer = scribe.account("issuer", Asset.USDT, "issuer")
    wallet = scribe.account("dealer/1", Asset.USDT, "inventory")
    other = scribe.account("supplier/1", Asset.USDT, "wallet")

    def post(at: int, giver: int, receiver: int, dollars: int, purpose: Purpose) -> None:
        units = dollars * Asset.USDT.scale
        scribe.record(
            at, Kind.POSTED, payment=-1, subject=giver, object=receiver, amount=units, reason=int(purpose)
        )

    post(DAY, issuer, wallet, 100, Purpose.ISSUE)
    post(2 * DAY, wallet, other, 30, Purpose.FUNDING)
    scribe.record(3 * DAY, Kind.FROZEN, payment=-1, subject=wallet)
    post(4 * DAY, issuer, wallet, 5, Purpose.ISSUE)
    scribe.record(5 * DAY, Kind.FROZEN, payment=-1, subject=other)
    post(6 * DAY, wallet, issuer, 75, Purpose.DESTROY)
    measured = {each.name: each for each in compute_all(scribe.write(tmp_path), facts) if not each.by}
    assert (measured["frozen_usd"].value, measured["frozen_usd"].n) == (70 + 30, 2)
    assert (measured["destroyed_usd"].value, measured["destroyed_usd"].n) == (75, 1)
