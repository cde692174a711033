"""From any number of a run's report a reader gets to its definition, its parameters and their sources."""

import re
from html.parser import HTMLParser
from pathlib import Path


class Anchors(HTMLParser):
    """Links and the places they may lead to."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.ids += [attributes["id"] or ""] if "id" in attributes else []
        self.links += [attributes["href"] or ""] if tag == "a" and "href" in attributes else []


def test_a_number_leads_to_definition_parameters_and_sources(shared_run: Path) -> None:
    html = (shared_run / "report.html").read_text(encoding="utf-8")
    page = Anchors(html)
    assert len(page.ids) == len(set(page.ids))
    inside = {link[1:] for link in page.links if link.startswith("#")}
    assert inside <= set(page.ids)
    stated = {link for link in inside if link.startswith("metric-")}
    assert {"metric-settlement_time_p50", "metric-cost_pct_all_in", "metric-aml_recall"} <= stated
    # every definition names a parameter that this run looked up, and each of these has its source
    blocks = html.split('<div class="definition" id="metric-')[1:]
    assert len(blocks) > 60
    assert [block.split('"')[0] for block in blocks if 'href="#parameter-' not in block] == []
    rows = re.findall(r'<th scope="row" id="parameter-[^"]+">.*?</tr>', html, re.DOTALL)
    assert len(rows) > 50
    assert [row for row in rows if not re.search(r"<td>(<a href[^>]*>)?[^<]{3,}", row)] == []


def test_every_row_of_a_metric_table_is_linked(shared_run: Path) -> None:
    html = (shared_run / "report.html").read_text(encoding="utf-8")
    table = html.split("All metrics", 1)[1].split("</table>", 1)[0]
    rows = re.findall(r'<th scope="row">(.*?)</th>', table)
    assert rows
    assert [row for row in rows if 'href="#metric-' not in row] == []
