"""Names of devices that cannot be a person's: made of words known of ultrasound devices, and of model numbers."""

import csv
import re
from collections.abc import Collection
from functools import cache
from importlib.resources import files

from sonomics.export.deidentify.values import split_words

WORDS = "device_words.csv"
NAME, GENERIC, MODEL = "name", "generic", "model"
_CHARACTERS = re.compile(r"[A-Za-z0-9][A-Za-z0-9 .,/+()&@_-]{0,63}")
_INITIALS = re.compile(r"\b([A-Za-z])\.(?=[A-Za-z]\b)")  # G.E. is GE
_RUNS = re.compile(r"[A-Za-z]+|[0-9]+")
_ATTACHED = re.compile(r"(?<=[0-9])[A-Za-z](?![A-Za-z])|(?<![A-Za-z])[A-Za-z](?=[0-9])")
_LIKE_A_DATE = re.compile(r"[0-9]+[ ._/-]+[0-9]+[ ._/-]+[0-9]+")
LONGEST_NUMBER = 4  # digits of a model number; a convention: dates and identifiers are longer
MOST_DIGITS = 8  # of a name, which may state a frequency too


def is_device_name(text: str, stated: Collection[str] = (), persons: frozenset[str] = frozenset()) -> bool:
    """Tell whether a text is the name of a manufacturer or model, and cannot be that of a person.

    Every word must be known: a name or a usual word of ultrasound manufacturers and models, or one that the study
    states. Letters of a model number are known too, or single. Numbers are short, and not like a date.

    Parameters
    ----------
    text : str
    stated : collection of str
        Further words of devices, `export.deidentify.device_words` of params.
    persons : frozenset of str
        Words of the patient's and the hospital's names, in lower case, of which the text must have none but usual ones.
    """
    text = _INITIALS.sub(r"\1", text.strip())
    if not _CHARACTERS.fullmatch(text) or _LIKE_A_DATE.search(text):
        return False
    runs = [run.lower() for run in _RUNS.findall(text)]
    numbers = [run for run in runs if run.isdigit()]
    if any(len(number) > LONGEST_NUMBER for number in numbers) or sum(map(len, numbers)) > MOST_DIGITS:
        return False
    known = _read_words() | {run: NAME for word in stated for run in _RUNS.findall(word.lower()) if len(run) > 1}
    kinds = {run: known.get(run) for run in runs if len(run) > 1 and not run.isdigit()}
    if None in kinds.values() or (MODEL in kinds.values() and not numbers):
        return False
    has_word = NAME in kinds.values() or GENERIC in kinds.values()
    detached = sum(len(run) == 1 and run.isalpha() for run in runs) - len(_ATTACHED.findall(text))
    if detached > has_word:
        return False
    usual = {run for run, kind in kinds.items() if kind == GENERIC}
    return not (({*kinds} - usual) | split_words(text, 2) - usual) & persons


@cache
def _read_words() -> dict[str, str]:
    text = files(__package__).joinpath(WORDS).read_text(encoding="ascii")
    return {row["word"]: row["kind"] for row in csv.DictReader(text.splitlines())}
