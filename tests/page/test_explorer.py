"""The block explorer: addresses, events and search lead to what the chain and the books say."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandbox.page import addresses
from sandbox.page.opened import Opened
from sandbox.page.refusals import Refusal
from tests.page.asgi import Browser, Server


@pytest.fixture(scope="module")
def opened(finished: tuple[Path, str]) -> Opened:
    """The finished run's folder."""
    folder, run = finished
    return Opened(folder / run / "run")


@pytest.fixture(scope="module")
def visitor(started: Callable[..., Server], finished: tuple[Path, str]) -> tuple[Browser, str]:
    """A visitor of a page with one finished run, and the run's address."""
    return Browser(started(finished[0])), f"/runs/{finished[1]}"


def _every_movement(opened: Opened, chain: str, sought: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while True:
        page = addresses.address(opened, chain, sought, len(found), 7)
        found += page["movements"]
        if not page["movements"]:
            assert len(found) == page["total"]
            return found


@pytest.mark.parametrize("chain", ["evm", "bitcoin", "digital_ruble"])
def test_an_address_adds_up_movement_by_movement(
    visitor: tuple[Browser, str], opened: Opened, chain: str
) -> None:
    browser, base = visitor
    accounts = browser.get(f"/api{base}/chains/{chain}/balances").json["accounts"]
    busy = [each for each in accounts if each["address"]][:3] + [
        each for each in accounts if each["address"]
    ][-3:]
    for each in busy:
        movements = _every_movement(opened, chain, each["address"])
        assert sum(move["units"] for move in movements) == each["units"]
        for move in movements:
            if move["transaction"] is not None:
                told = browser.get(f"/api{base}/chains/{chain}/transactions/{move['transaction']}").json
                # The network's fee is the dealer's own affair and names no payment.
                assert move["payment"] in (None, told["payment"])
                assert str(move["height"]) in " ".join(event["text"] for event in told["events"])
        page = browser.get(f"{base}/chains/{chain}/addresses/{each['address'].lower()}")
        assert page.status == 200
        assert each["address"] in page.text


def test_an_address_of_nobody_is_not_found(opened: Opened, visitor: tuple[Browser, str]) -> None:
    browser, base = visitor
    for wrong in ("0x00", "", "' or 1=1 --"):
        with pytest.raises(Refusal):
            addresses.address(opened, "evm", wrong, 0, 10)
    assert browser.get(f"{base}/chains/evm/addresses/0x00").status == 404


def test_a_transfer_tells_its_event_decoded(visitor: tuple[Browser, str]) -> None:
    browser, base = visitor
    paid = browser.get(f"/api{base}/payments?rail=usdt&ending=CREDITED&limit=1").json["payments"][0]
    story = browser.get(f"/api{base}/payments/{paid['payment']}").json
    proof = next(each for each in story["proofs"] if each["hash"])
    told = browser.get(f"/api{base}/chains/evm/transactions/{proof['transaction']}").json
    (event,) = told["told"]
    assert event["event"] == "Transfer"
    named = {each["name"].strip("_"): each for each in event["arguments"]}
    amount = next(each for name, each in named.items() if name not in ("from", "to", "sender", "receiver"))
    assert int(amount["value"]) > 0
    assert sum(bool(each["owner"]) for each in named.values()) == 2
    page = browser.get(f"{base}/chains/evm/transactions/{proof['transaction']}").text
    assert "Transfer" in page


def test_whatever_one_has_in_hand_leads_there(visitor: tuple[Browser, str]) -> None:
    browser, base = visitor
    paid = browser.get(f"/api{base}/payments?rail=usdt&ending=CREDITED&limit=1").json["payments"][0][
        "payment"
    ]
    story = browser.get(f"/api{base}/payments/{paid}").json
    proof = next(each for each in story["proofs"] if each["hash"])
    place = f"{base}/chains/evm/transactions/{proof['transaction']}"
    for query in (proof["hash"], proof["hash"].removeprefix("0x").upper()):
        assert browser.get(f"{base}/search?q={query}").header("location") == place
    assert browser.get(f"{base}/search?q={paid.lower()}").header("location") == f"{base}/payments/{paid}"
    found = browser.get(f"/api{base}/search?q={proof['height']}").json["found"]
    assert {"kind": "block", "chain": "evm"}.items() <= next(
        each for each in found if each["kind"] == "block" and each["chain"] == "evm"
    ).items()
    named = browser.get(f"/api{base}/search?q=supplier/").json["found"]
    assert named and all(each["name"].startswith("supplier/") for each in named)
    account = named[0]
    assert browser.get(f"/api{base}/search?q={account['address'][:14].lower()}").json["found"] == [account]


@pytest.mark.parametrize(
    "query", ["", "   ", "%00", "zzz", "-1", "999999999999999", "%27%3B--", "%F0%9F%92%A9", "P-0", "%ff"]
)
def test_a_search_for_anything_has_an_answer(visitor: tuple[Browser, str], query: str) -> None:
    browser, base = visitor
    assert browser.get(f"{base}/search?q={query}").status in (200, 303)


def test_a_search_is_bounded_and_inert(visitor: tuple[Browser, str]) -> None:
    browser, base = visitor
    assert len(browser.get(f"/api{base}/search?q=importer").json["found"]) <= 40
    assert browser.get(f"{base}/search?q={'a' * 101}").status == 422
    page = browser.get(f"{base}/search?q=%3Cscript%3Ealert(1)%3C%2Fscript%3E").text
    assert "<script>alert" not in page


def test_pages_of_the_explorer_speak_russian(visitor: tuple[Browser, str]) -> None:
    browser, base = visitor
    russian = Browser(browser.server, extra={"accept-language": "ru"})
    assert "транзакция" in russian.get(f"{base}/chains/bitcoin/transactions/1").text.lower()
    assert browser.get(f"/api{base}/chains/bitcoin/transactions/1").json["events"][0]["text"].isascii()
    assert "Платежей в окне наблюдения" in russian.get(base).text
    assert "Of " in browser.get(base).text
