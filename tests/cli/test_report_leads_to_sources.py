"""From any number of a report a reader gets to its definition, its parameters and their sources."""

import json
import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest

from sandbox.report.assemble import build_report
from sandbox.report.provenance import chart_definition, used_by
from sandbox.report.wording import speaking
from sandbox.scenario.library import parameters_folder
from sandbox.scenario.parameters import ParameterLibrary

#: Tables whose cells are no numbers of the run but what a scenario, its sources or its method say.
STATED = {"timeline", "assumptions", "stress"}


class Anchors(HTMLParser):
    """Links and the places they may lead to, and what each place holds."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.ids += [attributes["id"] or ""] if "id" in attributes else []
        self.links += [attributes["href"] or ""] if tag == "a" and "href" in attributes else []


@pytest.fixture(scope="module", params=["en", "ru"])
def html(request: pytest.FixtureRequest, shared_run: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The report in each language."""
    with speaking(request.param):
        path = build_report(shared_run, tmp_path_factory.mktemp("walk") / "report.html")
    return path.read_text(encoding="utf-8")


def _inside(fragment: str, kind: str) -> set[str]:
    return set(re.findall(rf'href="#{kind}-([^"]+)"', fragment))


def test_every_anchor_leads_somewhere_and_the_numbers_link(html: str) -> None:
    page = Anchors(html)
    assert len(page.ids) == len(set(page.ids))
    inside = {link[1:] for link in page.links if link.startswith("#")}
    assert inside <= set(page.ids)
    stated = {link for link in inside if link.startswith("metric-")}
    assert {"metric-settlement_time_p50", "metric-cost_pct_all_in", "metric-aml_recall"} <= stated


def test_every_definition_has_formula_unit_parameters_and_sql(html: str) -> None:
    blocks = html.split('<div class="definition" id="metric-')[1:]
    assert len(blocks) > 60
    for block in blocks:
        name = block.split('"')[0]
        assert _inside(block.split('<div class="definition"')[0], "parameter"), name
        assert re.search(r'<span class="unit">[^<]*</span></p>\s*<p>[^<]{10,}', block), name
        assert "<pre" in block, name


def test_every_parameter_has_source_confidence_and_reader(html: str) -> None:
    rows = re.findall(r'<th scope="row" id="parameter-([^"]+)">(.*?)</tr>', html, re.DOTALL)
    assert len(rows) > 50
    for name, row in rows:
        cells = [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<td.*?</td>", row, re.DOTALL)]
        value, since, _, source, confidence, reader = cells
        assert value and since and len(source) > 2 and len(reader) > 3, (name, cells)
        assert re.match(r"[A-E]\b", confidence), (name, confidence)
        assert ("mark assumed" in row) == confidence.startswith("D"), name


def test_every_chart_says_what_its_numbers_are_and_rest_on(html: str) -> None:
    charts = re.findall(r'<div class="chart" role="img"[^>]*data-figure="([^"]+)-figure"', html)
    assert len(charts) > 6
    for name in charts:
        (block,) = re.findall(
            rf'<div class="behind" id="defined-{re.escape(name)}">(.*?)</div>', html, re.DOTALL
        )
        assert re.match(r"\s*<p>[^<]{60,}", block), name
        assert _inside(block, "metric") and _inside(block, "parameter"), name


def test_the_answer_links_to_what_it_states(html: str) -> None:
    answer = html.split('<section aria-labelledby="answer">')[1].split("</section>")[0]
    assert {"payments_by_ending", "settlement_time_p50", "cost_pct_all_in", "aml_recall"} <= _inside(
        answer, "metric"
    )


def test_every_row_of_a_metric_table_is_linked(html: str) -> None:
    tables = re.findall(r"<table>\s*<caption>.*?</table>", html, re.DOTALL)
    rows = [
        row for table in tables for row in re.findall(r"<tr><th scope=\"row\">.*?</tr>", table, re.DOTALL)
    ]
    assert rows
    linked = [table for table in tables if 'href="#metric-' in table]
    # policy, all metrics, cost, enforcement: by their rows or by their columns
    assert len(linked) == 4
    for table in linked[1:]:
        for row in re.findall(r'<th scope="row">(.*?)</th>', table):
            assert 'href="#metric-' in row, row


def test_the_checklist_names_places_that_exist(html: str) -> None:
    """Every line of STRESS-DES says where it is answered in full: a section of this page or a document's part."""
    heads = {unescape(each) for each in re.findall(r"<h2 id=[^>]*>([^<]+)</h2>", html)}
    documents = Path(__file__).parents[2]
    table = re.findall(r'<table class="text stress">.*?</table>', html, re.DOTALL)[0]
    rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>", table, re.DOTALL)
    assert len(rows) == 24
    for row in rows:
        _, answer, where = (unescape(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL))
        assert len(answer) > 10 and where, row
        for place in where.split("; "):
            name, _, part = place.partition(" ")
            if name.startswith("docs/"):
                text = (documents / name).read_text(encoding="utf-8")
                assert not part or re.search(rf"^#+ {re.escape(part)} ", text, re.MULTILINE), place
            else:
                assert any(head in place for head in heads), place


def test_the_twins_lead_as_far(shared_run: Path, tmp_path: Path) -> None:
    path = build_report(shared_run, tmp_path / "report.json", "json")
    document = json.loads(path.read_text(encoding="utf-8"))
    listed = {each["name"]: each for each in document["assumptions"]}
    assert all(each["source"] and each["confidence"] and each["used_by"] for each in listed.values())
    definitions = document["definitions"]
    assert {each["name"] for each in document["measurements"]} == set(definitions)
    for name, each in definitions.items():
        assert each["definition"] and each["sql"] and each["rests_on"], name
        assert set(each["rests_on"]) <= set(listed), name
    for name, table in document["tables"].items():
        stated = [*table["metrics"], *filter(None, [*table["row_metrics"], *table["heading_metrics"]])]
        assert name in STATED or (stated and set(stated) <= set(definitions)), name
        assert name in STATED or table["defined"] or table["row_metrics"] or table["heading_metrics"], name
    assert set(document["answer_metrics"]) <= set(definitions)
    text = build_report(shared_run, tmp_path / "report.md", "md").read_text(encoding="utf-8")
    last = re.sub(r"\\(.)", r"\1", text.split("## Definitions")[1])
    for name, each in definitions.items():
        (line,) = [line for line in last.splitlines() if line.startswith(f"- {name} (")]
        assert each["rests_on"][0] in line, name
    for name, table in document["tables"].items():
        assert not table["defined"] or chart_definition(name) in re.sub(r"\\(.)", r"\1", text), name


def test_every_group_of_parameters_has_a_reader_in_both_languages() -> None:
    groups = {name.partition(".")[0] for name in ParameterLibrary.load(parameters_folder()).names()}
    english = {group: used_by(group) for group in groups}
    with speaking("ru"):
        russian = {group: used_by(group) for group in groups}
    assert [group for group in groups if english[group] == group or english[group] == russian[group]] == []
