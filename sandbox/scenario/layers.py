"""A user's own parameter files, laid over the shipped library: the same strictness, sources of their own.

A file names parameters of the library and gives each a series of its own, which takes the place of the shipped one. It
cannot bring a parameter that no run would read, nor change what one means: unit, kind of value and distribution stay.
Later files lie over earlier ones.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Annotated

from pydantic import Field

from sandbox.scenario.entries import Dated, Entry, Source, findings
from sandbox.scenario.entries import Name as SourceName
from sandbox.scenario.extends import shown
from sandbox.scenario.faults import Fault, Finding, ScenarioInvalid, echo, listed
from sandbox.scenario.nearest import did_you_mean
from sandbox.scenario.overrides import ORIGIN
from sandbox.scenario.parameters import ParameterLibrary, UnknownParameter
from sandbox.scenario.reading import Document, path_text, read_document
from sandbox.scenario.tree import MapNode, Node, ScalarNode, locate
from sandbox.scenario.validation import place_findings, validate
from sandbox.spec import Day, Spec

#: The scenario's key.
KEY = "parameters_files"


class LayerEntry(Spec):
    """One parameter's own series."""

    values: dict[Day, Dated | None] = Field(min_length=1)
    """By the day they come into force; all of the shipped series gives way."""
    unit: str | None = None
    """May be repeated for the reader; it must be the library's."""
    low: float | str | None = None
    """Lower end of the plausible range; the library's if it is left out."""
    high: float | str | None = None
    """Upper end."""
    note: str | None = None
    """What a reader must know about it."""


class Layer(Spec):
    """One file."""

    sources: dict[SourceName, Source] = Field(default_factory=dict)
    """Sources beside those of the library."""
    parameters: dict[Annotated[str, Field(max_length=120)], LayerEntry] = Field(min_length=1)


def layered(library: ParameterLibrary, root: Node, top: Path) -> tuple[ParameterLibrary, list[Fault]]:
    """The library under the files that a scenario names, in their order, and what is wrong with them.

    A name written in a scenario is looked for beside it, inside the folder tree of ``top``; one from the command line
    is any path.
    """
    named = locate(root, (KEY,)).node
    if not isinstance(named, MapNode) or not isinstance(root, MapNode) or KEY not in root.entries:
        return library, []
    faults: list[Fault] = []
    for name, entry in named.entries.items():
        if not isinstance(entry.value, ScalarNode) or not entry.value.text:
            continue  # the scenario's own validation says so
        try:
            library = _over(library, _read(entry.value, path_text((KEY, name)), top))
        except ScenarioInvalid as stop:
            faults += stop.faults
    return library, faults


def _read(named: ScalarNode, key: str, top: Path) -> Document:
    path = Path(named.text)
    if named.mark.file != ORIGIN:
        path = Path(named.mark.file).parent / named.text
        real, inside = os.path.realpath(path), os.path.realpath(top)
        if Path(named.text).is_absolute() or os.path.commonpath([real, inside]) != inside:
            message = f"lies outside the scenario's folder ({echo(named.text)})"
            raise ScenarioInvalid(
                [Fault(named.mark, "no_file", key, message, "or name it with --parameters")]
            )
    if not path.is_file():
        raise ScenarioInvalid([Fault(named.mark, "no_file", key, f"there is no file {echo(named.text)}")])
    return read_document(path, shown(path), allow_urls=True)


def _over(library: ParameterLibrary, document: Document) -> ParameterLibrary:
    """The library with one file over it. Raises ScenarioInvalid with all its faults."""
    layer, wrong = validate(Layer, document.root, {fault.mark for fault in document.faults})
    faults = [*document.faults, *wrong]
    entries: dict[str, Entry] = {}
    if layer is not None:
        sources = {**library.sources(), **layer.sources}
        found = [*_taken(layer, library.sources())]
        for name, own in layer.parameters.items():
            try:
                entry = library.entry(name)
            except UnknownParameter as problem:
                found.append(
                    Finding(("parameters", name), "unknown_parameter", problem.message, problem.hint)
                )
                continue
            entries[name] = _joined(entry, own)
            found += [_below(each) for each in findings(name, entries[name], sources)]
            found += _other_kind(name, entry, own)
        faults += place_findings(found, document.root)
    if layer is None or any(fault.severity == "error" for fault in faults):
        raise ScenarioInvalid(faults)
    return library.under(entries, sources, (document.file, sha256(document.data).hexdigest()))


def _joined(entry: Entry, own: LayerEntry) -> Entry:
    """The library's parameter with what the file says of it."""
    told = own.model_fields_set & {"values", "low", "high", "unit"}
    return entry.model_copy(
        update={**{field: getattr(own, field) for field in told}, "note": own.note or entry.note}
    )


def _taken(layer: Layer, known: Mapping[str, Source]) -> Iterator[Finding]:
    for key, source in layer.sources.items():
        if key in known and known[key] != source:
            yield Finding(("sources", key), "taken", "the library has another source of this key")


def _below(finding: Finding) -> Finding:
    return replace(finding, path=("parameters", *finding.path))


def _other_kind(name: str, entry: Entry, own: LayerEntry) -> Iterator[Finding]:
    """What would change the parameter's meaning."""
    at = ("parameters", name)
    if own.unit is not None and own.unit != entry.unit:
        yield Finding((*at, "unit"), "other_unit", f"the library has this in {echo(entry.unit)}")
    if all(dated is None or dated.expected for dated in own.values.values()):
        yield Finding(
            (*at, "values"), "nothing_in_force", "needs a value that is in force, not announced only"
        )
    model = next((dated.value for dated in entry.values.values() if dated and dated.value is not None), None)
    for day, dated in own.values.items():
        value, place = dated.value if dated else None, (*at, "values", day.isoformat(), "value")
        if value is None or model is None:
            continue
        if isinstance(value, dict) != isinstance(model, dict):
            needs = "a map of numbers" if isinstance(model, dict) else "a single value"
            yield Finding(place, "wrong_type", f"needs {needs}")
        elif isinstance(value, dict) and isinstance(model, dict):
            for key in value.keys() - model.keys():
                hint = did_you_mean(key, model) or f"it has {listed(model)}"
                yield Finding((*place, key), "unknown_key", f"has no part {echo(key)}", hint)
            missing = [key for key in model if key not in value]
            if missing:
                yield Finding(place, "missing_key", f"lacks the part {echo(missing[0])}")


__all__ = ["KEY", "Layer", "LayerEntry", "layered"]
