"""From values to HTML: the templates, escaped throughout, and what they need beside the values."""

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from sandbox.page.words import LANGUAGES, Words


def render(template: str, language: str, values: Mapping[str, Any]) -> str:
    """One page. A name that a template misses is an error, never an empty place."""
    t = Words(language)
    page = _environment().get_template(template)
    return page.render(
        t=t, language=language, languages=LANGUAGES, static=static_url, figure=figure, **values
    )


def figure(document: Any) -> Markup:
    """A chart's data as JSON that cannot close its element."""
    text = json.dumps(document, ensure_ascii=True, separators=(",", ":"))
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)


#: What may be fetched from /static, and from which installed package each comes. Nothing is copied here.
_STATIC = {
    "style.css": ("sandbox.page", "static/style.css", "text/css; charset=utf-8"),
    "page.js": ("sandbox.page", "static/page.js", "text/javascript; charset=utf-8"),
    "editor.js": ("sandbox.page", "static/editor.js", "text/javascript; charset=utf-8"),
    "offers.js": ("sandbox.page", "static/offers.js", "text/javascript; charset=utf-8"),
    "drafts.js": ("sandbox.page", "static/drafts.js", "text/javascript; charset=utf-8"),
    "editor.css": ("sandbox.page", "static/editor.css", "text/css; charset=utf-8"),
    "class.css": ("sandbox.page", "static/class.css", "text/css; charset=utf-8"),
    "film.js": ("sandbox.page", "static/film.js", "text/javascript; charset=utf-8"),
    "stage.js": ("sandbox.page", "static/stage.js", "text/javascript; charset=utf-8"),
    "playback.js": ("sandbox.page", "static/playback.js", "text/javascript; charset=utf-8"),
    "playback.css": ("sandbox.page", "static/playback.css", "text/css; charset=utf-8"),
    "draw.js": ("sandbox.report", "templates/draw.js", "text/javascript; charset=utf-8"),
    "plotly.js": ("plotly", "package_data/plotly.min.js", "text/javascript; charset=utf-8"),
}


@cache
def static_file(name: str) -> tuple[bytes, str, str] | None:
    """Bytes, media type and digest of a file of the list; None for any other name."""
    if name not in _STATIC:
        return None
    package, path, media_type = _STATIC[name]
    data = resources.files(package).joinpath(path).read_bytes()
    return data, media_type, hashlib.sha256(data).hexdigest()[:16]


def static_url(name: str) -> str:
    """Where a file is fetched; another content has another address, so a browser may keep it for good."""
    found = static_file(name)
    assert found is not None
    return f"/static/{found[2]}/{name}"


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("sandbox.page", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
