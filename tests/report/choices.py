"""What a key of params.yaml may be, from the settings' own schema."""

from sonomics.core.settings.schema import schema


def choices(place: str) -> set[str]:
    """List the values of a key; `*` stands for a name, and a kind's tag for the names of all kinds."""
    nodes = [schema()]
    for name in place.split("."):
        nodes = [below for node in map(_resolved, nodes) for below in _below(node, name)]
    return {value for node in map(_resolved, nodes) for value in node.get("enum", [node.get("const")])}


def _below(node: dict, name: str) -> list[dict]:
    if name == "*":
        entries = [node["items"]] if "items" in node else list(node["patternProperties"].values())
        return [choice for entry in entries for choice in entry.get("oneOf", [entry])]
    return [node["properties"][name]]


def _resolved(node: dict) -> dict:
    return schema()["$defs"][node["$ref"].rpartition("/")[2]] if "$ref" in node else node
