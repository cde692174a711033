"""Every documented command runs, and every link leads somewhere."""

import re
import shlex
from pathlib import Path

import pytest

from sandbox.cli import main

ROOT = Path(__file__).parents[1]
PAGES = [
    ROOT / "README.md",
    ROOT / "ARCHITECTURE.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]

#: The same world, shorter: what a command does is shown in seconds.
SHORTER = [
    "clock.horizon=20d",
    "clock.warm_up=2d",
    "clock.cool_down=2d",
    "population.payments_per_business_day=6.0",
]


def commands(page: Path) -> list[str]:
    """The lines of a page's console blocks that begin with a dollar sign."""
    blocks = re.findall(r"```console\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.S)
    return [line[2:] for block in blocks for line in block.splitlines() if line.startswith("$ ")]


def ended(words: list[str]) -> int:
    """The exit code of a command line."""
    with pytest.raises(SystemExit) as end:
        main(words)
    return int(end.value.code or 0)


def test_the_readme_s_commands_run_in_their_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scenarios").symlink_to(ROOT / "scenarios")
    lines = commands(ROOT / "README.md")
    assert len(lines) >= 8
    for line in lines:
        program, *words = shlex.split(line)
        assert program == "sandbox"
        if words[0] in ("run", "compare"):
            words += [word for setting in SHORTER for word in ("--set", setting)]
        assert ended(words) == 0, line + capsys.readouterr().err


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target
