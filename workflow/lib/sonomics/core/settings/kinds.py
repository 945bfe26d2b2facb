"""Settings that depend on a kind: the kind's own module declares them, and is imported only when it is named."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from copy import deepcopy
from functools import cache
from typing import Any

from pydantic import BaseModel, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from sonomics.core.registry import Group
from sonomics.core.settings.types import broken, missing


@cache
def group(name: str) -> Group[Any]:
    """Return the group of a name."""
    return Group(name, "")


def settings_of(group_name: str, kind: str) -> type[BaseModel]:
    """Return the settings class of a kind."""
    settings: type[BaseModel] = group(group_name).get(kind).settings
    return settings


class Varying(ABC):
    """A map whose keys depend on what it holds."""

    @abstractmethod
    def settings(self, values: Mapping[str, Any]) -> type[BaseModel]:
        """Return the settings class of a valid map."""

    @abstractmethod
    def settings_or_none(self, values: Any) -> type[BaseModel] | None:
        """Return the settings class of a value that may be wrong, if it tells one."""


class KindOf(Varying):
    """A map whose keys depend on the kind that its tag names."""

    def __init__(self, group: str, tag: str) -> None:
        self.group, self.tag = group, tag

    def settings(self, values: Mapping[str, Any]) -> type[BaseModel]:
        """Return the settings class of the kind that a valid map names."""
        return settings_of(self.group, values[self.tag])

    def settings_or_none(self, values: Any) -> type[BaseModel] | None:
        """Return the settings class of the kind that a map names, if it names one."""
        kind = values.get(self.tag) if isinstance(values, Mapping) else None
        return settings_of(self.group, kind) if isinstance(kind, str) and kind in group(self.group) else None

    def __get_pydantic_core_schema__(self, _: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Validate by the kind's own settings."""
        return core_schema.no_info_plain_validator_function(self._validated)

    def __get_pydantic_json_schema__(self, _: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Describe the union of the kinds that come with sonomics."""
        return {"oneOf": [self._described(name, handler) for name in group(self.group).built_in()]}

    def _described(self, name: str, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        schema = deepcopy(described(settings_of(self.group, name), handler))
        schema["properties"][self.tag] = {**schema["properties"][self.tag], "const": name}
        return schema

    def _validated(self, values: Any) -> BaseModel:
        if not isinstance(values, Mapping):
            raise PydanticCustomError("dict_type", "not a map")
        if self.tag not in values:
            raise missing(self.tag)
        check_name(values[self.tag], self.group, self.tag)
        return self.settings(values).model_validate(values)


class SectionByKey(Varying):
    """A map that is one section where it has a key, and another where it has not."""

    def __init__(self, key: str, present: type[BaseModel], absent: type[BaseModel]) -> None:
        self.key, self.present, self.absent = key, present, absent

    def settings(self, values: Mapping[str, Any]) -> type[BaseModel]:
        """Return the section that the key tells."""
        return self.present if self.key in values else self.absent

    def settings_or_none(self, values: Any) -> type[BaseModel] | None:
        """Return the section that the key tells, of a map."""
        return self.settings(values) if isinstance(values, Mapping) else None

    def __get_pydantic_core_schema__(self, _: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Validate by the section that the key tells."""
        return core_schema.no_info_plain_validator_function(self._validated)

    def __get_pydantic_json_schema__(self, _: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Describe both."""
        return {"oneOf": [deepcopy(described(section, handler)) for section in (self.present, self.absent)]}

    def _validated(self, values: Any) -> BaseModel:
        return self.settings(values).model_validate(values)


class KindByKey:
    """The sections of a map whose further keys are names of kinds, such as `export.simulator`.

    The map hands each value over as a pair with its key.
    """

    def __init__(self, group: str) -> None:
        self.group = group

    def __get_pydantic_core_schema__(self, _: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Validate by the kind's own settings."""
        return core_schema.no_info_plain_validator_function(self._validated)

    def __get_pydantic_json_schema__(self, _: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Describe any map; the section that holds it lists the kinds."""
        return {"type": "object"}

    def _validated(self, item: tuple[str, Any]) -> BaseModel:
        key, values = item
        return settings_of(self.group, key).model_validate(values)


class NameIn:
    """The name of a kind, without settings of its own."""

    def __init__(self, group: str) -> None:
        self.group = group

    def __get_pydantic_core_schema__(self, _: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Look the name up."""
        return core_schema.no_info_plain_validator_function(self._validated)

    def __get_pydantic_json_schema__(self, _: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """List the names."""
        return {"type": "string", "enum": group(self.group).built_in()}

    def _validated(self, name: Any) -> str:
        check_name(name, self.group)
        return str(name)


def kind_of(group: str, tag: str) -> KindOf:
    """Mark a field as the settings of a kind: `Annotated[Model, kind_of("models", tag="kind")]`.

    Parameters
    ----------
    group : str
        Name of the group, see `core.registry`.
    tag : str
        Key of the map that names the kind.
    """
    return KindOf(group, tag)


def name_in(group: str) -> NameIn:
    """Mark a field as the name of a kind: `Annotated[str, name_in("calibrations")]`."""
    return NameIn(group)


def check_name(name: Any, group_name: str, key: str = "") -> None:
    """Check that there is a kind of a name.

    Raises
    ------
    pydantic.ValidationError
        At `key`, listing the kinds that there are.
    """
    if not isinstance(name, str) or name not in group(group_name):
        raise broken(f"{name!r} is not one of {', '.join(group(group_name).names())}", key=key)


def described(settings: type[BaseModel], handler: GetJsonSchemaHandler) -> JsonSchemaValue:
    """Return the JSON schema of a settings class within that of another."""
    settings.model_rebuild()
    return handler.resolve_ref_schema(handler(settings.__pydantic_core_schema__))
