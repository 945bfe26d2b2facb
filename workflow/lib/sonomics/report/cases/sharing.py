"""What a report that leaves the group may say: no image, no pseudonym, nothing that could single out a patient."""

import re
from collections.abc import Iterable

from sonomics.core.errors import StudyError
from sonomics.core.seeds import generator

_WORD = re.compile(r"\w+")


def running_numbers(cases: Iterable[str], seed: int, cohort: bytes) -> dict[str, str]:
    """Give every case a number from 1 on, drawn at random so that the order of the cohort does not show.

    Parameters
    ----------
    cases : iterable of str
    seed : int
        Of the study. It stands on the page, so that with it alone anybody could draw the numbers again.
    cohort : bytes
        Content of `data/cohort.csv`, which only the group has; the page gives its plain SHA-256, from which these
        numbers cannot be told.
    """
    ordered = sorted(cases)
    drawn = generator(seed, "running numbers", cohort).permutation(len(ordered))
    return {case: str(number + 1) for case, number in zip(ordered, drawn, strict=True)}


def check_shared(page: str, names: Iterable[str]) -> None:
    """Stop when a page to be shared holds an image or names a patient or case.

    Pseudonyms of digits alone cannot be told from other numbers and are not looked for.

    Raises
    ------
    StudyError
    """
    where = "results/report.html, report.share"
    if re.search(r"data:image/|<img\b", page):
        raise StudyError(where, "the page holds an image", "show it only where the report is not shared")
    telling = {name for name in names if not name.isdigit()}
    if found := sorted(telling & set(_WORD.findall(page))):
        rule = f"the page names {len(found)} patients or cases"
        raise StudyError(where, rule, "set report.share to false, or leave out the section that lists cases")
