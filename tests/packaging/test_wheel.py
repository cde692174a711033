"""The wheel holds all that a run needs, and runs where there is no checkout."""

import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHORTER = ("clock.horizon=20d", "clock.warm_up=2d", "clock.cool_down=2d")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built by the environment's own hatchling: no network, no isolation."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    [built] = folder.glob("*.whl")
    return built


def test_the_wheel_holds_package_scenarios_experiments_and_contracts(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "sandbox").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    for folder, pattern in (("scenarios", "*.yaml"), ("experiments", "*.yaml"), ("contracts", "*.json")):
        files = sorted((ROOT / folder).rglob(pattern))
        assert files
        wanted |= {f"sandbox/_{path.relative_to(ROOT).as_posix()}" for path in files}
    assert {"sandbox/py.typed", "sandbox/lifecycle.yaml"} <= wanted
    assert any(name.startswith("sandbox/report/templates/") for name in wanted)
    assert wanted - held == set()
    outside = {name.partition("/")[0] for name in held}
    assert {name for name in outside if not name.endswith(".dist-info")} == {"sandbox"}


@pytest.mark.slow
def test_an_installed_wheel_runs_in_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    home, empty = tmp_path / "venv", tmp_path / "empty"
    empty.mkdir()
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(home)], check=True)
    python = home / "bin" / "python"
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet"]
    subprocess.run([*install, "--no-deps", "--no-index", "--no-warn-script-location", str(wheel)], check=True)
    own = Path(
        subprocess.check_output(
            [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], text=True
        ).strip()
    )
    # What the project depends on comes from this environment, behind the scratch environment's own packages.
    (own / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    words = ["run", "classroom", "--json", *(word for one in SHORTER for word in ("--set", one))]
    done = subprocess.run(
        [home / "bin" / "sandbox", *words],
        cwd=empty,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["audit"] == "passed"
    assert (empty / document["report"]).is_file()
    where = subprocess.check_output(
        [python, "-c", "import sandbox; print(sandbox.__file__)"], cwd=empty, env=environment, text=True
    )
    assert Path(where.strip()).is_relative_to(own)
