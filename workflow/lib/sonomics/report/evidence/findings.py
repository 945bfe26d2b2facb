"""What a rule answers: whether a study reports something, where, and what."""

from collections.abc import Callable
from dataclasses import dataclass

from sonomics.report.study.record import Record

REPORTED, PARTLY, MISSING, NOT_APPLICABLE = "reported", "partly", "missing", "not applicable"
STATUSES = (REPORTED, PARTLY, MISSING, NOT_APPLICABLE)

# Places on the page.
FLOW, METHODS, RECORD = "page: Flow of cases", "page: Methods", "page: Record of the run"
PERFORMANCE, SELECTION, CONTROLS = "page: Performance", "page: Selected features", "page: Controls"
CHARACTERISTICS, SUBGROUPS = "page: Characteristics", "page: Subgroups and fairness"


@dataclass(frozen=True)
class Finding:
    """The answer of a rule.

    Attributes
    ----------
    status : str
        One of STATUSES.
    where : str
        Where the evidence stands; "" when there is none.
    evidence : str
        What it says, or why there is none.
    """

    status: str
    where: str = ""
    evidence: str = ""


Rule = Callable[[Record], Finding]


def index_rules(*rules: Rule) -> dict[str, Rule]:
    """Index rules by what they find, as the YAML files of the standards name it: `find_title` is `title`."""
    return {rule.__name__.removeprefix("find_"): rule for rule in rules}
