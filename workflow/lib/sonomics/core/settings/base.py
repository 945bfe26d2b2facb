"""What the settings of every phase are made of: closed sections of described keys."""

from collections.abc import Mapping
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Self, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, model_validator

from sonomics.core.settings.kinds import SectionByKey, Varying, kind_of, name_in
from sonomics.core.settings.types import (
    ByType,
    Fraction,
    Name,
    Names,
    Number,
    Pattern,
    Split,
    Unique,
    Value,
    broken,
    missing,
    unit,
)

__all__ = [
    "ByType",
    "Fraction",
    "Name",
    "Names",
    "Number",
    "Pattern",
    "Section",
    "SectionByKey",
    "Split",
    "Unique",
    "Value",
    "broken",
    "kind_of",
    "missing",
    "name_in",
    "unit",
]


class Section(BaseModel):
    """A map of params.yaml whose keys are all known; an unknown key, text for a number, NaN or infinity is refused.

    A key that may be left out has a default; where the default is None, the key cannot be stated as null. A job is
    handed only the keys that it reads: of a section cut down to them (`partial`), reading another is an AttributeError.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False, defer_build=True)

    @classmethod
    def partial(cls, values: Mapping[str, Any]) -> Self:
        """Build a section of keys that are known to be valid; defaults are filled in, other keys stay absent.

        The keys keep the order in which they stand, and a number stays as it is written.
        """
        names = {cls.key_of(name): name for name in cls.model_fields}
        fields = {names[key]: _typed_field(cls, names[key], value) for key, value in values.items() if key in names}
        stated = set(fields)
        for name, field in cls.model_fields.items():
            if name not in fields and not field.is_required():
                fields[name] = field.get_default(call_default_factory=True)
        section = cls.__new__(cls)
        object.__setattr__(section, "__dict__", fields)
        object.__setattr__(section, "__pydantic_fields_set__", stated)
        object.__setattr__(section, "__pydantic_extra__", None)
        object.__setattr__(section, "__pydantic_private__", None)
        return section

    @classmethod
    def key_of(cls, name: str) -> str:
        """Return the key of a field; the two differ where the key is a word of Python (`from`)."""
        return cls.model_fields[name].alias or name if name in cls.model_fields else name

    @classmethod
    def known_keys(cls) -> list[str]:
        """List the keys that the section may have."""
        return [cls.key_of(name) for name in cls.model_fields]

    @classmethod
    def type_of(cls, key: str) -> tuple[Any, tuple[Any, ...]]:
        """Return the annotation of a key and what is noted of it, as in `Annotated`."""
        field = next(field for name, field in cls.model_fields.items() if cls.key_of(name) == key)
        return field.annotation, (field, *field.metadata)

    @classmethod
    def summary(cls) -> str:
        """Return the first sentence of the docstring, as the description of a key."""
        first = (cls.__doc__ or "").partition("\n")[0].rstrip(".")
        return first[:1].lower() + first[1:]

    def plain(self) -> dict[str, Any]:
        """Return the section as JSON takes it: what is stated and every default, without keys whose default is None."""
        return {self.key_of(name): _plain(value) for name, value in self._held()}

    def _held(self) -> list[tuple[str, Any]]:
        """List the fields and their values, without those that are left out."""
        required = {name for name, field in type(self).model_fields.items() if field.is_required()}
        return [(name, value) for name, value in self.__dict__.items() if value is not None or name in required]

    @model_validator(mode="before")
    @classmethod
    def _refuse_null_for_a_key_that_may_be_left_out(cls, values: Any) -> Any:
        for name, field in cls.model_fields.items() if isinstance(values, Mapping) else ():
            key = cls.key_of(name)
            if field.default is None and key in values and values[key] is None:
                raise broken("nothing is stated", "state a value, or leave the key out", key)
        return values

    if not TYPE_CHECKING:

        def __getattr__(self, name):
            """Name the key that a rule does not hand over."""
            if name in type(self).model_fields:
                raise AttributeError(f"the rule hands this job no {type(self).__name__.lower()}.{name}")
            return super().__getattr__(name)


def _typed_field(section: type[Section], name: str, value: Any) -> Any:
    field = section.model_fields[name]
    return _typed(field.annotation, value, field.metadata)


def _typed(annotation: Any, value: Any, notes: Any = ()) -> Any:
    """Turn the maps in a valid value into the sections that its annotation names."""
    for note in notes:
        if isinstance(note, Varying):
            return _as_section(note.settings(value), value)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _typed(arguments[0], value, arguments[1:])
    if origin in (Union, UnionType):
        return next((typed for choice in arguments if (typed := _typed(choice, value)) is not value), value)
    if origin is dict and isinstance(value, Mapping):
        return {key: _typed(arguments[1], entry) for key, entry in value.items()}
    if origin is list and isinstance(value, list):
        return [_typed(arguments[0], entry) for entry in value]
    return _as_section(annotation, value)


def _as_section(settings: Any, value: Any) -> Any:
    is_section = isinstance(settings, type) and issubclass(settings, Section)
    return settings.partial(value) if is_section and isinstance(value, Mapping) else value


def _plain(value: Any) -> Any:
    if isinstance(value, Section):
        return value.plain()
    if isinstance(value, Mapping):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    return value
