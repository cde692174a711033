"""Reports, and results in another language, are made when somebody opens them first: once, whole, or not at all."""

import os
import shutil
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from sandbox.page.paper_desk import PaperDesk
from sandbox.page.settings import Limits
from tests.page.asgi import Answer, Browser, Server


class Opened(NamedTuple):
    """A server with one finished run of which nobody has opened the report."""

    server: Server
    desk: PaperDesk
    directory: Path
    base: str

    def ask(self, address: str = "/report.html", language: str = "en") -> Answer:
        """A page of the run."""
        return Browser(self.server, extra={"accept-language": language}).get(self.base + address)


@pytest.fixture(scope="module")
def opened(
    started: Callable[..., Server], finished: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Opened]:
    folder = tmp_path_factory.mktemp("papers") / "jobs"
    shutil.copytree(finished[0], folder)
    directory = folder / finished[1]
    for name in ("report.html", "report.ru.html", "result.ru.json"):
        (directory / name).unlink(missing_ok=True)
    desks: list[PaperDesk] = []
    first = PaperDesk.__init__

    def opening(self: PaperDesk, *asked: Any) -> None:
        first(self, *asked)
        desks.append(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PaperDesk, "__init__", opening)
        server = started(folder)
    yield Opened(server, desks[0], directory, f"/runs/{finished[1]}")


def test_a_report_that_takes_too_long_is_refused(started: Callable[..., Server], opened: Opened) -> None:
    hasty = started(opened.server.settings.folder, limits=Limits(paper_seconds=0.01))
    answer = Browser(hasty).get(f"{opened.base}/report.html")
    assert answer.status == 409 and "within the limits" in answer.text
    assert not (opened.directory / "report.html").exists()


def test_who_opens_it_first_has_it_made_and_whoever_comes_meanwhile_gets_the_same(opened: Opened) -> None:
    answers: list[Answer] = []
    threads = [threading.Thread(target=lambda: answers.append(opened.ask())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status for answer in answers] == [200] * 4
    assert {answer.body for answer in answers} == {(opened.directory / "report.html").read_bytes()}
    assert opened.desk.written == 1
    assert opened.ask().status == 200
    assert opened.desk.written == 1, "later comers get what lies there"
    assert '<html lang="ru"' in opened.ask(language="ru").text[:400]
    assert "Ответ" in opened.ask("", language="ru").text
    assert opened.desk.written == 3
    assert not list(opened.directory.glob("*.part"))


def test_a_run_that_was_changed_or_removed_is_refused(opened: Opened) -> None:
    """Even where the process that writes was killed meanwhile; the next paper has another."""
    assert opened.ask().status == 200  # alone on its worker, this test is the first to have one written
    process = opened.desk._process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    (opened.directory / "report.html").unlink()
    assert opened.ask("").status == 200, "what is there needs nobody"
    journal = next((opened.directory / "run").glob("journal*"))
    kept = journal.read_bytes()
    journal.write_bytes(kept[:-1] + bytes([kept[-1] ^ 1]))
    answer = opened.ask()
    if "within the limits" in answer.text:
        # The death was not noticed before the order was sent: that order is lost, and no other.
        answer = opened.ask()
    assert answer.status == 409 and "not those that were written" in answer.text
    assert not (opened.directory / "report.html").exists()
    journal.write_bytes(kept)
    assert opened.ask().status == 200
    shutil.rmtree(opened.directory)
    for address in ("/report.html", ""):
        for language in ("en", "ru"):
            assert opened.ask(address, language).status == 409
    assert Browser(opened.server).get(f"/api{opened.base}/result").status == 409
