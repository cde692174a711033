"""A run from the first click to its end: by form and by API."""

import time
from collections.abc import Callable
from pathlib import Path

from sandbox.page.settings import Limits
from tests.page.asgi import Browser, Server


def test_a_click_at_a_scenario_starts_it_and_leads_to_its_page(browser: Browser) -> None:
    answer = browser.post_form("/runs", {"scenario": "elr-2024"})
    assert answer.status == 303
    address = answer.header("location")
    page = browser.get(address)
    assert page.status == 200
    assert "<progress" in page.text
    assert browser.post_form(f"{address}/cancel", {}).header("location") == address
    assert browser.wait(f"/api{address}")["state"] == "cancelled"
    assert "<progress" not in browser.get(address).text


def test_a_run_by_api_tells_its_progress_and_its_end(script: Browser, short: str) -> None:
    asked = script.post_json("/api/runs", {"text": short, "seed": 11})
    assert asked.status == 202
    job = asked.json
    assert job["state"] == "waiting"
    seen = []
    while not (now := script.get(f"/api/runs/{job['id']}").json)["ended"]:
        seen.append(now["progress"])
        time.sleep(0.1)
    assert now["state"] == "complete"
    days = [each["done"] for each in seen if each]
    assert days == sorted(days)
    result = script.get(f"/api/runs/{job['id']}/result").json
    assert result["answer"][0].startswith("Of ")
    assert result["charts"][0]["name"] == "settlement-times"


def test_the_same_scenario_and_seed_run_once_whoever_asks(
    browser: Browser, script: Browser, long: str
) -> None:
    first = script.post_json("/api/runs", {"text": long, "seed": 12})
    again = browser.post_json("/api/runs", {"text": f"# another layout\n{long}", "seed": 12})
    other = script.post_json("/api/runs", {"text": long, "seed": 13})
    assert (first.status, again.status, other.status) == (202, 200, 202)
    assert again.json["id"] == first.json["id"] != other.json["id"]
    for each in (first, other):
        script.post_json(f"/api/runs/{each.json['id']}/cancel", {})


def test_a_cancelled_run_can_be_asked_for_again(script: Browser, long: str) -> None:
    first = script.post_json("/api/runs", {"text": long, "seed": 14}).json
    stopped = script.post_json(f"/api/runs/{first['id']}/cancel", {}).json
    assert stopped["state"] == "cancelled"
    assert script.get(f"/api/runs/{first['id']}/result").status == 409
    second = script.post_json("/api/runs", {"text": long, "seed": 14})
    assert second.status == 202
    assert second.json["id"] != first["id"]
    script.post_json(f"/api/runs/{second.json['id']}/cancel", {})


def test_an_idempotency_key_names_one_job(script: Browser, long: str) -> None:
    body = {"text": long, "seed": 15}
    first = script.post_json("/api/runs", body, idempotency_key="k-1")
    script.post_json(f"/api/runs/{first.json['id']}/cancel", {})
    # The job has ended without a result: only the key says that this is the same wish.
    again = script.post_json("/api/runs", body, idempotency_key="k-1")
    assert (again.status, again.json["id"]) == (200, first.json["id"])
    changed = script.post_json("/api/runs", {**body, "seed": 16}, idempotency_key="k-1")
    assert (changed.status, changed.json["code"]) == (409, "key_reused")
    assert script.post_json("/api/runs", body, idempotency_key="a b").status == 400


def test_a_scenario_that_cannot_be_used_is_refused_with_the_loaders_words(browser: Browser) -> None:
    text = "extends: classroom.yaml\npolicy: {kyc_analist: 4}\n"
    answer = browser.post_json("/api/runs", {"text": text})
    assert (answer.status, answer.json["code"]) == (422, "scenario_invalid")
    fault = answer.json["faults"][0]
    assert (fault["line"], fault["column"], fault["file"]) == (2, 10, "scenario.yaml")
    assert "kyc_analysts" in fault["hint"]
    page = browser.post_form("/editor", {"text": text, "seed": "1", "do": "run"}, on="/editor")
    assert page.status == 422
    assert "line 2, column 10" in page.text
    assert "kyc_analist: 4" in page.text, "what was written is still there"


def test_a_check_says_that_a_scenario_is_in_order(browser: Browser, short: str) -> None:
    document = browser.post_json("/api/scenarios/check", {"text": short}).json
    assert (document["valid"], document["days"]) == (True, 6)
    page = browser.post_form("/editor", {"text": short, "seed": "1", "do": "check"}, on="/editor")
    assert page.status == 200
    assert "in order: 6 simulated days" in page.text


def test_faults_name_no_folder_of_this_machine(script: Browser) -> None:
    for text in (
        "extends: elr-2024.yaml\nextends: x\n",
        "extends: nowhere.yaml\n",
        "extends: ../job.json\n",
        "[\n",
    ):
        answer = script.post_json("/api/scenarios/check", {"text": text})
        assert answer.status == 200
        assert not answer.json["valid"]
        assert str(Path.cwd()) not in answer.text
        assert "/tmp" not in answer.text


def test_a_visitor_may_have_so_many_jobs_and_everybody_so_many(
    started: Callable[..., Server], long: str
) -> None:
    server = started(limits=Limits(waiting_each=2, waiting_all=3))
    one, two, three = Browser(server), Browser(server), Browser(server)
    for each in (one, two, three):
        each.get("/")
    jobs = [one.post_json("/api/runs", {"text": long, "seed": seed}) for seed in (1, 2, 3)]
    assert [job.status for job in jobs] == [202, 202, 429]
    assert jobs[2].json["code"] == "too_many_waiting"
    theirs = two.post_json("/api/runs", {"text": long, "seed": 4})
    assert theirs.status == 202
    assert three.post_json("/api/runs", {"text": long, "seed": 5}).json["code"] == "queue_full"
    for who, job in ((one, jobs[0]), (one, jobs[1]), (two, theirs)):
        who.post_json(f"/api/runs/{job.json['id']}/cancel", {})


def test_submissions_are_bounded_by_the_minute(started: Callable[..., Server]) -> None:
    server = started(limits=Limits(submits_a_minute=3))
    somebody, other = Browser(server), Browser(server)
    for each in (somebody, other):
        each.get("/")
    answers = [
        somebody.post_json("/api/runs", {"scenario": "classroom"}, idempotency_key="k") for _ in range(4)
    ]
    assert [answer.status for answer in answers] == [202, 200, 200, 429]
    assert answers[3].header("retry-after") == "60"
    assert other.post_json("/api/runs", {"scenario": "classroom"}).status == 200
    somebody.post_json(f"/api/runs/{answers[0].json['id']}/cancel", {})


def test_a_run_over_its_time_is_stopped_and_says_so(started: Callable[..., Server], long: str) -> None:
    server = started(limits=Limits(run_seconds=0.5))
    script = Browser(server, keeps_cookies=False)
    job = script.post_json("/api/runs", {"text": long}).json
    ended = script.wait(f"/api/runs/{job['id']}")
    assert (ended["state"], ended["message"]) == ("failed", "time")
    assert "longer than the server allows" in script.get(f"/runs/{job['id']}").text


def test_a_run_over_its_memory_takes_nobody_with_it(started: Callable[..., Server], short: str) -> None:
    server = started(limits=Limits(run_bytes=150 * 1024 * 1024))
    script = Browser(server, keeps_cookies=False)
    job = script.post_json("/api/runs", {"text": short}).json
    assert script.wait(f"/api/runs/{job['id']}")["state"] == "failed"
    assert script.get("/api/runs").status == 200
