"""Which keys a model allows at a place, read from its JSON Schema: what 'did you mean' chooses from."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from pydantic import BaseModel

from sandbox.scenario.tree import MapNode, Node, Path, Place, ScalarNode, locate

_Schema = dict[str, Any]


class Shape:
    """The allowed keys of a model at every place of a document."""

    def __init__(self, model: type[BaseModel]) -> None:
        self._top: _Schema = model.model_json_schema(by_alias=True, mode="validation")

    def keys(self, root: Node, path: Path) -> list[str]:
        """Keys allowed in the map at a path, in the model's order; none where any key may stand."""
        names: dict[str, None] = {}
        for schema in self._at(root, path):
            names.update(dict.fromkeys(schema.get("properties", {})))
        return list(names)

    def formats(self, root: Node, path: Path) -> set[str]:
        """Formats (such as `date`) of the values allowed at a path."""
        return {schema["format"] for schema in self._at(root, path) if "format" in schema}

    def elsewhere(self, key: str) -> str | None:
        """Where a key that is not allowed here would be: the shallowest such path, in dots."""
        level: list[tuple[tuple[str, ...], _Schema]] = [((), self._top)]
        for _ in range(4):
            below: list[tuple[tuple[str, ...], _Schema]] = []
            for path, schema in level:
                for one in self._members(schema):
                    for name, inner in one.get("properties", {}).items():
                        if name == key:
                            return ".".join((*path, name))
                        below.append(((*path, name), inner))
            level = below[:500]
        return None

    def _at(self, root: Node, path: Path) -> list[_Schema]:
        schemas = self._fitting(self._top, root)
        for depth, step in enumerate(path, start=1):
            place: Place = locate(root, path[:depth])
            schemas = [
                fit
                for schema in schemas
                for inner in self._below(schema, step)
                for fit in self._fitting(inner, place.node)
            ]
        return schemas

    def _below(self, schema: _Schema, step: str | int) -> Iterator[_Schema]:
        if isinstance(step, int):
            items = schema.get("items")
            if isinstance(items, dict):
                yield items
            return
        named = schema.get("properties", {}).get(step)
        anything = schema.get("additionalProperties")
        if named is not None:
            yield named
        elif isinstance(anything, dict):
            yield anything
        else:
            yield from schema.get("patternProperties", {}).values()

    def _fitting(self, schema: _Schema, node: Node) -> list[_Schema]:
        return [member for member in self._members(schema) if _fits(member, node)]

    def _members(self, schema: _Schema) -> Iterator[_Schema]:
        """The plain schemas a schema may stand for: references followed, unions opened."""
        if "$ref" in schema:
            yield from self._members(self._top["$defs"][schema["$ref"].rpartition("/")[2]])
            return
        inner = [*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())]
        if not inner:
            yield schema
        for member in inner:
            yield from self._members(member)


def _fits(schema: _Schema, node: Node) -> bool:
    """Whether the constants of a schema (such as `kind`) are those of the document's map."""
    if not isinstance(node, MapNode):
        return True
    for name, inner in schema.get("properties", {}).items():
        entry = node.entries.get(name)
        if (
            "const" in inner
            and entry
            and isinstance(entry.value, ScalarNode)
            and entry.value.text != str(inner["const"])
        ):
            return False
    return True


@lru_cache(maxsize=8)
def shape_of(model: type[BaseModel]) -> Shape:
    """The shape of a model, made once: only a faulty file needs it."""
    return Shape(model)
