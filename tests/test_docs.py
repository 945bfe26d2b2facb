"""What the pages show can be pasted, and no parameter is left out of them."""

import re
from typing import get_args

import pytest
import yaml

from sonomics.core.files import read_yaml
from sonomics.core.params import PHASES, check_params
from sonomics.core.settings.base import Section
from sonomics.core.settings.export import SOURCES
from sonomics.core.settings.kinds import KindOf, group, settings_of
from sonomics.core.settings.parameters import whole
from tests.conftest import ROOT

PARAMETERS = ROOT / "docs" / "parameters.md"
PAGES = sorted(set((ROOT / "docs").glob("*.md")) - {PARAMETERS})
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
def test_a_snippet_of_params_is_one_of_a_study(block):
    params = read_yaml(ROOT / "params.yaml")
    check_params(merged(params, yaml.safe_load(block)))


def sections(node):
    """Yield every section of a tree of settings classes, those of kinds and of nested sections included."""
    yield node
    for field in node.model_fields.values():
        for below in [field.annotation, *field.metadata]:
            yield from sections_in(below)


def sections_in(annotation):
    if isinstance(annotation, KindOf):
        for kind in group(annotation.group).built_in():
            yield from sections(settings_of(annotation.group, kind))
    elif isinstance(annotation, type) and issubclass(annotation, Section):
        yield from sections(annotation)
    for argument in [*get_args(annotation), *getattr(annotation, "__metadata__", ())]:
        yield from sections_in(argument)


def description(field):
    """Return what a key is described as, by itself or by its type."""
    notes = [note for choice in get_args(field.annotation) for note in getattr(choice, "__metadata__", ())]
    return field.description or next((note.description for note in notes if getattr(note, "description", "")), "")


def every_section():
    sources = [settings_of(SOURCES, name) for name in group(SOURCES).built_in()]
    return {section for root in [whole(), *sources] for section in sections(root)}


def test_every_key_is_described_and_has_a_place_in_docs_parameters():
    rows = set(re.findall(r"^\| `(\w+)` \|", PARAMETERS.read_text(), re.MULTILINE))
    for section in every_section() - {whole()}:
        for name, field in section.model_fields.items():
            assert description(field), f"{section.__name__}.{name}"
            assert section.key_of(name) in rows, f"{section.__name__}.{name}"


def test_every_key_is_explained_in_a_page_that_people_write():
    words = set(re.findall(r"\w+", "\n".join(page.read_text() for page in PAGES)))
    keys = {section.key_of(name) for section in every_section() for name in section.model_fields}
    assert sorted(keys - words) == []


def test_the_architecture_names_every_package():
    text = (ROOT / "docs/architecture.md").read_text()
    library = ROOT / "workflow/lib/sonomics"
    places = ["*", "kinds/*", *(f"{phase}/*" for phase in PHASES)]
    packages = [path.parent for place in places for path in library.glob(f"{place}/__init__.py")]
    named = set(re.findall(r"\w+", text))
    assert [str(package) for package in packages if package.name not in named] == []


def test_every_page_that_is_linked_is_there():
    for page in [*PAGES, ROOT / "README.md", ROOT / "CONTRIBUTING.md"]:
        for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text()):
            assert (page.parent / link).exists(), f"{page.name} links {link}"
