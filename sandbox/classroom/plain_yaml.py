"""Our own YAML files as plain data, and plain data as scenario text. What visitors write never comes here."""

import io
import json
from datetime import date
from importlib import resources
from typing import Any

from ruamel.yaml import YAML


def read_text(text: str) -> Any:
    """Maps, lists, numbers and texts; a date becomes the text that scenarios are written in."""
    return json.loads(json.dumps(YAML(typ="safe", pure=True).load(text), default=date.isoformat))


def read_file(package: str, name: str) -> Any:
    """A data file of a package."""
    return read_text(resources.files(package).joinpath(name).read_text(encoding="utf-8"))


def written(document: Any) -> str:
    """Plain data as YAML, in the order in which it stands."""
    out = io.StringIO()
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.allow_unicode = True
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]  # the stub knows its default alone
    yaml.dump(document, out)
    return out.getvalue()
