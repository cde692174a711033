"""`--set a.b=c`: one value changed from the command line, read as YAML reads a single value."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sandbox.scenario.faults import Fault, Mark, ScenarioInvalid, echo, escape
from sandbox.scenario.reading import compose, path_text, value_faults
from sandbox.scenario.tree import Entry, ListNode, MapNode, Node, ScalarNode

#: The file name under which faults of the command line are reported; the line counts the options.
ORIGIN = "--set"
#: Below this key the names themselves hold dots (`parameters.btc.btc_total_vol`).
_DOTTED = "parameters"


@dataclass(frozen=True, slots=True)
class _Override:
    steps: tuple[str, ...]
    key_mark: Mark
    value: ScalarNode


def apply(root: Node, sets: Sequence[str]) -> tuple[Node, list[Fault]]:
    """The tree with the overrides set, in order, and the faults of those that cannot be."""
    faults: list[Fault] = []
    for number, text in enumerate(sets, start=1):
        try:
            override = _parse(text, Mark(ORIGIN, number, 1))
            root = _put(root, override.steps, override)
            faults.extend(value_faults(_wrapped(override), allow_urls=False))
        except ScenarioInvalid as stop:
            faults.extend(stop.faults)
    return root, faults


def _refuse(mark: Mark, message: str, path: str = "") -> ScenarioInvalid:
    return ScenarioInvalid([Fault(mark, "bad_override", path, message, "write --set a.b=value")])


def _parse(text: str, mark: Mark) -> _Override:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise _refuse(mark, f"needs a key path, = and a value (got {echo(name.strip())})")
    steps = tuple(name.strip().split("."))
    if steps[0] == _DOTTED and len(steps) > 2:
        # A parameter has two names; what follows is a number of its table.
        steps = (_DOTTED, ".".join(steps[1:3]), *steps[3:])
    if not all(steps):
        raise _refuse(mark, "a key path has no empty steps", escape(name))
    if steps[0] == "extends":
        raise _refuse(mark, "the parent cannot be changed here: name another scenario", "extends")
    if not value.strip():
        raise _refuse(mark, "a value is missing (write null for none)", path_text(steps))
    return _Override(steps, mark, _scalar(value, mark._replace(column=len(name) + 2), steps))


def _scalar(value: str, mark: Mark, steps: tuple[str, ...]) -> ScalarNode:
    """The value as a single scalar; lists and maps belong in a file."""
    try:
        node, _ = compose(value, ORIGIN)
    except ScenarioInvalid as stop:
        faults = [replace(fault, mark=mark, path=path_text(steps)) for fault in stop.faults]
        raise ScenarioInvalid(faults) from None
    if not isinstance(node, ScalarNode):
        raise _refuse(mark, "only single values can be set here", path_text(steps))
    return ScalarNode(node.text, node.plain, mark)


def _put(node: Node, steps: tuple[str, ...], override: _Override) -> Node:
    if not steps:
        return override.value
    done = path_text(override.steps[: len(override.steps) - len(steps)])
    step, rest = steps[0], steps[1:]
    if isinstance(node, MapNode):
        entry = node.entries.get(step)
        below = entry.value if entry else MapNode({}, override.key_mark)
        key_mark = entry.key_mark if entry and rest else override.key_mark
        return MapNode({**node.entries, step: Entry(key_mark, _put(below, rest, override))}, node.mark)
    if isinstance(node, ListNode):
        if not (step.isascii() and step.isdigit() and len(step) < 6 and int(step) < len(node.items)):
            raise _refuse(
                override.key_mark, f"the list has places 0 to {len(node.items) - 1} (got {echo(step)})", done
            )
        place = int(step)
        items = [*node.items[:place], _put(node.items[place], rest, override), *node.items[place + 1 :]]
        return ListNode(items, node.mark)
    if node.plain and node.text in ("", "null", "~"):
        return _put(MapNode({}, override.key_mark), steps, override)
    raise _refuse(override.key_mark, f"is a single value: {echo(step)} cannot be set below it", done)


def _wrapped(override: _Override) -> Node:
    node: Node = override.value
    for step in reversed(override.steps):
        node = MapNode({step: Entry(override.key_mark, node)}, override.key_mark)
    return node
