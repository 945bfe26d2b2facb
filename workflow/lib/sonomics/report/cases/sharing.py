"""What a report that leaves the group may hold: no image, no pseudonym, nothing that could identify a patient."""

import re
from collections.abc import Iterable

from sonomics.core.errors import StudyError
from sonomics.core.seeds import generator

_WORD = re.compile(r"\w+")


def draw_running_numbers(cases: Iterable[str], seed: int, cohort: bytes) -> dict[str, str]:
    """Give every case a number from 1 on, drawn at random so that the order of the cohort does not show.

    Parameters
    ----------
    cases : iterable of str
    seed : int
        Of the study. It is on the page, so that with it alone anybody could draw the numbers again.
    cohort : bytes
        Content of `data/cohort.csv`, which only the group has; the page gives its plain SHA-256, from which these
        numbers cannot be computed.
    """
    ordered = sorted(cases)
    numbers = generator(seed, "running numbers", cohort).permutation(len(ordered))
    return {case: str(number + 1) for case, number in zip(ordered, numbers, strict=True)}


def check_shareable(page: str, names: Iterable[str]) -> None:
    """Check that a page to be shared holds no image and names no patient or case.

    Pseudonyms of digits alone cannot be told from other numbers and are not looked for.

    Raises
    ------
    StudyError
        When the page holds an image or a name.
    """
    where = "results/report.html, report.share"
    if re.search(r"data:image/|<img\b", page):
        raise StudyError(where, "the page holds an image", "show it only where the report is not shared")
    identifying = {name for name in names if not name.isdigit()}
    if shown := identifying & set(_WORD.findall(page)):
        rule = f"the page names {len(shown)} patients or cases"
        raise StudyError(where, rule, "set report.share to false, or leave out the section that lists cases")
