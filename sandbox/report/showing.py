"""Results as a notebook shows them: small pieces of HTML in which every text is escaped."""

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.report.page import Page
    from sandbox.report.story import Story
    from sandbox.report.tables import Table


def table_html(table: "Table") -> str:
    """A table with its caption."""
    head = "".join(f'<th scope="col">{escape(each)}</th>' for each in table.headings)
    rows = "".join(f"<tr>{_cells(row)}</tr>" for row in table.rows)
    caption = f"<caption>{escape(table.caption)}</caption>"
    return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _cells(row: tuple[str, ...]) -> str:
    first, *rest = (escape(cell) for cell in row)
    return f'<th scope="row">{first}</th>' + "".join(f"<td>{cell}</td>" for cell in rest)


def page_html(page: "Page") -> str:
    """Title, question, the answer in words and the policy table."""
    sentences = "".join(f"<li>{escape(sentence)}</li>" for sentence in page.answer)
    heads = f"<h3>{escape(page.title)}</h3><p><em>{escape(page.question)}</em></p>"
    return f"<div>{heads}<ul>{sentences}</ul>{table_html(page.policy)}</div>"


def story_html(story: "Story") -> str:
    """One payment's story as text in its columns."""
    return f"<pre>{escape(story.to_text())}</pre>"
