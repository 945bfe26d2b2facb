"""The small types that the settings of the phases share, and the errors of rules that a type cannot express."""

import re
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, ValidationError, core_schema

TEXT, NUMBER, SWITCH, LIST, MAP, NOTHING = (
    "text",
    "a number",
    "true or false",
    "a list",
    "a map of keys and values",
    "nothing",
)
_TYPES: dict[type, str] = {str: TEXT, bool: SWITCH, int: NUMBER, float: NUMBER, list: LIST, dict: MAP}


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


def moved(error: ValidationError, key: str) -> ValidationError:
    """Return an error from `broken` at a key further up: that of the section that raised it."""
    problem = error.errors()[0]
    path = ".".join([key, *map(str, problem["loc"])])
    return broken(problem["ctx"]["rule"], problem["ctx"]["fix"], path)


def missing(key: str) -> ValidationError:
    """Return the error of a key that another key makes necessary, for a validator to raise."""
    return _located("missing", key)


def unknown(key: str) -> ValidationError:
    """Return the error of a key that a section does not know, for a validator to raise."""
    return _located("extra_forbidden", key)


def _located(error: PydanticCustomError | str, key: str) -> ValidationError:
    details = InitErrorDetails(type=error, loc=tuple(key.split(".")) if key else (), input=None)
    return ValidationError.from_exception_data("section", [details])


def yaml_type(value: Any) -> str:
    """Name the type of a value in plain words."""
    return NOTHING if value is None else _TYPES.get(type(value), MAP)


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
            choices |= dict.fromkeys(map(_label, _types_of(choice)), handler(choice))
        return core_schema.tagged_union_schema(choices, lambda value: _label(yaml_type(value)))


class RegularExpression:
    """Text that is a regular expression."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Validate the text by compiling it."""
        return core_schema.no_info_after_validator_function(self._validated, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Describe the text."""
        return handler(schema) | {"format": "regex"}

    def _validated(self, pattern: str) -> str:
        try:
            re.compile(pattern)
        except re.error as error:
            raise broken(f"{pattern!r} is not a valid regular expression ({error})") from None
        return pattern


def is_label(part: Any) -> bool:
    """Tell whether a part of an error's path is not a key, but the type that `ByType` picked."""
    return isinstance(part, str) and part.startswith("<")


def _label(name: str) -> str:
    return f"<{name}>"


def _types_of(annotation: Any) -> list[str]:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _types_of(get_args(annotation)[0])
    if origin is Literal:
        return sorted({yaml_type(value) for value in get_args(annotation)})
    return [_TYPES.get(origin or annotation, MAP)]


Name = Annotated[
    str, Field(pattern=r"^[a-z0-9]+(_[a-z0-9]+)*$", description="a name: small letters, digits, single underscores")
]
Names = Annotated[list[Name], Field(min_length=1, description="a list of names, at least one, each once"), Unique()]
Number = float  # a whole number stays as it is written
Fraction = Annotated[float, Field(ge=0, le=1, description="a number from 0 to 1")]
Pattern = Annotated[str, RegularExpression()]
Value = Annotated[str | float, ByType()]
Split = Annotated[
    str,
    Field(
        pattern=r"^(train|internal|external_[0-9]+|prospective)$",
        description="a split: train, internal, external_1, external_2 ... or prospective",
    ),
]
