"""The kinds that settings name: their groups, their own settings, and the key that names each."""

from collections.abc import Iterator, Mapping
from types import UnionType
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin

from sonomics.core.settings.base import Section
from sonomics.core.settings.export import SOURCES, Export
from sonomics.core.settings.kinds import KindOf, NameIn, group
from sonomics.core.settings.parameters import Parameters


class NamedKind(NamedTuple):
    """A kind that a key names.

    Attributes
    ----------
    group : str
        Name of the group of kinds.
    kind : str
        Name of the kind.
    settings : Section or None
        Its settings; None where it has none.
    key : str
        The key with its settings, or its name.
    """

    group: str
    kind: str
    settings: Section | None
    key: str


def named_kinds(parameters: Parameters) -> Iterator[NamedKind]:
    """Yield the kinds that parameters name, in the order of the sections."""
    for name, section in vars(parameters).items():
        yield from _in_section(section, name)


def builders(parameters: Parameters) -> dict[str, str]:
    """Return the builder of every kind that parameters name, by its key."""
    return {named.key: group(named.group).get(named.kind).builder for named in named_kinds(parameters)}


def plugin_files(parameters: Parameters) -> list[str]:
    """List the files of the named kinds that installed packages bring, so that an edit reruns their jobs."""
    files = {file for named in named_kinds(parameters) for file in group(named.group).files(named.kind)}
    return sorted(map(str, files))


def declaration_files(parameters: Parameters) -> list[str]:
    """List the files in which installed packages declare the named kinds: their words are those of the page."""
    files = {file for named in named_kinds(parameters) for file in group(named.group).declaration_files(named.kind)}
    return sorted(map(str, files))


def _in_section(section: Section, path: str) -> Iterator[NamedKind]:
    for name, field in type(section).model_fields.items():
        if name in vars(section):
            key = f"{path}.{section.key_of(name)}"
            yield from _in_value(field.annotation, field.metadata, vars(section)[name], key)
    if isinstance(section, Export):
        for name, source in section.sources().items():
            yield NamedKind(SOURCES, name, source, f"{path}.{name}")


def _in_value(annotation: Any, notes: Any, value: Any, key: str) -> Iterator[NamedKind]:
    for note in notes:
        if isinstance(note, NameIn) and isinstance(value, str):
            yield NamedKind(note.group, value, None, key)
        if isinstance(note, KindOf) and isinstance(value, Section):
            yield NamedKind(note.group, getattr(value, note.tag), value, key)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if isinstance(value, Section):
        yield from _in_section(value, key)
    elif origin is Annotated:
        yield from _in_value(arguments[0], arguments[1:], value, key)
    elif origin in (Union, UnionType) and value is not None:
        for choice in arguments:
            yield from _in_value(choice, (), value, key)
    elif origin is dict and isinstance(value, Mapping):
        for name, entry in value.items():
            yield from _in_entry(arguments[1], entry, f"{key}.{name}")
    elif origin is list and isinstance(value, list):
        for position, entry in enumerate(value):
            yield from _in_entry(arguments[0], entry, f"{key}.{position}")


def _in_entry(annotation: Any, value: Any, key: str) -> Iterator[NamedKind]:
    notes = get_args(annotation)[1:] if get_origin(annotation) is Annotated else ()
    yield from _in_value(get_args(annotation)[0] if notes else annotation, notes, value, key)
