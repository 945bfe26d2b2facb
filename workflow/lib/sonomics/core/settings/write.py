"""Write what is generated from the settings: the schema for editors, the defaults, and docs/parameters.md.

Run `python -m sonomics.core.settings.write` after a change of a setting or a kind; a test compares the files.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from sonomics.core.settings.defaults import defaults
from sonomics.core.settings.page import page
from sonomics.core.settings.schema import schema

ROOT = Path(__file__).parents[5]


def files() -> Iterator[tuple[Path, str]]:
    """Yield the path of every generated file and its text."""
    folder = ROOT / "workflow" / "schemas"
    yield folder / "params.schema.yaml", _yaml(schema(), "The parameters of a study, for editors")
    yield folder / "defaults.yaml", _yaml(defaults(), "The default of every key, and the builder of every kind")
    yield ROOT / "docs" / "parameters.md", page(schema())


def main() -> None:
    """Write the files."""
    for path, text in files():
        path.write_text(text, encoding="utf-8")


def _yaml(content: Mapping[str, Any], title: str) -> str:
    text = yaml.safe_dump(json.loads(json.dumps(content)), sort_keys=False, allow_unicode=True, width=120)
    return f"# {title}. Written by `python -m sonomics.core.settings.write`; do not edit.\n{text}"


if __name__ == "__main__":
    main()
