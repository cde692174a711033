"""Names that somebody chose, made harmless for where they go: one function a place.

A name may hold HTML, a formula, a terminal's escape sequence, marks that turn the direction of writing, or a
template. It is shown as it is written and does nothing.
"""

import re

#: A spreadsheet takes text that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")

#: What Markdown, or the HTML in it, would read as more than text.
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|!~&$])")


def visible(text: str) -> str:
    """Text without control and direction marks: a name must not move the cursor or colour the screen."""
    return "".join(each if each.isprintable() or each in "\u00a0\u202f" else "\ufffd" for each in text)


def for_spreadsheet(text: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe before what would begin one."""
    return f"'{visible(text)}" if text.startswith(_FORMULA) else visible(text)


def for_markdown(text: str) -> str:
    """Text that Markdown shows as it stands, in one line."""
    return _MARKDOWN.sub(r"\\\1", visible(text))
