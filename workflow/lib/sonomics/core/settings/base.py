"""What the settings of every phase are made of: closed sections of described keys, and the types they share."""

from collections.abc import Iterator, Mapping
from functools import cache
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, ValidationError, core_schema

from sonomics.core.registry import Group


class Section(BaseModel):
    """A map of params.yaml whose keys are all known; an unknown key, text for a number, NaN or infinity is refused.

    A key that may be left out has a default; where the default is None, the key cannot be stated as null. A job is
    handed only the keys that it reads: of a section cut down to them (`partial`), reading another is an AttributeError.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False, defer_build=True)

    @classmethod
    def partial(cls, values: Mapping[str, Any]) -> Self:
        """Build a section of keys that are known to be valid; defaults are filled in, other keys stay absent."""
        fields, stated = {}, set()
        for name, field in cls.model_fields.items():
            key = field.alias or name
            if key in values:
                fields[name] = _typed(field.annotation, values[key], field.metadata)
                stated.add(name)
            elif not field.is_required():
                fields[name] = field.get_default(call_default_factory=True)
        return cls._assembled(fields, stated)

    def plain(self) -> dict[str, Any]:
        """Return the section as JSON takes it: what is stated and every default, without keys whose default is None."""
        return {_key(type(self), name): _plain(value) for name, value in self._held()}

    @classmethod
    def _assembled(cls, fields: dict[str, Any], stated: set[str]) -> Self:
        section = cls.__new__(cls)
        object.__setattr__(section, "__dict__", fields)
        object.__setattr__(section, "__pydantic_fields_set__", stated)
        object.__setattr__(section, "__pydantic_extra__", None)
        object.__setattr__(section, "__pydantic_private__", None)
        return section

    def _held(self) -> list[tuple[str, Any]]:
        """List the fields and their values, without those that are left out."""
        required = {name for name, field in type(self).model_fields.items() if field.is_required()}
        return [(name, value) for name, value in self.__dict__.items() if value is not None or name in required]

    @model_validator(mode="before")
    @classmethod
    def _refuse_null_for_a_key_that_may_be_left_out(cls, values: Any) -> Any:
        for name, field in cls.model_fields.items() if isinstance(values, Mapping) else ():
            key = _key(cls, name)
            if field.default is None and key in values and values[key] is None:
                raise broken("nothing stands here", "state a value, or leave the key out", key)
        return values

    if not TYPE_CHECKING:

        def __getattr__(self, name):
            """Name the key that a rule does not hand over."""
            if name in type(self).model_fields:
                raise AttributeError(f"the rule hands this job no {type(self).__name__.lower()}.{name}")
            if name in _MAPPED:
                return _MAPPED[name].__get__(self)
            return super().__getattr__(name)

        # TEMPORARY, until every room reads attributes: sections read as maps. Delete with _MAPPED.

        def __getitem__(self, key):
            """Return the value of a key."""
            return dict(_items(self))[key]

        def __contains__(self, key):
            """Tell whether a key is stated or has a default."""
            return key in dict(_items(self))


def _items(section: Section) -> list[tuple[str, Any]]:
    return [(_key(type(section), name), value) for name, value in section._held()]


_MAPPED: dict[str, Any] = {
    "get": lambda section, key, default=None: dict(_items(section)).get(key, default),
    "keys": lambda section: dict(_items(section)).keys(),
    "items": _items,
}


class KindOf:
    """A field whose keys depend on the kind that its tag names; only that kind's module is imported."""

    def __init__(self, group: str, tag: str) -> None:
        self.group, self.tag = group, tag

    def settings(self, values: Mapping[str, Any]) -> type[Section]:
        """Return the settings class of the kind that a valid map names."""
        settings: type[Section] = group(self.group).get(values[self.tag]).settings
        return settings

    def every(self) -> Iterator[type[Section]]:
        """Return the settings classes of all kinds."""
        return (group(self.group).get(name).settings for name in group(self.group).names())

    def __get_pydantic_core_schema__(self, _: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Validate by the kind's own settings."""
        return core_schema.no_info_plain_validator_function(self._validated)

    def __get_pydantic_json_schema__(self, _: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Describe the union of all kinds."""
        kinds = list(self.every())
        for settings in kinds:
            settings.model_rebuild()
        return {"anyOf": [handler(settings.__pydantic_core_schema__) for settings in kinds]}

    def _validated(self, values: Any) -> Section:
        if not isinstance(values, Mapping):
            raise PydanticCustomError("dict_type", "not a map")
        if self.tag not in values:
            raise missing(self.tag)
        kind = values[self.tag]
        if not isinstance(kind, str) or kind not in group(self.group):
            raise broken(f"{kind!r} is not one of {', '.join(group(self.group).names())}", key=self.tag)
        return self.settings(values).model_validate(values)


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


@cache
def group(name: str) -> Group[Any]:
    """Return the group of a name."""
    return Group(name, "")


def unit(name: str) -> dict[str, Any]:
    """Return what `Field(json_schema_extra=...)` takes to state the unit of a key (px, mm, s, months ...)."""
    return {"unit": name}


def broken(rule: str, fix: str = "", key: str = "") -> ValidationError:
    """Return the error of a rule that a type cannot express, for a validator to raise.

    Parameters
    ----------
    rule : str
        What is wrong, in plain words.
    fix : str
        What the user can do; without it the message states what the key means.
    key : str
        The key at fault, if it is not the whole section; dots lead to a key further down.
    """
    return _located(PydanticCustomError("broken", "{rule}", {"rule": rule, "fix": fix}), key)


def missing(key: str) -> ValidationError:
    """Return the error of a key that another key makes necessary, for a validator to raise."""
    return _located("missing", key)


def _located(error: PydanticCustomError | str, key: str) -> ValidationError:
    details = InitErrorDetails(type=error, loc=tuple(key.split(".")) if key else (), input=None)
    return ValidationError.from_exception_data("section", [details])


def _key(section: type[Section], name: str) -> str:
    """Return the key of a field; the two differ where the key is a word of Python (`from`)."""
    return section.model_fields[name].alias or name


def _typed(annotation: Any, value: Any, notes: Any = ()) -> Any:
    """Turn the maps in a valid value into the sections that its annotation names."""
    for note in notes:
        if isinstance(note, KindOf):
            return note.settings(value).partial(value)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _typed(arguments[0], value, arguments[1:])
    if origin in (Union, UnionType):
        return next((typed for one in arguments if (typed := _typed(one, value)) is not value), value)
    if origin is dict and isinstance(value, Mapping):
        return {key: _typed(arguments[1], entry) for key, entry in value.items()}
    if origin is list and isinstance(value, list):
        return [_typed(arguments[0], entry) for entry in value]
    if isinstance(annotation, type) and issubclass(annotation, Section) and isinstance(value, Mapping):
        return annotation.partial(value)
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, Section):
        return value.plain()
    if isinstance(value, Mapping):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    return value


class Unique:
    """A list in which nothing stands twice."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Validate the list, then that its items differ."""
        return core_schema.no_info_after_validator_function(self._validated, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Describe the list."""
        return handler(schema) | {"uniqueItems": True}

    def _validated(self, values: list[Any]) -> list[Any]:
        for position, value in enumerate(values):
            if value in values[:position]:
                raise broken(f"{value!r} stands twice")
        return values


class ByType:
    """A field of several types: the type of the value picks one, so that an error is about that one alone."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Validate by the type that fits the value."""
        choices: dict[Any, CoreSchema] = {}
        for choice in get_args(source):
            choices |= dict.fromkeys(_types_of(choice), handler(choice))
        return core_schema.tagged_union_schema(choices, lambda value: yaml_type(value))


class NameIn:
    """The name of a kind, without settings of its own."""

    def __init__(self, group: str) -> None:
        self.group = group

    def __get_pydantic_core_schema__(self, _: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Look the name up."""
        return core_schema.no_info_plain_validator_function(self._validated)

    def __get_pydantic_json_schema__(self, _: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """List the names."""
        return {"type": "string", "enum": group(self.group).names()}

    def _validated(self, name: Any) -> str:
        if not isinstance(name, str) or name not in group(self.group):
            raise broken(f"{name!r} is not one of {', '.join(group(self.group).names())}")
        return name


def name_in(group: str) -> NameIn:
    """Mark a field as the name of a kind: `Annotated[str, name_in("calibrations")]`."""
    return NameIn(group)


TEXT, NUMBER, SWITCH, LIST, MAP, NOTHING = "text", "a number", "true or false", "a list", "a map of keys", "nothing"
_TYPES: dict[type, str] = {str: TEXT, bool: SWITCH, int: NUMBER, float: NUMBER, list: LIST, dict: MAP}


def yaml_type(value: Any) -> str:
    """Name the type of a value in plain words."""
    return NOTHING if value is None else _TYPES.get(type(value), MAP)


def _types_of(annotation: Any) -> list[str]:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _types_of(get_args(annotation)[0])
    if origin is Literal:
        return sorted({yaml_type(value) for value in get_args(annotation)})
    if origin in _TYPES:
        return [_TYPES[origin]]
    return [_TYPES.get(annotation, MAP)]


Name = Annotated[
    str, Field(pattern=r"^[a-z0-9]+(_[a-z0-9]+)*$", description="a name: small letters, digits, single underscores")
]
Names = Annotated[list[Name], Field(min_length=1, description="a list of names, at least one, each once"), Unique()]
Number = float
Fraction = Annotated[float, Field(ge=0, le=1, description="a number from 0 to 1")]
Value = Annotated[str | float, ByType()]
Split = Annotated[
    str,
    Field(
        pattern=r"^(train|internal|external_[0-9]+|prospective)$",
        description="a split: train, internal, external_1, external_2 ... or prospective",
    ),
]
