"""Groups of kinds (models, feature families, selection steps ...): each kind is declared once, in a module of its name.

A group looks a kind up by name: first as the module `sonomics.kinds.<group>.<name>`, then among the entry points
`sonomics.kinds.<group>` of installed packages. Only the kind that is asked for is imported.
"""

from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from sonomics.core.errors import StudyError

if TYPE_CHECKING:
    from sonomics.core.settings.base import Section


@dataclass(frozen=True)
class Kind:
    """The declaration of a kind; groups add what they need.

    Attributes
    ----------
    name : str
        As params.yaml names it.
    settings : type of Section
        Its keys in params.yaml.
    builder : str
        `module:function` of the code behind it, imported by the job alone.
    """

    name: str
    settings: "type[Section]"
    builder: str

    def check(self, settings: Any, parameters: Any) -> None:
        """Check the settings of this kind against the other sections of a study.

        Parameters
        ----------
        settings : Section
            Those of the kind.
        parameters : Parameters
            The whole study, its variant overlaid.

        Raises
        ------
        pydantic.ValidationError
            From `broken`, with the key within the settings.
        """


K = TypeVar("K", bound=Kind)


@dataclass(frozen=True)
class Group(Generic[K]):
    """The kinds of one group.

    Attributes
    ----------
    name : str
        Its package below `sonomics.kinds`, and the end of its entry points' name.
    key : str
        Where params.yaml names a kind, for messages.
    """

    name: str
    key: str

    @property
    def package(self) -> str:
        """Name the package of the kinds that come with sonomics, which is also the name of the entry points."""
        return f"sonomics.kinds.{self.name}"

    def names(self) -> list[str]:
        """List the names of all kinds, built in and from installed packages, in alphabetical order."""
        return sorted({*self._modules, *self._entries})

    def built_in(self) -> list[str]:
        """List the names of the kinds that come with sonomics, in alphabetical order."""
        return sorted(self._modules)

    def __contains__(self, name: str) -> bool:
        """Tell whether there is a kind of this name."""
        return name in self._modules or name in self._entries

    def get(self, name: str) -> K:
        """Import the declaration of a kind.

        Raises
        ------
        StudyError
            When there is none of this name.
        """
        if name in self._modules:
            return cast(K, import_module(f"{self.package}.{name}").KIND)
        if name in self._entries:
            return cast(K, self._entries[name].load())
        rule = f"{name} is not a kind of {self.name} ({', '.join(self.names())})"
        raise StudyError(self.key, rule, "name one of them, or install the package that adds it")

    def build(self, name: str) -> Any:
        """Import the builder of a kind: the code behind it."""
        return load(self.get(name).builder)

    def files(self, name: str) -> list[Path]:
        """List the files whose edit must rerun the jobs of a kind from an installed package; [] for one built in."""
        if name in self._modules:
            return []
        spec = find_spec(self.get(name).builder.partition(":")[0])
        return [Path(spec.origin)] if spec and spec.origin else []

    def declaration_files(self, name: str) -> list[Path]:
        """List the file in which an installed package declares a kind: its words; [] for a kind built in."""
        if name in self._modules:
            return []
        spec = find_spec(self._entries[name].module)
        return [Path(spec.origin)] if spec and spec.origin else []

    @cached_property
    def _modules(self) -> frozenset[str]:
        spec = find_spec(self.package)
        folders = list(spec.submodule_search_locations or ()) if spec else []
        return frozenset(module.name for module in iter_modules(folders))

    @cached_property
    def _entries(self) -> dict[str, Any]:
        from importlib.metadata import entry_points  # costs more than all else here

        return {entry.name: entry for entry in entry_points(group=self.package)}


def load(reference: str) -> Any:
    """Import what a reference of the form `module:name` names."""
    module, _, name = reference.partition(":")
    return getattr(import_module(module), name)
