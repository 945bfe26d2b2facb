"""docs/parameters.md: one table per section with key, type, unit, default and meaning, from the JSON Schema."""

from collections.abc import Iterator, Mapping
from textwrap import fill
from typing import Any

WIDTH = 100
INTRODUCTION = """\
# Parameters

<!-- Written by `python -m sonomics.core.settings.write`; do not edit. -->

Every key of `params.yaml`. A study states the keys without a default; all others may be left out. A key that is not \
listed here stops the study before any work. `<name>` stands for a name that the study chooses: small letters, digits \
and single underscores.
"""
HEAD = "| key | type | unit | default | meaning |\n|---|---|---|---|---|"
TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "null": "null",
    "object": "map",
    "array": "list",
}
LIMITS = {"minimum": "≥ {}", "exclusiveMinimum": "> {}", "maximum": "≤ {}", "exclusiveMaximum": "< {}"}
TAGS = ("kind", "step", "type")

Node = Mapping[str, Any]


def page(schema: Node) -> str:
    """Return the page, from the schema of params.yaml."""
    blocks = [_wrapped(INTRODUCTION)]
    for name, section in schema["properties"].items():
        blocks += _tables(schema, section, name, "##")
    return "\n\n".join(blocks) + "\n"


def _tables(schema: Node, node: Node, path: str, mark: str = "###", kind: str = "") -> Iterator[str]:
    """Yield a heading, a sentence and a table for a section, then those of the sections below it."""
    section = _resolved(schema, node)
    properties, required = section["properties"], section.get("required", [])
    tag = next((tag for tag in TAGS if "const" in properties.get(tag, {})), "")
    own = f", {tag}: {properties[tag]['const']}" if tag else ""
    if properties:
        rows = (_row(schema, key, child, key in required) for key, child in properties.items())
        heading = f"{mark} `{path}{own or kind}`"
        yield "\n\n".join([heading, _wrapped(_as_sentence(section["description"])), "\n".join([HEAD, *rows])])
    for key, child in properties.items():
        for below, where in _sections(schema, child, f"{path}.{key}"):
            yield from _tables(schema, below, where, kind=own or kind)


def _sections(schema: Node, node: Node, path: str) -> Iterator[tuple[Node, str]]:
    """Yield the sections that a key holds, and their paths."""
    node = _resolved(schema, node)
    if not node:
        return
    if "properties" in node:
        yield node, path
    choices = [_resolved(schema, choice) for choice in [*node.get("oneOf", []), *node.get("anyOf", [])]]
    lists = [choice for choice in choices if "items" in choice]
    # A list, or a map of such lists by task: the items are described once.
    for choice in [*lists, *(choice for choice in choices if "properties" in choice)] if lists else choices:
        yield from _sections(schema, choice, path)
    for below in [*node.get("patternProperties", {}).values(), _map(node.get("additionalProperties"))]:
        yield from _sections(schema, below, f"{path}.<name>")
    yield from _sections(schema, _map(node.get("items")), f"{path}[]")


def _row(schema: Node, key: str, node: Node, required: bool) -> str:
    default = "required" if required else _value(node["default"]) if "default" in node else "–"
    below = _resolved(schema, node)
    cells = [f"`{key}`", _type(schema, node), below.get("unit", node.get("unit", "")), default]
    meaning = node.get("description") or below.get("description", "")
    return f"| {' | '.join(cells)} | {_escaped(meaning)} |"


def _type(schema: Node, node: Node) -> str:
    node = _resolved(schema, node)
    if "const" in node:
        return f"`{node['const']}`"
    if "enum" in node:
        return ", ".join(f"`{choice}`" for choice in node["enum"])
    if choices := [*node.get("oneOf", []), *node.get("anyOf", [])]:
        types = (_type(schema, choice) for choice in choices)
        return " or ".join(dict.fromkeys(types))
    kind = TYPES[node["type"]]
    if kind == "list":
        kind = f"list of {_type(schema, node['items'])}" if "items" in node else kind
    if kind == "map" and "properties" not in node:
        below = [*node.get("patternProperties", {}).values(), _map(node.get("additionalProperties"))]
        kind = next((f"map of name to {_type(schema, choice)}" for choice in below if choice), kind)
    limits = [words.format(f"{node[limit]:g}") for limit, words in LIMITS.items() if limit in node]
    return " ".join([kind, " and ".join(limits)]).strip()


def _value(default: Any) -> str:
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    if isinstance(default, Mapping):
        return ", ".join(f"`{key}: {_plain(value)}`" for key, value in default.items() if value) or "none"
    if isinstance(default, list):
        return f"`{_plain(default)}`" if default else "none"
    return f"`{default}`" if default != "" else "empty"


def _plain(value: Any) -> str:
    return f"[{', '.join(map(str, value))}]" if isinstance(value, list) else str(value)


def _resolved(schema: Node, node: Node) -> Node:
    if "$ref" not in node:
        return node
    name = node["$ref"].rpartition("/")[2]
    return {**schema["$defs"][name], **{key: value for key, value in node.items() if key != "$ref"}}


def _as_sentence(text: str) -> str:
    return _escaped(f"{text[:1].upper()}{text[1:].rstrip('.')}.")


def _escaped(text: str) -> str:
    """Escape what is not code: Markdown would take `<table>` for a tag and a bar for the end of a cell."""
    parts = text.replace("|", "\\|").split("`")
    return "`".join(part if position % 2 else part.replace("<", "&lt;") for position, part in enumerate(parts))


def _map(node: Any) -> Node:
    return node if isinstance(node, Mapping) else {}


def _wrapped(text: str) -> str:
    return "\n\n".join(fill(block, WIDTH, break_long_words=False) for block in text.strip().split("\n\n"))
