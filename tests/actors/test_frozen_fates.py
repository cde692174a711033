"""What becomes of frozen addresses within a year: some are lifted, some destroyed, the rest stays as it is."""

import pytest

from sandbox.actors.issuer import StablecoinIssuer
from sandbox.journal.kinds import Kind, Purpose
from sandbox.validation.laboratory import laboratory
from sandbox.world.chains import token_chain

YEAR = 365 * 86_400


def fates(addresses: int, lifted: float, destroyed: float) -> tuple[int, int, int]:
    """Freeze so many addresses of one token each, wait a year: (lifted, destroyed, tokens left in all)."""
    ground = laboratory(
        {"usdt.freeze_hazard": 0.0, "usdt.p_unfreeze_year": lifted, "usdt.p_destroy_value": destroyed}, seed=5
    )
    ledger, _ = token_chain(ground, "revm", 19, "needed")
    held = [ledger.open(f"holder/{number}", "wallet") for number in range(addresses)]
    issuer = StablecoinIssuer(ground, ledger, ledger.chain.account("issuer/owner"), lambda: held)
    for account in held:
        issuer.issue_at_start(account, 1)
    ledger.open_block()
    for account in held:
        issuer.freeze(account)
    ground.env.run(until=YEAR + 86_400)
    rows = ground.journal.array()
    ended = (
        int((rows["kind"] == int(Kind.UNFROZEN)).sum()),
        int(((rows["kind"] == int(Kind.POSTED)) & (rows["reason"] == int(Purpose.DESTROY))).sum()),
        int(ledger.contract.read("totalSupply")),
    )
    assert int((rows["kind"] == int(Kind.FROZEN)).sum()) == addresses
    ledger.chain.close()
    return ended


@pytest.mark.parametrize(("lifted", "destroyed"), [(1.0, 0.0), (0.0, 1.0), (0.0, 0.0)])
def test_a_certain_fate_is_everyones(lifted: float, destroyed: float) -> None:
    assert fates(20, lifted, destroyed) == (20 * lifted, 20 * destroyed, 20 - 20 * destroyed)


def test_shares_are_the_parameters() -> None:
    """Three of ten lifted, half destroyed; within three standard deviations of 150 addresses."""
    lifted, destroyed, left = fates(150, 0.3, 0.5)
    assert abs(lifted - 45) < 17 and abs(destroyed - 75) < 19
    assert left == 150 - destroyed
