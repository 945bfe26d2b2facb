"""Kinds that are chosen by their name alone, without keys of their own."""

from dataclasses import dataclass, field

from sonomics.core.settings.base import Section
from sonomics.kinds.wording import DescribedKind


class NoSettings(Section):
    """The settings of a kind that has none."""


@dataclass(frozen=True, kw_only=True)
class Choice(DescribedKind):
    """A kind that is chosen by its name alone."""

    settings: type[Section] = field(default=NoSettings)

    def describe(self, settings: Section | None = None) -> str:
        """Describe the choice."""
        return self.words
