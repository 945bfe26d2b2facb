"""What the pages show can be pasted, and no parameter is left out of them."""

import re

import pytest
import yaml

from sonomics.core.files import read_yaml
from sonomics.core.params import check_params
from tests.conftest import ROOT

PAGES = sorted((ROOT / "docs").glob("*.md"))
# What a page leaves for the reader to fill in.
BLANK, FILLED = "<64 digits>", "a" * 64


def snippets():
    for page in PAGES:
        for number, block in enumerate(re.findall(r"```yaml\n(.*?)```", page.read_text(), re.DOTALL), start=1):
            if not block.startswith("weights:"):  # three ways to write one key
                yield pytest.param(block.replace(BLANK, FILLED), id=f"{page.stem}-{number}")


def merged(base, overlay):
    if not (isinstance(base, dict) and isinstance(overlay, dict)):
        return overlay
    return {**base, **{key: merged(base.get(key), value) for key, value in overlay.items()}}


@pytest.mark.parametrize("block", list(snippets()))
def test_a_snippet_of_params_is_one_of_a_study(schema, block):
    params = read_yaml(ROOT / "params.yaml")
    check_params(merged(params, yaml.safe_load(block)), schema)


def keys_of(node):
    if isinstance(node, list):
        for child in node:
            yield from keys_of(child)
    elif isinstance(node, dict):
        for name, child in node.items():
            if name == "properties":
                yield from child
                yield from keys_of(list(child.values()))
            elif name not in ("const", "enum", "required"):
                yield from keys_of(child)


def test_every_key_of_the_schema_stands_in_a_page():
    schema = read_yaml(ROOT / "workflow" / "schemas" / "params.schema.yaml")
    words = set(re.findall(r"\w+", "\n".join(page.read_text() for page in PAGES)))
    assert sorted(set(keys_of(schema)) - words) == []


def test_every_page_that_is_linked_is_there():
    for page in [*PAGES, ROOT / "README.md", ROOT / "CONTRIBUTING.md"]:
        for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text()):
            assert (page.parent / link).exists(), f"{page.name} links {link}"
