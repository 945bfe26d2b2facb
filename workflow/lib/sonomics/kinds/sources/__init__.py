"""Sources of exams, `export.source`: each has a section of `export` under its name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sonomics.core.registry import Group, load
from sonomics.core.settings.base import Section
from sonomics.kinds.pacs import Studies
from sonomics.kinds.wording import DescribedKind


@dataclass(frozen=True, kw_only=True)
class SourceKind(DescribedKind):
    """A source of exams; its builder is the `main` of the job that exports one chunk.

    Attributes
    ----------
    draft : str
        `module:function` that drafts the tables of a study for `sonomics query`: `draft(params, study) -> Drafts`.
    client : str
        `module:class` of a server's client, made of the settings, as `Pacs` in `sonomics.export.pacs.protocol`; "" for
        a source that is not a server.
    contents : str
        `module:function` that names the content of what each chunk is exported from, `name(params, roster) -> dict`,
        so that a replaced file reruns its chunk; "" for a source whose content is not known before it is fetched.
    is_simulated : bool
        Whether a program makes the patients, so that there is no identity and a simulated ground truth.
    """

    draft: str
    client: str = ""
    contents: str = ""
    is_simulated: bool = False

    @property
    def is_server(self) -> bool:
        """Tell whether exams come from a server, which few jobs may ask at a time."""
        return bool(self.client)

    def load_draft(self) -> Any:
        """Import the function that drafts the tables of a study."""
        return load(self.draft)

    def name_contents(self, params: Any, roster: Any) -> dict[str, str]:
        """Name the content of what each chunk is exported from."""
        return dict(load(self.contents)(params, roster)) if self.contents else {}

    def load_client(self) -> Any:
        """Import the client of a server."""
        return load(self.client)

    def studies(self, settings: Any) -> Studies | None:
        """Return the section with `query` and `cohort` of DICOM studies; None for a source of other files."""
        return settings if self.is_server else None

    def require_studies(self, settings: Any) -> Studies:
        """Return the section of DICOM studies of a source that has one.

        Raises
        ------
        TypeError
            When the source has none.
        """
        studies = self.studies(settings)
        if studies is None:
            raise TypeError(f"the source {self.name} has no DICOM studies")
        return studies

    def holds_identities(self, settings: Section) -> bool:
        """Tell whether exams are found by their identities, so that export needs the linkage table and the key."""
        return self.studies(settings) is not None

    def list_risks(self, settings: Any) -> list[str]:
        """List what in the settings puts passwords or identities at risk, one sentence each; nothing stops for it."""
        return []

    def outline_readers(self, settings: Any) -> Sequence[str]:
        """List the readers whose outlines the source brings, as far as its settings name them."""
        return []

    def describe_pixels(self, settings: Any) -> str:
        """Describe what is done to the pixels of pictures, for the methods text; "" when there is nothing to say."""
        return ""

    def describe_pictures(self, settings: Any) -> str:
        """Describe how pictures lose identities, for the checklists; "" where exams are DICOM objects."""
        return ""

    def keeps_pixels(self, settings: Any) -> bool:
        """Tell whether pictures are exported without a check of their pixels for text."""
        return False


SOURCES: Group[SourceKind] = Group("sources", "export.source")
