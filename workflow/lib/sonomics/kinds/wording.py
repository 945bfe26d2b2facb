"""How a kind puts its settings into words, for the methods text and the checklists."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sonomics.core.registry import Kind
from sonomics.core.settings.base import Section


@dataclass(frozen=True, kw_only=True)
class DescribedKind(Kind):
    """A kind with words.

    Attributes
    ----------
    words : str
        A template of what the kind is, with the keys of its settings in braces: `random forest on {families}`.
    value_words : mapping
        For a key that takes one of several values: the words of each value.
    """

    words: str
    value_words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def describe(self, settings: Section) -> str:
        """Describe the kind with its settings, defaults included, as a part of a sentence."""
        return self.fill(self.words, settings)

    def fill(self, template: str, settings: Section) -> str:
        """Put settings into a template: a list as `a, b and c`, a section as its keys, a choice by its words."""
        return template.format(**{key: self._spell(key, value) for key, value in values_of(settings).items()})

    def _spell(self, key: str, value: Any) -> Any:
        if isinstance(value, list):
            return join_words(map(str, value))
        if isinstance(value, Section):
            return join_words(values_of(value))
        return self.value_words.get(key, {}).get(value, value) if isinstance(value, str) else value


def join_words(items: Iterable[str]) -> str:
    """Join items as in a sentence: a, b and c."""
    *others, last = [*items] or [""]
    return " and ".join([", ".join(others), last]) if others else last


def values_of(settings: Section) -> dict[str, Any]:
    """Return the values of a section by field, defaults included, without optional keys that are left out."""
    return {name: value for name, value in vars(settings).items() if value is not None}
