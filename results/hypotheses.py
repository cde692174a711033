"""The page of one experiment: its question, its cells, and what became of each hypothesis."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from sandbox.experiment.protocol import read_experiment


def experiment_page(name: str, document: Mapping[str, Any]) -> str:
    """Markdown from the document of ``sandbox experiment --json``."""
    experiment, _ = read_experiment(name)
    factors, sets, replications = experiment.chosen(reduced=True)
    lines = [f"# {experiment.title['en']}", "", f"**{experiment.question['en']}**", ""]
    lines += [
        f"Experiment `{name}` in its reduced form: {replications} replications of each cell, on the same luck,"
        " a smaller world and a shorter time than the full one. Hypotheses were written before the run; a ruling here"
        " is about this small world.",
        "",
        "| factor | levels |",
        "|---|---|",
    ]
    lines += [
        f"| {factor.name} | {', '.join(level.label for level in factor.levels)} |" for factor in factors
    ]
    lines += ["", "| hypothesis | ruling | claim | numbers |", "|---|---|---|---|"]
    lines += [
        f"| {each['name']} | **{each['ruling']}** | {each['text']} | {each['numbers']} |"
        for each in document["hypotheses"]
    ]
    lines += ["", "## How it was set", "", ", ".join(f"`{each}`" for each in sets) + ".", ""]
    lines += ["```console", f"$ sandbox experiment {name} --reduced", "```"]
    return "\n".join(lines) + "\n"


def verdicts(document: Mapping[str, Any]) -> str:
    """``3 held, 1 not held, 2 not detectable``."""
    counts = Counter(each["ruling"] for each in document["hypotheses"])
    return ", ".join(
        f"{counts[ruling]} {ruling}" for ruling in ("held", "not held", "not detectable") if counts[ruling]
    )
