"""`export`: the source of the exams, and how they lose their identities."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from sonomics.core.settings.base import Section, Unique, name_in
from sonomics.core.settings.clinical import Clinical
from sonomics.core.settings.kinds import KindByKey, described, group, settings_of
from sonomics.core.settings.types import unit, unknown

SOURCES = "sources"
DeviceWord = Annotated[str, Field(pattern="^[A-Za-z][A-Za-z0-9-]+$", description="a word of a device's name")]


class Deidentify(Section):
    """How DICOM objects lose their identities."""

    retain: Annotated[list[Literal["device", "dates", "characteristics"]], Unique()] = Field(
        ["device", "dates"],
        description="options of DICOM PS3.15 Annex E: device (manufacturer and model), dates (shifted per patient), "
        "characteristics (sex, and age, which is 090Y from 90 years on)",
    )
    text_detector: Literal["strokes", "network"] = Field(
        "network",
        description="how text burned into the scan is found: strokes (rules for level, bright lines of letters; 40 ms "
        "of a core for a frame of 480 x 640) or network (beside these a small network, which also finds small, turned, "
        "faint and widely spaced text, and text over colour flow, about 3.3 s)",
    )

    text_reviewed: bool = Field(
        False,
        description="a person has looked at every exported DICOM file, by `sonomics audit` or a viewer, and read "
        "nothing that names anyone; only then does a file in which the detector finds no text either say "
        "BurnedInAnnotation NO",
    )

    device_words: Annotated[list[DeviceWord], Unique()] = Field(
        [],
        description="further words of the names of devices, such as a manufacturer's: a name of other words is coded, "
        "since it may be a person's",
    )


class Limits(Section):
    """The largest files that are opened; a larger one is set aside, named and counted."""

    object_mb: int = Field(
        4096,
        ge=1,
        description="size of one file, or of one DICOM object once inflated or decoded (MB = 10^6 bytes)",
        json_schema_extra=unit("MB"),
    )
    header_mb: int = Field(
        16,
        ge=1,
        description="size of a DICOM header without pixels and without elements above 1 MB, which are never read",
        json_schema_extra=unit("MB"),
    )
    ratio: int = Field(
        200,
        ge=1,
        description="times that a deflated object, or a file in a ZIP file, may grow when it is inflated; counts from "
        "64 MB on, and from 1 MB on in an Excel file",
    )
    sheet_mb: int = Field(
        256, ge=1, description="size of one Excel file of clinical values once inflated", json_schema_extra=unit("MB")
    )
    members: int = Field(100_000, ge=1, description="number of files in one ZIP file")
    depth: int = Field(100, ge=1, description="levels of folders below the root")


class Export(Section):
    """The source of the exams, and how they lose their identities; the settings of a source have its name as key."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Annotated[Section, KindByKey(SOURCES)]]

    source: Annotated[str, name_in(SOURCES)] = Field(description="source in use; its settings have its name as key")
    deidentify: Deidentify = Field(Deidentify.partial({}), description="how DICOM objects lose their identities")
    limits: Limits = Field(Limits.partial({}), description="the largest files that are opened")
    clinical: Clinical | None = Field(
        None, description="clinical tables that `sonomics query` and `sonomics clinical` join to the cohort"
    )

    @classmethod
    def partial(cls, values: Mapping[str, Any]) -> Self:
        """Build a section of keys that are known to be valid, those of sources among them."""
        section = super().partial(values)
        further: dict[str, Any] = {key: values[key] for key in values if key not in cls.model_fields}
        sources = {key: settings_of(SOURCES, key) for key in further}
        typed = {key: kind.partial(further[key]) for key, kind in sources.items() if issubclass(kind, Section)}
        object.__setattr__(section, "__pydantic_extra__", typed)
        return section

    @classmethod
    def known_keys(cls) -> list[str]:
        """List the keys that the section may have, the names of all sources among them."""
        return [*super().known_keys(), *group(SOURCES).names()]

    @classmethod
    def type_of(cls, key: str) -> tuple[Any, tuple[Any, ...]]:
        """Return the annotation of a key; of a source, its settings class."""
        return super().type_of(key) if key in cls.model_fields else (settings_of(SOURCES, key), ())

    def sources(self) -> dict[str, Any]:
        """Return the settings of the sources that are stated, by name; each of the class that its kind declares."""
        return dict(self.__pydantic_extra__)

    def _held(self) -> list[tuple[str, Any]]:
        return [*super()._held(), *self.__pydantic_extra__.items()]

    @model_validator(mode="before")
    @classmethod
    def _hand_sources_over_with_their_name(cls, values: Any) -> Any:
        if not isinstance(values, Mapping):
            return values
        further = {key: (key, value) for key, value in values.items() if key not in cls.model_fields}
        for key in further:
            if key not in group(SOURCES):
                raise unknown(key)
        return {**values, **further}

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Describe the section with the settings of every source."""
        own = handler.resolve_ref_schema(handler(schema))
        names = group(SOURCES).built_in()
        own["properties"] |= {name: described(settings_of(SOURCES, name), handler) for name in names}
        own["additionalProperties"] = False
        return own
