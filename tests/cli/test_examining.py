"""``sandbox doctor``: what is fine, what is missing and not needed, what is wrong."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.cli import examining

Command = Callable[..., Any]


def checks(sandbox: Command, code: int) -> dict[str, tuple[str, str]]:
    said = sandbox("doctor", "--json")
    assert said.code == code
    return {each["check"]: (each["verdict"], each["found"]) for each in json.loads(said.out)["checks"]}


def test_this_machine_is_fine_and_every_engine_gives_the_same_journal(sandbox: Command) -> None:
    found = checks(sandbox, 0)
    assert found["packages"][0] == "fine" and found["runs here"][0] == "fine"
    worlds = {
        told for check, (verdict, told) in found.items() if check.startswith("engines") and verdict == "fine"
    }
    assert len(worlds) == 1 and "audited, digest" in worlds.pop()


@pytest.fixture
def without_worlds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examining, "_small_world", lambda evm, bitcoin: "d")


@pytest.mark.usefixtures("without_worlds")
def test_a_missing_package_is_named(sandbox: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        examining, "requires", lambda _: ["numpy>=2", "no-such-thing>=1; python_version > '3'"]
    )
    verdict, told = checks(sandbox, 6)["packages"]
    assert (verdict, told) == ("wrong", "missing: no-such-thing")


@pytest.mark.usefixtures("without_worlds")
def test_an_engine_that_is_not_there_is_a_note(sandbox: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examining, "to_be_had", lambda engine: engine != "kernel")
    found = checks(sandbox, 0)
    assert found["engines revm and kernel"] == ("note", "not installed")
    assert found["engines revm and python"][0] == "fine"


def test_an_engine_that_differs_or_breaks_is_wrong(sandbox: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def world(evm: str, bitcoin: str) -> str:
        if bitcoin == "python":
            raise RuntimeError("no blocks\ntoday")
        return evm

    monkeypatch.setattr(examining, "_small_world", world)
    found = checks(sandbox, 6)
    assert found["engines revm and kernel"][0] == "fine"
    assert found["engines eth-tester and kernel"][0] == "wrong"
    assert found["engines revm and python"] == ("wrong", "RuntimeError: no blocks today")


@pytest.mark.usefixtures("without_worlds")
def test_a_folder_that_cannot_be_written_is_wrong(sandbox: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(examining.tempfile, "TemporaryFile", refused)
    verdict, told = checks(sandbox, 6)["runs here"]
    assert verdict == "wrong" and "Permission denied" in told
    said = sandbox("doctor", "--lang", "ru")
    assert said.code == 6 and "неисправно" in said.out
