"""Every documented command runs, and every link leads somewhere."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer

from sandbox.cli import main
from sandbox.cli.app import app
from sandbox.experiment.protocol import read_experiment
from sandbox.scenario.library import find_shipped

ROOT = Path(__file__).parents[1]
PAGES = [
    ROOT / "README.md",
    ROOT / "ARCHITECTURE.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]

_GROUP: Any = typer.main.get_command(app)
COMMANDS: dict[str, Any] = _GROUP.commands
APP_OPTIONS = {option for parameter in _GROUP.params for option in parameter.opts}

#: The same world, shorter: what a command does is shown in seconds.
SHORTER = [
    "clock.horizon=12d",
    "clock.warm_up=1d",
    "clock.cool_down=1d",
    "population.payments_per_business_day=6.0",
]

#: How a documented command may end, where that is not 0 alone: the pages hold two runs together that differ on
#: purpose, and a shortened world need not be what its scenario expects of the whole one.
ENDS = {"diff": {6}, "test": {0, 4}}


def commands(page: Path) -> list[str]:
    """The lines of a page's console blocks that begin with a dollar sign."""
    blocks = re.findall(r"```console\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.S)
    return [line[2:] for block in blocks for line in block.splitlines() if line.startswith("$ ")]


def ended(words: list[str]) -> int:
    """The exit code of a command line."""
    with pytest.raises(SystemExit) as end:
        main(words)
    return int(end.value.code or 0)


RUN = [page for page in PAGES if page.parent.name != "results" and commands(page)]
RESULTS = [page for page in PAGES if page.parent.name == "results" and commands(page)]


@pytest.mark.parametrize("page", RUN, ids=lambda page: page.name)
def test_the_commands_of_a_page_run_in_their_order(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scenarios").symlink_to(ROOT / "scenarios")
    for line in commands(page):
        program, *words = shlex.split(line)
        assert program == "sandbox"
        if words[0] in ("run", "test", "compare", "sweep", "experiment"):
            words += [word for setting in SHORTER for word in ("--set", setting)]
        assert ended(words) in ENDS.get(words[0], {0}), line + capsys.readouterr().err


@pytest.mark.parametrize("page", RESULTS, ids=lambda page: page.name)
def test_the_command_of_a_page_of_results_is_one(page: Path) -> None:
    # The pages are written by what runs these commands, and all of them at once take an hour: here they are read.
    for line in commands(page):
        program, named, *words = shlex.split(line)
        assert program == "sandbox"
        given = COMMANDS[named].make_context(named, words).params
        if named == "experiment":
            read_experiment(given["file"])
        else:
            for scenario in [given.get("scenario") or given["base"], *(given.get("alternatives") or [])]:
                assert find_shipped(scenario), line


def test_the_readme_shows_every_command() -> None:
    shown = {shlex.split(line)[1] for line in commands(ROOT / "README.md")}
    in_passing = {words[0] for words in inline(ROOT / "README.md")}
    assert set(COMMANDS) <= shown | in_passing


def inline(page: Path) -> list[list[str]]:
    """The words after `sandbox` where a page names a command line in running text."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.S)
    return [shlex.split(line) for line in re.findall(r"`sandbox ([^`]+)`", text)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_command_named_in_passing_exists_with_its_options(page: Path) -> None:
    for words in inline(page):
        named, options = words[0], {word.partition("=")[0] for word in words if word.startswith("--")}
        if named.startswith("-"):
            assert named in APP_OPTIONS
            continue
        assert named in COMMANDS, " ".join(words)
        known = {opt for parameter in COMMANDS[named].params for opt in parameter.opts}
        assert options <= known, " ".join(words)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target


def test_pictures_are_small_and_shown() -> None:
    shown = " ".join(page.read_text(encoding="utf-8") for page in PAGES)
    pictures = [path for path in (ROOT / "docs" / "images").iterdir() if path.is_file()]
    assert pictures
    for picture in pictures:
        assert picture.stat().st_size <= 150_000, picture.name
        assert f"images/{picture.name})" in shown, picture.name
