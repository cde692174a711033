"""The scenarios that come with the sandbox: in the checkout, or inside the installed package."""

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

_CHECKOUT: Final = Path(__file__).resolve().parents[2] / "scenarios"


@cache
def folder() -> Path:
    """The folder of the shipped scenarios: the checkout's if we run from one, else the wheel's."""
    if (_CHECKOUT / "parameters").is_dir():
        return _CHECKOUT
    return Path(str(files("sandbox"))) / "_scenarios"


def shipped() -> list[Path]:
    """The shipped scenario files, by name."""
    return sorted(folder().glob("*.yaml"))


def find_shipped(name: str) -> Path | None:
    """A shipped scenario by file name or stem (`elr-2024.yaml` or `elr-2024`)."""
    return next((path for path in shipped() if name in (path.name, path.stem)), None)


def parameters_folder() -> Path:
    """The folder of the shipped parameter library."""
    return folder() / "parameters"
