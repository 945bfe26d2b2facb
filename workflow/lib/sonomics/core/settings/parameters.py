"""The whole of params.yaml: its sections, typed; a job holds those that its rule hands over."""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Self, cast

from pydantic import Field, create_model

from sonomics.core.settings.base import Section

if TYPE_CHECKING:
    from sonomics.core.settings.clean import Clean
    from sonomics.core.settings.crop import Crop
    from sonomics.core.settings.evaluate import Evaluate
    from sonomics.core.settings.export import Export
    from sonomics.core.settings.extract import Extract
    from sonomics.core.settings.report import Report
    from sonomics.core.settings.select import Select
    from sonomics.core.settings.stack import Stack
    from sonomics.core.settings.study import Study
    from sonomics.core.settings.train import Train

SECTIONS = ("study", "export", "clean", "crop", "extract", "select", "train", "stack", "evaluate", "report")


class Parameters:
    """The sections of params.yaml that are there, each of its own class.

    Only the modules of those sections, and of the kinds that they name, are imported.
    """

    study: "Study"
    export: "Export"
    clean: "Clean"
    crop: "Crop"
    extract: "Extract"
    select: "Select"
    train: "Train"
    stack: "Stack"
    evaluate: "Evaluate"
    report: "Report"

    def __init__(self, sections: Mapping[str, Section]) -> None:
        self.__dict__.update(sections)

    @classmethod
    def partial(cls, values: Mapping[str, Any]) -> Self:
        """Build the sections of parameters that are known to be valid, or cut from such; defaults are filled in."""
        return cls({name: section_class(name).partial(section) for name, section in values.items()})

    def plain(self) -> dict[str, Any]:
        """Return the sections as JSON takes them, with every default."""
        return {name: section.plain() for name, section in self.__dict__.items()}

    if not TYPE_CHECKING:

        def __getattr__(self, name):
            """Name the section that a rule does not hand over."""
            if name in SECTIONS:
                raise AttributeError(f"the rule hands this job no {name}")
            raise AttributeError(name)


def section_class(name: str) -> type[Section]:
    """Import the settings class of a section."""
    module = import_module(f"sonomics.core.settings.{name}")
    return cast(type[Section], getattr(module, name.capitalize()))


@cache
def whole() -> type[Section]:
    """Return the model of all sections, against which a params.yaml is validated."""
    fields: dict[str, Any] = {
        name: (section_class(name), Field(description=section_class(name).summary())) for name in SECTIONS
    }
    return create_model("Params", __base__=Section, __doc__="Everything that can change a result.", **fields)
