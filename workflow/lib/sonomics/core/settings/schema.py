"""The JSON Schema of params.yaml, for editors; a study is validated by the models themselves."""

from collections.abc import Mapping
from typing import Any

from sonomics.core.settings.parameters import whole

DRAFT = "https://json-schema.org/draft/2020-12/schema"
# Keywords whose value is a map of names to schemas, and those whose value is a schema or a list of them.
NAMED = ("properties", "patternProperties", "$defs")
NESTED = ("items", "additionalProperties", "propertyNames", "oneOf", "anyOf")


def schema() -> dict[str, Any]:
    """Return the schema of params.yaml."""
    return {"$schema": DRAFT, **_tidied(whole().model_json_schema())}


def _tidied(node: Any) -> Any:
    """Leave out titles, and null where a key may be left out; close maps of names; join lines of docstrings."""
    if isinstance(node, list):
        return [_tidied(child) for child in node]
    if not isinstance(node, Mapping):
        return node
    node = _without_null({key: value for key, value in node.items() if key != "title"})
    for key in NAMED:
        if key in node:
            node[key] = {name: _tidied(child) for name, child in node[key].items()}
    for key in NESTED:
        if key in node:
            node[key] = _tidied(node[key])
    if "patternProperties" in node:
        node["additionalProperties"] = False
    if "description" in node:
        node["description"] = " ".join(node["description"].split())
    return node


def _without_null(node: dict[str, Any]) -> dict[str, Any]:
    if node.get("default", ...) is not None:
        return node
    left = {key: value for key, value in node.items() if key not in ("default", "anyOf")}
    choices = [choice for choice in node.get("anyOf", []) if choice != {"type": "null"}]
    return {**choices[0], **left} if len(choices) == 1 else {**left, **({"anyOf": choices} if choices else {})}
