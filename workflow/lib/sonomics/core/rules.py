"""Rules on columns, such as `age >= 18 & sex == F`: where they hold, where they do not, where nobody can tell."""

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.core.errors import StudyError

Truth = NDArray[np.float64]

_TOKEN = re.compile(
    r"\s*(?:(?P<mark><=|>=|==|!=|[<>&|!()])|(?P<number>-?\d+(?:\.\d+)?)(?!\w)|'(?P<text>[^']*)'|(?P<word>[A-Za-z_]\w*))"
)
_ORDER: dict[str, Callable[[pd.Series, float], pd.Series]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_EQUAL = ("==", "!=")
_GRAMMAR = "write comparisons such as `age >= 18`, `sex == F` or `event`, joined by & (and), | (or), ! (not) and ()"


@dataclass(frozen=True)
class Rule:
    """A rule that was understood.

    Attributes
    ----------
    text : str
    columns : tuple of str
        What it reads, each once, in its order.
    holds : callable
        Takes a table with these columns; gives a float array, one value a row: 1 the rule holds, 0 it does not, NaN it
        cannot be told because a value is unknown (three-valued logic, Kleene 1938: an unknown part matters only where
        it could tip the whole). Raises StudyError when a comparison does not suit a column's type.
    """

    text: str
    columns: tuple[str, ...]
    holds: Callable[[pd.DataFrame], Truth]


def parse(text: str, where: str) -> Rule:
    """Understand a rule.

    Parameters
    ----------
    text : str
        Comparisons `column <op> value` with <, <=, >, >=, ==, != against a number, a word or 'quoted text', or a column
        alone (a number other than 0), joined by `&`, `|`, `!` and brackets. Text is compared by == and != only.
    where : str
        Named in messages.

    Raises
    ------
    StudyError
        When it is of another form.
    """
    parser = _Parser(text, where)
    holds = parser.either()
    if parser.tokens:
        raise parser.wrong(parser.tokens[0][1])
    return Rule(text, tuple(dict.fromkeys(parser.columns)), holds)


class _Parser:
    """Recursive descent: either = both (| both)*, both = one (& one)*, one = !one | (either) | comparison."""

    def __init__(self, text: str, where: str) -> None:
        self.text, self.where = text, where
        self.columns: list[str] = []
        self.tokens: list[tuple[str, str]] = []
        place = 0
        while place < len(text.rstrip()):
            match = _TOKEN.match(text, place)
            if match is None:
                raise self.wrong(text[place:].strip())
            kind = str(match.lastgroup)
            self.tokens.append((kind, match[kind]))
            place = match.end()

    def wrong(self, part: str) -> StudyError:
        found = f"at {part!r}" if part else "at its end"
        return StudyError(self.where, f"the rule {self.text!r} is not understood {found}", _GRAMMAR)

    def either(self) -> Callable[[pd.DataFrame], Truth]:
        return self._joined("|", 1.0, self.both)

    def both(self) -> Callable[[pd.DataFrame], Truth]:
        return self._joined("&", 0.0, self.one)

    def one(self) -> Callable[[pd.DataFrame], Truth]:
        if self._skip("!"):
            inner = self.one()
            return lambda table: 1.0 - inner(table)
        if self._skip("("):
            inner = self.either()
            if not self._skip(")"):
                raise self.wrong(self.tokens[0][1] if self.tokens else "")
            return inner
        column = self._take("word")
        self.columns.append(column)
        if not (self.tokens and self.tokens[0][1] in (*_ORDER, *_EQUAL) and self.tokens[0][0] == "mark"):
            return lambda table: _compared(table[column], "!=", 0.0, self.where)
        mark = self._take("mark")
        if mark in _ORDER or (self.tokens and self.tokens[0][0] == "number"):
            number = float(self._take("number"))
            return lambda table: _compared(table[column], mark, number, self.where)
        value = self._take("word", "text")
        return lambda table: _compared(table[column], mark, value, self.where)

    def _joined(
        self, mark: str, decisive: float, part: Callable[[], Callable[[pd.DataFrame], Truth]]
    ) -> Callable[[pd.DataFrame], Truth]:
        parts = [part()]
        while self._skip(mark):
            parts.append(part())

        def holds(table: pd.DataFrame) -> Truth:
            values = np.array([each(table) for each in parts])
            settled = (values == decisive).any(axis=0)
            return np.where(settled, decisive, np.where(np.isnan(values).any(axis=0), np.nan, 1.0 - decisive))

        return holds

    def _skip(self, mark: str) -> bool:
        if self.tokens and self.tokens[0] == ("mark", mark):
            del self.tokens[0]
            return True
        return False

    def _take(self, *kinds: str) -> str:
        if not self.tokens or self.tokens[0][0] not in kinds:
            raise self.wrong(self.tokens[0][1] if self.tokens else "")
        return self.tokens.pop(0)[1]


def _compared(values: pd.Series, mark: str, value: float | str, where: str) -> Truth:
    known = values.notna() & (values.astype(str) != "")
    if not known.any():
        return np.full(len(values), np.nan)
    numeric = pd.api.types.is_numeric_dtype(values)
    if isinstance(value, float) and not numeric:
        rule = f"the rule compares {values.name} with {value:g}, but the column holds text"
        raise StudyError(where, rule, "compare it with == or != to one of its words, or make the column numeric")
    if isinstance(value, str) and numeric:
        rule = f"the rule compares {values.name} with {value!r}, but the column holds numbers"
        raise StudyError(where, rule, "compare it with a number")
    if mark in _ORDER:
        holds = _ORDER[mark](values, float(value))
    else:
        holds = (values == value) if mark == "==" else (values != value)
    return np.asarray(holds.astype(float).where(known), dtype=np.float64)
