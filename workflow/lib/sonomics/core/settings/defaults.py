"""The defaults of every section and the builders of its kinds, without a word of documentation.

DVC tracks them for each stage, so that a changed default makes a stage stale and a changed description does not.
"""

from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from sonomics.core.settings.base import Section
from sonomics.core.settings.kinds import KindOf, NameIn, group
from sonomics.core.settings.parameters import SECTIONS, section_class

# Groups whose kinds no key of the section names.
UNNAMED = {"crop": ("outlines",)}


def defaults() -> dict[str, Any]:
    """Return section -> key -> default; `kinds` of a section holds group -> kind -> builder and defaults."""
    return {name: _of_section(name) for name in SECTIONS}


def _of_section(name: str) -> dict[str, Any]:
    names: dict[str, None] = dict.fromkeys(UNNAMED.get(name, ()))
    values = _of_keys(section_class(name), names)
    kinds = {group_name: _of_group(group_name) for group_name in names}
    return values | ({"kinds": kinds} if kinds else {})


def _of_group(name: str) -> dict[str, Any]:
    kinds = {kind: group(name).get(kind) for kind in group(name).built_in()}
    return {kind: {"builder": declared.builder, **_of_keys(declared.settings, {})} for kind, declared in kinds.items()}


def _of_keys(section: type[Section], groups: dict[str, None]) -> dict[str, Any]:
    """Return the defaults of a section and of the sections below it; adds the groups that they name."""
    values: dict[str, Any] = {}
    for name, field in section.model_fields.items():
        below = _below(field.annotation, field.metadata, groups)
        default = None if field.is_required() else field.get_default(call_default_factory=True)
        if isinstance(default, Section):
            values[section.key_of(name)] = below | default.plain()
        elif below or default is not None:
            values[section.key_of(name)] = below or default
    return values


def _below(annotation: Any, notes: Any, groups: dict[str, None]) -> dict[str, Any]:
    for note in notes:
        if isinstance(note, KindOf | NameIn):
            groups[note.group] = None
            return {}
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _below(arguments[0], arguments[1:], groups)
    if origin in (Union, UnionType, dict, list):
        below: dict[str, Any] = {}
        for choice in arguments:
            below |= _below(choice, (), groups)
        return below
    is_section = isinstance(annotation, type) and issubclass(annotation, Section)
    return _of_keys(annotation, groups) if is_section else {}
