"""The line of a key in a YAML file."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any


def line_of(file: Path | None, path: Sequence[Any]) -> str:
    """Return `line <number>` of a key, or of the nearest one above it; "" when there is no file or no such key.

    Parameters
    ----------
    file : Path or None
    path : sequence of str or int
        Keys, and positions in lists. A part may go on with a comma and a name: `criteria, adult`.
    """
    if file is None or not file.exists():
        return ""
    import yaml

    node, line = yaml.compose(file.read_text(encoding="utf-8"), yaml.SafeLoader), 0
    for part in path:
        if isinstance(node, yaml.MappingNode):
            pairs = {key.value: (key.start_mark.line + 1, value) for key, value in node.value}
        elif isinstance(node, yaml.SequenceNode):
            pairs = {str(place): (value.start_mark.line + 1, value) for place, value in enumerate(node.value)}
        else:
            break
        key = str(part).partition(",")[0]
        if key not in pairs:
            break
        line, node = pairs[key]
    return f"line {line}" if line else ""
