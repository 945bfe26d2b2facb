"""The language of rules on columns, such as `age >= 18 & sex == F`, which criteria and tasks share.

A rule is parsed into an expression, and evaluated with three-valued logic (Kleene 1938): an unknown value matters only
where it could change the result.
"""

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.core.errors import StudyError
from sonomics.core.words import canonical

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
class Comparison:
    """A column against a number or a text; a column alone is compared as `!= 0`."""

    column: str
    mark: str
    value: float | str


@dataclass(frozen=True)
class Not:
    """The opposite of a part."""

    part: "Expression"


@dataclass(frozen=True)
class And:
    """Parts that must all hold."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True)
class Or:
    """Parts of which one must hold."""

    parts: tuple["Expression", ...]


Expression = Comparison | Not | And | Or


@dataclass(frozen=True)
class Rule:
    """A rule that was understood.

    Attributes
    ----------
    text : str
        As it was written.
    where : str
        Named in messages.
    expression : Expression
    """

    text: str
    where: str
    expression: Expression

    @property
    def comparisons(self) -> tuple[Comparison, ...]:
        """The comparisons, in their order."""
        return _list_comparisons(self.expression)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the rule reads, each once, in their order."""
        return tuple(dict.fromkeys(comparison.column for comparison in self.comparisons))

    def holds(self, table: pd.DataFrame) -> Truth:
        """Evaluate the rule on every row.

        Parameters
        ----------
        table : DataFrame
            With the columns of the rule; NaN and "" are unknown.

        Returns
        -------
        (rows,) array of float
            1 where the rule holds, 0 where it does not, NaN where an unknown value leaves it open.

        Raises
        ------
        StudyError
            When a comparison does not suit the type of a column.
        """
        return _evaluate(self.expression, table, self.where)


def parse(text: str, where: str) -> Rule:
    """Parse a rule.

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
    expression = parser.parse_either()
    if parser.tokens:
        raise parser.error_at(parser.tokens[0][1])
    return Rule(text, where, expression)


class _Parser:
    """Recursive descent: either = both (| both)*, both = one (& one)*, one = !one | (either) | comparison."""

    def __init__(self, text: str, where: str) -> None:
        self.text, self.where = text, where
        self.tokens: list[tuple[str, str]] = []
        position = 0
        while position < len(text.rstrip()):
            match = _TOKEN.match(text, position)
            if match is None:
                raise self.error_at(text[position:].strip())
            kind = str(match.lastgroup)
            self.tokens.append((kind, match[kind]))
            position = match.end()

    def error_at(self, part: str) -> StudyError:
        place = f"at {part!r}" if part else "at its end"
        return StudyError(self.where, f"the rule {self.text!r} is not understood {place}", _GRAMMAR)

    def parse_either(self) -> Expression:
        parts = self._parse_joined("|", self.parse_both)
        return parts[0] if len(parts) == 1 else Or(parts)

    def parse_both(self) -> Expression:
        parts = self._parse_joined("&", self.parse_one)
        return parts[0] if len(parts) == 1 else And(parts)

    def parse_one(self) -> Expression:
        if self._skip("!"):
            return Not(self.parse_one())
        if self._skip("("):
            inner = self.parse_either()
            if not self._skip(")"):
                raise self.error_at(self.tokens[0][1] if self.tokens else "")
            return inner
        column = self._take("word")
        if not (self.tokens and self.tokens[0][1] in (*_ORDER, *_EQUAL) and self.tokens[0][0] == "mark"):
            return Comparison(column, "!=", 0.0)
        mark = self._take("mark")
        if mark in _ORDER or (self.tokens and self.tokens[0][0] == "number"):
            return Comparison(column, mark, float(self._take("number")))
        return Comparison(column, mark, self._take("word", "text"))

    def _parse_joined(self, mark: str, parse_part: Callable[[], Expression]) -> tuple[Expression, ...]:
        parts = [parse_part()]
        while self._skip(mark):
            parts.append(parse_part())
        return tuple(parts)

    def _skip(self, mark: str) -> bool:
        if self.tokens and self.tokens[0] == ("mark", mark):
            del self.tokens[0]
            return True
        return False

    def _take(self, *kinds: str) -> str:
        if not self.tokens or self.tokens[0][0] not in kinds:
            raise self.error_at(self.tokens[0][1] if self.tokens else "")
        return self.tokens.pop(0)[1]


def _list_comparisons(expression: Expression) -> tuple[Comparison, ...]:
    match expression:
        case Comparison():
            return (expression,)
        case Not(part):
            return _list_comparisons(part)
        case And(parts) | Or(parts):
            return tuple(comparison for part in parts for comparison in _list_comparisons(part))


def _evaluate(expression: Expression, table: pd.DataFrame, where: str) -> Truth:
    match expression:
        case Comparison(column, mark, value):
            return _compare(table[column], mark, value, where)
        case Not(part):
            return 1.0 - _evaluate(part, table, where)
        case And(parts):
            return _join([_evaluate(part, table, where) for part in parts], decisive=0.0)
        case Or(parts):
            return _join([_evaluate(part, table, where) for part in parts], decisive=1.0)


def _join(parts: list[Truth], decisive: float) -> Truth:
    values = np.array(parts)
    is_settled = (values == decisive).any(axis=0)
    is_open = np.isnan(values).any(axis=0)
    return np.where(is_settled, decisive, np.where(is_open, np.nan, 1.0 - decisive))


def _compare(values: pd.Series, mark: str, value: float | str, where: str) -> Truth:
    known = values.notna() & (values.astype(str) != "")
    if not known.any():
        return np.full(len(values), np.nan)
    is_numeric = pd.api.types.is_numeric_dtype(values)
    if isinstance(value, float) and not is_numeric:
        rule = f"the rule compares {values.name} with {value:g}, but the column holds text"
        raise StudyError(where, rule, "compare it with == or != to one of its words, or make the column numeric")
    if isinstance(value, str) and is_numeric:
        rule = f"the rule compares {values.name} with {value!r}, but the column holds numbers"
        raise StudyError(where, rule, "compare it with a number")
    if mark in _ORDER:
        holds = _ORDER[mark](values, float(value))
    elif isinstance(value, str):
        words, word = values.map(canonical, na_action="ignore"), canonical(value)
        holds = (words == word) if mark == "==" else (words != word)
    else:
        holds = (values == value) if mark == "==" else (values != value)
    return np.asarray(holds.astype(float).where(known), dtype=np.float64)
