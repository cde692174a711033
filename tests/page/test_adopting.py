"""A run of the command line on the page's shelf: shown, not run again, kept once; refused when it is not whole."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.page.adopting import NotAdopted, adopt
from tests.page.asgi import Browser, Server


def test_an_adopted_run_is_shown_and_not_run_again(
    started: Callable[..., Server], finished: tuple[Path, str], tmp_path: Path
) -> None:
    folder, done = finished
    job = adopt(tmp_path, folder / done / "run")
    assert adopt(tmp_path, folder / done / "run") == job
    script = Browser(started(tmp_path), keeps_cookies=False)
    shown = script.wait(f"/api/runs/{job}")
    assert (shown["state"], shown["seed"]) == ("complete", 5)
    assert shown["arms"][0]["hash"] == json.loads((folder / done / "job.json").read_text())["arms"][0]["hash"]
    journals = [(place / "run" / "journal.parquet").stat() for place in (folder / done, tmp_path / job)]
    assert journals[0].st_mtime_ns == journals[1].st_mtime_ns, "it was run again"
    assert "P-00000" in script.get(f"/runs/{job}/payments").text


def test_what_is_not_whole_or_not_the_first_is_refused(finished: tuple[Path, str], tmp_path: Path) -> None:
    folder, done = finished
    copied = tmp_path / "copied"
    shutil.copytree(folder / done / "run", copied)
    manifest = json.loads((copied / "manifest.json").read_text())
    for changes, why in (({"status": "interrupted"}, "complete"), ({"replication": 3}, "replication 0")):
        (copied / "manifest.json").write_text(json.dumps(manifest | changes))
        with pytest.raises(NotAdopted, match=why):
            adopt(tmp_path / "shelf", copied)
    assert not list((tmp_path / "shelf").glob("*/job.json"))
