"""In a class a team sees what it asked for and what is everybody's; another team's jobs are not there for it."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import hypothesis.strategies as st
import pytest
from hypothesis import given

from sandbox.page.api.table import ENDPOINTS
from sandbox.page.jobs import ROOM, Arm, Asker, Job, Kind
from sandbox.page.pages.table import PAGES
from sandbox.page.settings import Limits
from sandbox.page.viewers import Viewer
from tests.page.asgi import Answer, Browser, Server
from tests.page.test_classroom import CODE, join, teacher

#: Every operation on a job: method and path, of the API and of the pages.
ASKED = sorted(
    {(each.method, each.path) for each in ENDPOINTS if "{id}" in each.path}
    | {(method, path) for method, path, _, _ in PAGES if "{id}" in path}
)
COMPARISON = "c" * 32


@pytest.fixture(scope="module")
def room(
    started: Callable[..., Server], finished: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Server, str]:
    """A class whose first team has a finished run and a comparison that failed."""
    folder = tmp_path_factory.mktemp("class") / "jobs"
    shutil.copytree(finished[0], folder)
    path = folder / finished[1] / "job.json"
    run = {**json.loads(path.read_text()), "owner": "team 1"}
    path.write_text(json.dumps(run))
    (folder / COMPARISON).mkdir()
    ended = {**run, "id": COMPARISON, "kind": "comparison", "state": "failed", "replications": 3}
    (folder / COMPARISON / "job.json").write_text(json.dumps(ended))
    limits = Limits(submits_a_minute=10_000, guesses_a_minute=10_000)
    return started(folder, room=CODE, teams=5, limits=limits), finished[1]


@pytest.fixture(scope="module")
def first(room: tuple[Server, str]) -> Browser:
    """Somebody of the team whose jobs they are."""
    return join(room[0], "First")[0]


@pytest.fixture(scope="module")
def second(room: tuple[Server, str], first: Browser) -> Browser:
    """Somebody of another team, founded later."""
    return join(room[0], "Second")[0]


@pytest.fixture(scope="module")
def parts(room: tuple[Server, str], first: Browser) -> dict[str, str]:
    """Values of the other parts of a path that lead somewhere in the finished run."""
    chain = f"/api/runs/{room[1]}/chains/evm"
    address = str(first.get(f"{chain}/balances").json["accounts"][0]["address"])
    height = str(first.get(f"{chain}/blocks?limit=1").json["blocks"][0]["height"])
    return {"payment": "0", "chain": "evm", "height": height, "number": "0", "address": quote(address)}


def asked(somebody: Browser, method: str, path: str, job: str, parts: dict[str, str]) -> Answer:
    """One operation on a job."""
    filled = path.format(id=job, **parts)
    if method == "GET":
        return somebody.get(filled)
    return somebody.post_json(filled, {}) if path.startswith("/api/") else somebody.post_form(filled, {})


@pytest.mark.parametrize(("method", "path"), ASKED, ids=lambda each: str(each))
def test_anothers_job_is_like_one_that_is_not_there(
    room: tuple[Server, str],
    first: Browser,
    second: Browser,
    parts: dict[str, str],
    method: str,
    path: str,
) -> None:
    job = COMPARISON if "/comparisons/" in path else room[1]
    own = asked(first, method, path, job, parts)
    assert own.status in (200, 303, 409), own.text
    foreign = asked(second, method, path, job, parts)
    nowhere = asked(second, method, path, "0" * 32, parts)
    assert foreign.status == nowhere.status == 404
    # All that may differ is the address itself, to which the language switch leads back.
    assert foreign.text.replace(job, "0" * 32) == nowhere.text


def test_the_paths_are_all_there_are() -> None:
    """A table that lost its pages would make the property above empty."""
    assert len(ASKED) > 30
    assert {path.split("/")[-1] for _, path in ASKED} >= {
        "report.html",
        "scenario",
        "result",
        "cancel",
        "playback",
    }


def test_a_seeded_defect_is_seen(
    room: tuple[Server, str], second: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A viewer who sees everything opens the run: the property above can fail."""
    monkeypatch.setattr(Viewer, "sees", lambda self, job: True)
    assert second.get(f"/api/runs/{room[1]}").status == 200


def test_lists_and_pairs_hold_ones_own_alone(
    room: tuple[Server, str], first: Browser, second: Browser
) -> None:
    server, run = room
    desk = teacher(server)
    for somebody, seen in ((first, True), (desk, True), (second, False), (Browser(server), False)):
        listed = [each["id"] for each in somebody.get("/api/runs?limit=200").json["runs"]]
        assert (run in listed) is seen
        for page in ("/", "/runs"):
            assert (run in somebody.get(page).text) is seen
        assert somebody.get(f"/api/beside?first={run}&second={run}").status == (200 if seen else 404)
        assert somebody.get(f"/beside?first={run}&second={run}").status == (200 if seen else 404)
    assert second.post_form("/beside", {"first": run, "second": run}).status == 404
    assert second.get("/api/comparisons").json["total"] == 0
    assert desk.get("/api/comparisons").json["total"] == 1


@pytest.fixture
def stopped(room: tuple[Server, str]) -> Iterator[None]:
    """Whatever a test has started is stopped after it."""
    yield
    desk = teacher(room[0])
    for job in desk.get("/api/runs?limit=200").json["runs"]:
        if not job["ended"]:
            assert desk.post_json(f"/api/runs/{job['id']}/cancel", {}).status == 200


def test_who_asks_for_the_same_sees_it_in_words_of_their_own(
    room: tuple[Server, str], first: Browser, second: Browser, long: str, stopped: None
) -> None:
    mine = first.post_json("/api/runs", {"text": f"# our secret plan\n{long}", "seed": 31}).json["id"]
    assert second.get(f"/runs/{mine}").status == 404
    again = second.post_json("/api/runs", {"text": f"# theirs\n{long}", "seed": 31})
    assert (again.status, again.json["id"]) == (200, mine)
    assert second.get(f"/api/runs/{mine}").status == 200
    assert "our secret plan" in first.get(f"/runs/{mine}/scenario").text
    theirs = second.get(f"/runs/{mine}/scenario").text
    assert "# theirs" in theirs and "secret" not in theirs
    # Two teams wait for it: neither takes it from the other, and the teacher may.
    for somebody in (first, second):
        assert somebody.post_json(f"/api/runs/{mine}/cancel", {}).status == 403
    assert teacher(room[0]).post_json(f"/api/runs/{mine}/cancel", {}).json["state"] == "cancelled"


def test_shipped_scenarios_and_lessons_are_everybodys(
    room: tuple[Server, str], first: Browser, second: Browser, stopped: None
) -> None:
    shipped = first.post_json("/api/runs", {"scenario": "elr-2024", "seed": 32}).json["id"]
    assert second.get(f"/api/runs/{shipped}").status == 200
    assert second.get(f"/runs/{shipped}/scenario").status == 200
    assert second.post_json(f"/api/runs/{shipped}/cancel", {}).status == 403
    page = "/class/lessons/06-why-refused"
    assert first.post_form(f"{page}/run", {}, on=page).status == 303
    lesson = second.get(page).text.partition('<a href="/runs/')[2][:32] or next(
        each["id"] for each in second.get("/api/runs").json["runs"] if each["id"] != shipped
    )
    assert second.get(f"/api/runs/{lesson}").status == 200


def test_who_asked_survives_the_file(room: tuple[Server, str]) -> None:
    arm = Arm(name="scenario", file="scenario.yaml", hash="0" * 64)
    job = Job(id="a" * 32, number=1, kind=Kind.RUN, owner="team 1", arms=(arm,), seed=1)
    shared = job.now(others=(Asker("team 2", ("asked-2-scenario.yaml",)), Asker(ROOM, ("classroom",))))
    assert Job.from_dict(json.loads(json.dumps(shared.to_dict()))) == shared
    before = {key: value for key, value in job.to_dict().items() if key != "others"}
    assert Job.from_dict(json.loads(json.dumps(before))) == job


_owners = st.sampled_from(["team 1", "team 2", "team 3", ROOM])


@given(
    st.lists(st.tuples(_owners, st.booleans()), min_size=1, max_size=5),
    _owners.filter(lambda who: who != ROOM),
)
def test_what_is_read_is_ones_own_or_everybodys(asked_by: list[tuple[str, bool]], owner: str) -> None:
    """A viewer who sees a job is never given the words of another team alone."""
    askers = [
        Asker(who, ("classroom" if shipped else f"{number}.yaml",))
        for number, (who, shipped) in enumerate(asked_by)
    ]
    arm = Arm(name="scenario", file=askers[0].files[0], hash="0")
    job = Job(
        id="a" * 32, number=1, kind=Kind.RUN, owner=askers[0].owner, arms=(arm,), seed=1, others=tuple(askers[1:])
    )  # fmt: skip
    viewer = Viewer(owner, sees_all=False, stops_all=False)
    if viewer.sees(job):
        whose = {
            who
            for (who, _), each in zip(asked_by, askers, strict=True)
            if each.files[0] == viewer.file_of(job)
        }
        assert viewer.file_of(job) == "classroom" or whose <= {owner, ROOM}
    else:
        assert not {who for who, _ in asked_by} & {owner, ROOM}
    assert not viewer.may_stop(job) or [who for who, _ in asked_by] == [owner]
