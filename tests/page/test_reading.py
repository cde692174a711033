"""What a finished run shows equals what its journal holds."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.page.jobs import Kind
from sandbox.page.settings import Limits
from sandbox.report.runfolder import RunFolder
from tests.page.asgi import Browser, Server


@pytest.fixture(scope="module")
def reader(started: Callable[..., Server], finished: tuple[Path, str]) -> tuple[Browser, str, RunFolder]:
    """A visitor of a page with one finished run, the run's address, and its folder."""
    folder, job = finished
    somebody = Browser(started(folder=folder, limits=Limits(submits_a_minute=10_000)))
    somebody.get("/")
    return somebody, f"/runs/{job}", RunFolder(folder / job / str(Kind.RUN))


def test_the_result_page_shows_every_sentence_and_table(reader: tuple[Browser, str, RunFolder]) -> None:
    browser, base, _ = reader
    page = browser.get(base)
    result = browser.get(f"/api{base}/result").json
    assert page.status == 200
    for row in result["tables"]["policy"]["rows"]:
        for cell in row:
            assert f">{cell}<" in page.text
    assert page.text.count("data-figure=") == len(result["charts"]) > 3


def test_a_finished_run_is_not_made_again(reader: tuple[Browser, str, RunFolder], short: str) -> None:
    browser, base, _ = reader
    answer = browser.post_json("/api/runs", {"text": short, "seed": 5})
    assert (answer.status, answer.json["state"]) == (200, "complete")
    assert base.endswith(answer.json["id"])


def test_metrics_are_those_of_the_run(reader: tuple[Browser, str, RunFolder]) -> None:
    browser, base, run = reader
    assert browser.get(f"/api{base}/metrics").json["metrics"] == run.metrics


def test_payments_are_all_there_once_over_the_pages(reader: tuple[Browser, str, RunFolder]) -> None:
    browser, base, run = reader
    (count,) = run.rows("select count(distinct payment) from journal where kind = 2 and payment >= 0")[0]
    listed: list[str] = []
    while True:
        found = browser.get(f"/api{base}/payments?limit=7&offset={len(listed)}").json
        if not found["payments"]:
            break
        listed += [each["payment"] for each in found["payments"]]
    assert len(listed) == len(set(listed)) == count == found["total"]


def test_endings_and_rails_choose_and_add_up(reader: tuple[Browser, str, RunFolder]) -> None:
    browser, base, _ = reader
    whole = browser.get(f"/api{base}/payments?limit=1").json
    by_ending = [
        browser.get(f"/api{base}/payments?limit=200&ending={ending}").json for ending in whole["endings"]
    ]
    assert sum(each["total"] for each in by_ending) == whole["total"]
    for ending, found in zip(whole["endings"], by_ending, strict=True):
        assert {each["ending"] for each in found["payments"]} <= {ending}
    for rail in whole["rails"]:
        found = browser.get(f"/api{base}/payments?limit=200&rail={rail['name']}").json
        assert {each["rail"] for each in found["payments"]} == {rail["name"]}
        page = browser.get(f"{base}/payments?rail={rail['name']}")
        assert page.text.count(f"{base}/payments/P-") == min(found["total"], 50)


def test_every_payment_explains_itself(reader: tuple[Browser, str, RunFolder]) -> None:
    browser, base, _ = reader
    for each in browser.get(f"/api{base}/payments?limit=25").json["payments"]:
        story = browser.get(f"/api{base}/payments/{each['payment']}").json
        assert sum(step["wait_seconds"] for step in story["steps"]) == story["total_seconds"]
        page = browser.get(f"{base}/payments/{each['payment']}")
        assert page.status == 200
        assert page.text.count('<p class="step">') == len(story["steps"])


def test_neighbours_lead_through_all_payments(reader: tuple[Browser, str, RunFolder]) -> None:
    browser, base, _ = reader
    first = browser.get(f"/api{base}/payments?limit=3").json["payments"]
    story = browser.get(f"/api{base}/payments/{first[1]['payment']}").json
    assert (story["before"], story["after"]) == (first[0]["payment"], first[2]["payment"])


def test_chains_tell_blocks_as_the_journal_does(reader: tuple[Browser, str, RunFolder]) -> None:
    browser, base, run = reader
    chains = browser.get(f"/api{base}/chains").json["chains"]
    assert {each["chain"] for each in chains} == {"bitcoin", "digital_ruble", "evm"}
    for each in chains:
        listed = browser.get(f"/api{base}/chains/{each['chain']}/blocks?empty=show&limit=200").json
        expected = run.rows(
            "select count(*) from journal j join entities e on e.id = j.actor where j.kind = 44 and e.name = ?",
            [f"chain/{each['chain']}"],
        )[0][0]
        assert listed["total"] == expected == each["blocks"]


def test_a_reorganised_block_stays_and_is_marked(reader: tuple[Browser, str, RunFolder]) -> None:
    browser, base, run = reader
    depth, fork = run.rows("select object, amount from journal where kind = 45")[0]
    for height in range(fork + 1, fork + depth + 1):
        versions = browser.get(f"/api{base}/chains/bitcoin/blocks/{height}").json["versions"]
        assert [each["dropped"] for each in versions] == [False, True]
        assert "reorganised away" in browser.get(f"{base}/chains/bitcoin/blocks/{height}").text
    versions = browser.get(f"/api{base}/chains/bitcoin/blocks/{fork}").json["versions"]
    assert [each["dropped"] for each in versions] == [False]


def test_balances_add_up_to_what_the_books_say(reader: tuple[Browser, str, RunFolder]) -> None:
    browser, base, run = reader
    for chain in ("bitcoin", "evm", "digital_ruble"):
        accounts = browser.get(f"/api{base}/chains/{chain}/balances").json["accounts"]
        expected = run.rows(
            """select coalesce(sum(case when d.account is not null then -j.amount else 0 end
                                  + case when c.account is not null then j.amount else 0 end), 0)::bigint
            from journal j
            left join accounts d on d.account = j.subject and d.chain = (select id from entities where name = ?)
            left join accounts c on c.account = j.object and c.chain = (select id from entities where name = ?)
            where j.kind = 10""",
            [f"chain/{chain}", f"chain/{chain}"],
        )[0][0]
        assert sum(each["units"] for each in accounts) == expected
        assert all(each["units"] >= 0 for each in accounts)
        assert browser.get(f"{base}/chains/{chain}/balances").status == 200


def test_every_proof_of_a_payment_leads_to_its_transaction(reader: tuple[Browser, str, RunFolder]) -> None:
    browser, base, _ = reader
    met = set()
    for rail in ("usdt", "btc", "digital_ruble"):
        for each in browser.get(f"/api{base}/payments?rail={rail}&ending=CREDITED&limit=3").json["payments"]:
            story = browser.get(f"/api{base}/payments/{each['payment']}").json
            for proof in story["proofs"]:
                if not proof["hash"]:
                    continue
                chain = proof["chain"].removeprefix("chain/")
                address = f"{base}/chains/{chain}/transactions/{proof['transaction']}"
                found = browser.get(f"/api{address}").json
                assert found["hash"] == proof["hash"]
                assert found["payment"] == each["payment"]
                assert found["movements"]
                assert proof["hash"] in browser.get(address).text
                block = browser.get(f"{base}/chains/{chain}/blocks/{proof['height']}")
                assert f"/transactions/{proof['transaction']}" in block.text
                met.add(chain)
    assert met == {"evm", "bitcoin", "digital_ruble"}


def test_what_is_not_there_is_not_found(reader: tuple[Browser, str, RunFolder]) -> None:
    browser, base, _ = reader
    for address in (
        "/payments/P-99999",
        "/payments/P-1x",
        "/payments/0",
        "/payments/%2e%2e",
        "/chains/nowhere",
        "/chains/..%2fevm",
        "/chains/evm/blocks/999999",
        "/chains/evm/blocks/-1",
        "/chains/evm/transactions/999999",
        "/chains/evm/transactions/1e3",
    ):
        status = browser.get(f"{base}{address}").status
        assert status == (200 if address == "/payments/0" else 404), address
    assert browser.get(f"/comparisons/{base.split('/')[-1]}").status == 404


def test_the_report_is_a_file_to_keep(reader: tuple[Browser, str, RunFolder]) -> None:
    browser, base, _ = reader
    answer = browser.get(f"{base}/report.html")
    assert answer.header("content-disposition") == 'attachment; filename="scenario-seed5.html"'
    assert answer.body.startswith(b"<!DOCTYPE html>")


def test_the_text_of_a_run_comes_back_into_the_editor(
    reader: tuple[Browser, str, RunFolder], short: str
) -> None:
    browser, base, _ = reader
    assert "extends: classroom.yaml" in browser.get(f"{base}/scenario").text


def test_pages_speak_russian_when_asked(reader: tuple[Browser, str, RunFolder]) -> None:
    browser, base, _ = reader
    visitor = Browser(browser.server, extra={"accept-language": "ru"})
    page = visitor.get(base).text
    assert '<html lang="ru">' in page
    assert "Ответ" in page
    back = visitor.post_form("/language", {"language": "en", "back": base}, on=base)
    assert back.header("location") == base
    assert '<html lang="en">' in visitor.get(base).text
    for wrong in ("//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"):
        assert visitor.post_form("/language", {"language": "ru", "back": wrong}).header("location") == "/"
