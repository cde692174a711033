"""From a file's name to a scenario that can run, with the parameters it uses and the hash of both."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar, overload

from pydantic import BaseModel

from sandbox.scenario.canonical import canonical_json, digest
from sandbox.scenario.checks import CHECKS
from sandbox.scenario.extends import read_chain, shown
from sandbox.scenario.faults import Fault, Finding, Mark, ScenarioInvalid, in_order
from sandbox.scenario.layers import KEY, layered
from sandbox.scenario.library import find_shipped, parameters_folder, shipped
from sandbox.scenario.nearest import did_you_mean
from sandbox.scenario.overrides import apply
from sandbox.scenario.parameters import ParameterLibrary, UnknownParameter, UnusableValue
from sandbox.scenario.reading import path_text
from sandbox.scenario.schema import Scenario
from sandbox.scenario.tree import MapNode, Node, locate, plain
from sandbox.scenario.validation import place_findings, validate

M = TypeVar("M", bound=BaseModel)

#: A semantic check: what is wrong with a scenario whose every value is well formed.
Check = Callable[[Any, ParameterLibrary], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Loaded(Generic[M]):
    """A scenario ready to run."""

    scenario: M
    """The frozen model."""
    parameters: ParameterLibrary
    """The library with the scenario's overrides; it notes what is looked up."""
    hash: str
    """SHA-256 of `canonical`: equal for equal meaning, whatever the layout of the files."""
    files: tuple[tuple[str, str], ...]
    """Scenario file, parents and parameter files as shown, each with the SHA-256 of its bytes."""
    canonical: str
    """Canonical JSON of the scenario with all defaults, and of the parameter values in force."""
    warnings: list[Fault] = field(default_factory=list)
    """Faults that do not refuse the scenario."""


@overload
def load(
    path_or_name: str | Path,
    *,
    sets: Sequence[str] = (),
    checks: Sequence[Check] = (),
    library: Path | None = None,
) -> Loaded[Scenario]: ...


@overload
def load(
    path_or_name: str | Path,
    *,
    model: type[M],
    sets: Sequence[str] = (),
    checks: Sequence[Check] = (),
    library: Path | None = None,
) -> Loaded[M]: ...


def load(
    path_or_name: str | Path,
    *,
    model: type[BaseModel] = Scenario,
    sets: Sequence[str] = (),
    checks: Sequence[Check] = (),
    library: Path | None = None,
) -> Loaded[Any]:
    """Load a scenario by path, or a shipped one by name, with overrides such as `policy.banks=6`.

    `-` reads standard input. `checks` speak of meaning after the shape is found right; `library` is a
    folder of parameters other than the shipped one.

    Raises ScenarioInvalid with every fault of the file and its parents (exit code 3).
    """
    path, file = _resolve(str(path_or_name))
    chain = read_chain(path, file)
    root, faults = apply(chain.root, sets)
    faults.extend(chain.faults)
    scenario, wrong = validate(model, root, tainted={fault.mark for fault in faults})
    faults.extend(wrong)
    parameters = ParameterLibrary.load(library or parameters_folder())
    if KEY in model.model_fields:
        parameters, more = layered(parameters, root, path.parent)
        faults.extend(more)
    chosen, more = _announce(parameters, root) if "announced" in model.model_fields else (parameters, [])
    faults.extend(more)
    chosen, more = _override(chosen, root) if "parameters" in model.model_fields else (chosen, [])
    faults.extend(more)
    if scenario is not None and not _errors(faults):
        faults.extend(
            fault
            for check in (*_own_checks(model), *checks)
            for fault in place_findings(check(scenario, chosen), root)
        )
    if scenario is None or _errors(faults):
        raise ScenarioInvalid(faults)
    # Where a user's parameters lie says nothing of the world: their values are in the document.
    stated = scenario.model_dump(mode="json", by_alias=True, exclude={KEY})
    document = {"scenario": stated, "parameters": chosen.in_force()}
    canonical = canonical_json(document)
    files = (*chain.files, *parameters.files)
    return Loaded(scenario, chosen, digest(canonical), files, canonical, in_order(faults))


def _own_checks(model: type[BaseModel]) -> Sequence[Check]:
    """The checks that belong to scenarios as such."""
    return CHECKS if model is Scenario else ()


def check(path_or_name: str | Path, **options: Any) -> list[Fault]:
    """All faults and warnings of a scenario, in order; empty when it is in order. Takes `load`'s options."""
    try:
        return load(path_or_name, **options).warnings
    except ScenarioInvalid as stop:
        return list(stop.faults)


def _resolve(name: str) -> tuple[Path, str]:
    """The file a user meant: a path as given, else a shipped scenario's name."""
    path = Path(name)
    try:
        known = find_shipped(name) if name != "-" and not path.exists() else None
    except (OSError, ValueError):
        known = None
    if known is not None:
        return known, shown(known)
    try:
        missing = name != "-" and not path.exists() and not path.is_symlink()
    except (OSError, ValueError):
        missing = False
    if missing:
        names = [candidate.stem for candidate in shipped()]
        hint = did_you_mean(path.stem, names) or f"shipped scenarios: {', '.join(names) or 'none'}"
        raise ScenarioInvalid([Fault(Mark(name, 1, 1), "no_file", "", "there is no such scenario", hint)])
    return path, name


def _announce(library: ParameterLibrary, root: Node) -> tuple[ParameterLibrary, list[Fault]]:
    """The library with the announced values the scenario asks for; a name it cannot ask for is a fault."""
    asked = plain(locate(root, ("announced",)).node) if isinstance(root, MapNode) else None
    if not isinstance(root, MapNode) or "announced" not in root.entries or not isinstance(asked, list):
        return library, []
    faults = []
    for position, name in enumerate(asked):
        mark, path = locate(root, ("announced", position)).node.mark, path_text(("announced", position))
        try:
            library = library.with_announced([str(name)])
        except UnknownParameter as problem:
            faults.append(Fault(mark, "unknown_parameter", path, problem.message, problem.hint))
        except UnusableValue as problem:
            faults.append(Fault(mark, problem.code, path, str(problem)))
    return library, faults


def _override(library: ParameterLibrary, root: Node) -> tuple[ParameterLibrary, list[Fault]]:
    """The library with the scenario's `parameters`; a name or value it refuses is a fault in its place."""
    asked = plain(locate(root, ("parameters",)).node)
    if not isinstance(root, MapNode) or "parameters" not in root.entries or not isinstance(asked, dict):
        return library, []
    overrides: dict[str, object] = {}
    faults = []
    for name, value in asked.items():
        place = locate(root, ("parameters", name))
        path = path_text(("parameters", name))
        try:
            library.with_overrides({name: value})
            overrides[name] = value
        except UnknownParameter as problem:
            faults.append(Fault(place.key_mark, "unknown_parameter", path, problem.message, problem.hint))
        except UnusableValue as problem:
            faults.append(Fault(place.node.mark, problem.code, path, problem.message))
    return library.with_overrides(overrides), faults


def _errors(faults: Iterable[Fault]) -> bool:
    return any(fault.severity == "error" for fault in faults)
