"""What hostile requests meet: 4xx, nothing changed, nothing told."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.page.settings import Limits, Settings
from tests.page.asgi import Browser, Server

OTHERS = (
    "evil.example", "127.0.0.1.evil.example", "10.0.0.1", "localhost:1", "", "127.0.0.1:8000:8000", "[::1",
)  # fmt: skip


@pytest.mark.parametrize("host", OTHERS)
def test_other_names_reach_nothing(browser: Browser, host: str) -> None:
    answer = browser.ask("GET", "/", host=host or " ")
    assert answer.status == 421
    assert "set-cookie" not in dict(answer.headers)


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1", "[::1]:8000", "127.1.2.3:8000"])
def test_names_of_this_machine_do(browser: Browser, host: str) -> None:
    assert browser.ask("GET", "/api/scenarios", host=host).status == 200


def test_forwarding_headers_change_nothing(browser: Browser) -> None:
    answer = browser.ask(
        "GET", "/", host="evil.example", x_forwarded_host="127.0.0.1:8000", forwarded="host=localhost"
    )
    assert answer.status == 421


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "https://127.0.0.1:8000"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
    ],
)
def test_other_sites_cannot_submit(browser: Browser, short: str, headers: dict[str, str]) -> None:
    before = browser.get("/api/runs").json["total"]
    answer = browser.post_json("/api/runs", {"text": short, "seed": 77}, **headers)
    assert answer.status == 403
    assert browser.get("/api/runs").json["total"] == before


def test_forms_need_their_token(browser: Browser) -> None:
    form = {"content_type": "application/x-www-form-urlencoded"}
    other = Browser(browser.server)
    stolen = other.get("/compare").text.partition('name="token" value="')[2].partition('"')[0]
    for token in ("", "token=", "token=0", f"token={stolen}"):
        answer = browser.ask("POST", "/runs", f"scenario=classroom&{token}".encode(), **form)
        assert answer.status == 403, token
    assert browser.ask("POST", "/runs", b"token=%ff", **form).status == 400
    assert browser.ask("POST", "/runs", b"a=1&a=2", **form).status == 400
    assert browser.ask("POST", "/runs", b"&".join(b"f%d=1" % n for n in range(1000)), **form).status == 400


@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data; boundary=x", "application/xml", ""])
def test_other_types_of_body_are_not_read(browser: Browser, kind: str) -> None:
    for address in ("/api/runs", "/api/scenarios/check", "/api/comparisons", "/runs", "/editor"):
        assert browser.ask("POST", address, b'{"scenario": "classroom"}', content_type=kind).status == 415


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"[" * 100_000, 400),
        (b'{"text": ' * 40 + b"1" + b"}" * 40, 400),
        (b'{"text": NaN}', 400),
        (b'{"text": "a", "text": "b"}', 400),
        (b'{"text": "\xff"}', 400),
        (b'{"seed": ' + b"9" * 5000 + b', "text": "a"}', 400),
        (b"", 400),
        (b"null", 422),
        (b"[]", 422),
        (b'{"text": "a: 1", "admin": true}', 422),
        (b'{"text": "a: 1", "__proto__": {}}', 422),
        (b'{"text": "a: 1", "seed": -1}', 422),
        (b'{"text": "a: 1", "seed": 9223372036854775808}', 422),
        (b'{"text": "a: 1", "seed": 1.0}', 422),
        (b'{"text": "a: 1", "seed": true}', 422),
        (b'{"text": "a: 1", "seed": "1"}', 422),
        (b'{"text": "a: 1", "scenario": "classroom"}', 422),
        (b'{"scenario": "../elr-2024"}', 422),
        (b'{"scenario": "nowhere"}', 404),
        (b'{"text": "\\ud800"}', 422),
        (b'{"text": "\\u0000"}', 422),
    ],
)
def test_malformed_bodies_are_refused(script: Browser, body: bytes, status: int) -> None:
    answer = script.ask("POST", "/api/runs", body, content_type="application/json")
    assert answer.status == status, answer.text
    assert answer.json["schema"] == "sandbox.refusal/1"


def test_long_bodies_are_cut_off(server: Server) -> None:
    most = server.settings.limits.body_bytes
    host = (b"host", b"127.0.0.1:8000")
    said = [host, (b"content-type", b"application/json"), (b"content-length", str(most + 1).encode())]
    assert server.send("POST", "/api/runs", said, [b""]).status == 413
    unsaid = said[:2]
    assert server.send("POST", "/api/runs", unsaid, [b" " * most, b" "]).status == 413


def test_a_body_that_never_ends_is_not_waited_for(started: Callable[..., Server]) -> None:
    server = started(limits=Limits(request_seconds=0.2))
    headers = [(b"host", b"127.0.0.1:8000"), (b"content-type", b"application/json")]

    class Endless(list[bytes]):
        """A body of which the first byte has come."""

        def pop(self, place: object = 0) -> bytes:
            return super().pop(0) if len(self) > 1 else b""

    waiting = [b"{", b""]
    slow = server.send("POST", "/api/runs", headers, Endless(waiting))
    assert slow.status in (400, 408)


@pytest.mark.parametrize(
    "address",
    [
        "/docs", "/redoc", "/openapi.json", "/debug", "/.git/config", "/.env", "/static/", "/static/x/style.css",
        "/static/..%2f..%2fetc/passwd", "/static/%2e%2e/page.js", "/api", "/api/", "/api/runs/",
        "/runs/../../etc/passwd",
        "/secret", "/api/runs/..%2f..%2fsecret", "/metrics", "/server-status", "/static/draw.js.map",
    ],
)  # fmt: skip
def test_there_is_nothing_behind_the_page(browser: Browser, address: str) -> None:
    answer = browser.get(address)
    assert answer.status == 404
    assert "Traceback" not in answer.text


def test_ids_of_others_making_find_nothing(browser: Browser) -> None:
    for job in ("0" * 32, "..", "../finished", "a" * 31 + "/", "%00", "A" * 32, "job.json", "x" * 5000):
        assert browser.get(f"/runs/{job}").status == 404
        assert browser.get(f"/api/runs/{job}/result").status == 404


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "FOO"])
def test_other_methods_do_nothing(browser: Browser, method: str) -> None:
    for address in ("/", "/api/runs", "/runs"):
        answer = browser.ask(method, address)
        assert answer.status == 405
        assert "GET" in answer.header("allow")


def test_getting_a_page_changes_nothing(browser: Browser, finished: tuple[Path, str]) -> None:
    before = browser.get("/api/runs").json
    for address in (
        "/runs/x/cancel",
        "/comparisons",
        "/language",
        "/api/runs/x/cancel",
        "/api/scenarios/check",
    ):
        assert browser.get(address).status in (404, 405)
    assert browser.get("/api/runs").json == before


def test_every_answer_carries_the_strict_headers(browser: Browser) -> None:
    for answer in (
        browser.get("/"), browser.get("/nothing"), browser.get("/api/scenarios"), browser.ask("GET", "/", host="x.y"),
        browser.post_json("/api/runs", {}), browser.ask("FOO", "/"),
    ):  # fmt: skip
        policy = answer.header("content-security-policy")
        assert "script-src 'self';" in policy
        assert "default-src 'none'" in policy
        assert answer.header("x-content-type-options") == "nosniff"
        assert answer.header("cache-control") == "no-store"
        assert answer.header("server") == ""


def test_no_page_has_a_script_or_a_handler_in_it(
    browser: Browser, finished: tuple[Path, str], started: Callable[..., Server]
) -> None:
    folder, job = finished
    visitor = Browser(started(folder=folder))
    for address in ("/", "/compare", "/editor", "/runs", f"/runs/{job}", f"/runs/{job}/payments/0"):
        text = visitor.get(address).text
        for element in text.split("<script")[1:]:
            assert element.startswith((" src=", ' type="application/json"')), element[:80]
        assert " onclick=" not in text
        assert " style=" not in text


def test_the_session_cookie_is_for_this_server_alone(server: Server) -> None:
    cookie = Browser(server).get("/").header("set-cookie")
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie


def test_a_forged_cookie_is_a_stranger(server: Server) -> None:
    somebody = Browser(server)
    somebody.get("/")
    token, _, signature = somebody.cookies["sandbox_session"].split(".")
    for forged in (f"{token}.0.{signature}", f"{'0' * 32}.1.{signature}", "x", "..", f"{token}.1.{'é' * 8}"):
        other = Browser(server, cookies={"sandbox_session": forged})
        assert "sandbox_session=" in other.get("/").header("set-cookie")


def test_an_error_in_a_handler_is_told_by_number_alone(
    server: Server, browser: Browser, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the secret detail")

    monkeypatch.setattr("sandbox.page.pages.home.shipped_scenarios", broken)
    answer = browser.get("/")
    assert answer.status == 500
    assert "secret detail" not in answer.text
    number = answer.json["message"].split("error ")[1].split()[0]
    assert number in caplog.text
    assert "the secret detail" in caplog.text


HOSTILE = "<script>alert(1)</script>'\"><img src=x onerror=alert(2)>{{7*7}}${7*7}"


def test_hostile_titles_are_text_in_pages_and_data(browser: Browser, short: str) -> None:
    title, question = json.dumps({"en": HOSTILE, "ru": HOSTILE}), json.dumps({"en": HOSTILE, "ru": "x"})
    text = f"{short}title: {title}\nquestion: {question}\n"
    job = browser.post_json("/api/runs", {"text": text, "seed": 78}).json
    browser.post_json(f"/api/runs/{job['id']}/cancel", {})
    for address in ("/", "/runs", f"/runs/{job['id']}"):
        page = browser.get(address).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "&lt;script&gt;alert(1)" in page
        assert "{{7*7}}" in page


@pytest.fixture(scope="module")
def room(started: Callable[..., Server]) -> Server:
    """A page that is open to a network."""
    return started(lan=True, room="RUBLE7", limits=Limits(guesses_a_minute=5))


def test_a_room_is_closed_without_its_code(room: Server) -> None:
    stranger = Browser(room)
    assert stranger.get("/").header("location") == "/join"
    assert stranger.get("/api/runs").status == 403
    assert stranger.get("/api/openapi.json").status == 403
    assert stranger.post_json("/api/runs", {"scenario": "classroom"}).status == 403
    assert stranger.get("/join").status == 200
    assert stranger.get("/api/runs", x_room_code="RUBLE7").status == 200


def test_joining_gives_a_new_session_and_opens_the_room(room: Server) -> None:
    student = Browser(room)
    student.get("/join")
    before = student.cookies["sandbox_session"]
    assert student.post_form("/join", {"code": "RUBLE7"}, on="/join").header("location") == "/"
    assert student.cookies["sandbox_session"].split(".")[0] != before.split(".")[0]
    assert student.get("/").status == 200


def test_a_room_lets_addresses_of_its_network_in_and_no_names(room: Server) -> None:
    guest = Browser(room)
    assert guest.ask("GET", "/join", host="192.168.1.7:8000").status == 200
    assert guest.ask("GET", "/join", host="8.8.8.8:8000").status == 421
    assert guest.ask("GET", "/join", host="school.example:8000").status == 421


def test_in_a_room_nobody_stops_anothers_run(room: Server, long: str) -> None:
    one, other = Browser(room), Browser(room)
    for each in (one, other):
        each.post_form("/join", {"code": "RUBLE7"}, on="/join")
    job = one.post_json("/api/runs", {"text": long, "seed": 5}).json
    assert other.post_json(f"/api/runs/{job['id']}/cancel", {}).status == 403
    assert other.post_form(f"/runs/{job['id']}/cancel", {}).status == 403
    assert one.post_json(f"/api/runs/{job['id']}/cancel", {}).json["state"] == "cancelled"


def test_guesses_at_the_code_are_bounded(room: Server) -> None:
    guesser = Browser(room)
    statuses = [guesser.post_form("/join", {"code": f"X{n}"}, on="/join").status for n in range(7)]
    assert statuses[-1] == 429
    assert set(statuses) == {403, 429}


def test_no_empty_code_opens_a_room_and_scripts_guess_no_faster(started: Callable[..., Server]) -> None:
    server = started(lan=True, room="RUBLE7", limits=Limits(guesses_a_minute=6))
    for code in ("", " ", "ruble7", "RUBLE7X"):
        assert Browser(server).post_form("/join", {"code": code}, on="/join").status == 403
    answers = [Browser(server).get("/api/runs", x_room_code=f"X{n}").status for n in range(4)]
    assert answers == [403, 403, 429, 429]
    assert Browser(server).get("/api/runs", x_room_code="RUBLE7").status == 200, "who knows it is let in"


@pytest.mark.parametrize(
    "cookie", ["sandbox_language=../../etc", "sandbox_language=<script>", "sandbox_language="]
)
def test_a_language_nobody_offers_changes_nothing(browser: Browser, cookie: str) -> None:
    answer = browser.get("/", cookie=cookie)
    assert answer.status == 200 and '<html lang="en">' in answer.text


def test_a_network_without_a_code_is_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="room code"):
        Settings(folder=tmp_path, lan=True)
