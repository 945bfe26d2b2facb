"""Values computed in R from the tables of tests/data/oracle, with the tolerance and the role of every key."""

import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

DATA = Path(__file__).parents[1] / "data" / "oracle"


class Oracle:
    def __init__(self) -> None:
        self._expected = json.loads((DATA / "expected.json").read_text())
        self._tolerances = json.loads((DATA / "tolerances.json").read_text())

    def table(self, name: str) -> pd.DataFrame:
        return pd.read_csv(DATA / f"{name}.csv")

    def __getitem__(self, key: str) -> Any:
        value = self._expected
        for part in self._path(key):
            value = value[part]
        return value

    def check(self, key: str, got: Any) -> None:
        """Compare a number, list or nested dict with the oracle at `key`, leaf by leaf."""
        leaves = list(_leaves(key, got))
        assert leaves
        for leaf, value in leaves:
            tolerance = self._tolerance(leaf)
            assert _close(value, self[leaf], **tolerance), f"{leaf}: got {value}, expected {self[leaf]} {tolerance}"

    def sections(self) -> list[str]:
        return list(self._expected)

    def primary(self, prefix: str) -> set[str]:
        """Every key below a prefix that must be matched."""
        keys = (leaf for leaf, _ in _leaves(prefix, self[prefix]))
        return {key for key in keys if self._rule(key)["role"] == "primary"}

    def _path(self, key: str) -> list[str]:
        # Some keys hold a dot themselves, such as lambda_0.05.
        return re.split(r"\.(?!\d)", key)

    def _tolerance(self, key: str) -> dict[str, float]:
        chosen = self._rule(key)
        return {"rel": chosen["rel"], "absolute": chosen["abs"]}

    def _rule(self, key: str) -> dict[str, Any]:
        rules = [rule for rule in self._tolerances["rules"] if re.search(rule["match"], key)]
        return {**self._tolerances["default"], **(rules[0] if rules else {})}


def _leaves(key: str, got: Any) -> Iterator[tuple[str, Any]]:
    if not isinstance(got, dict):
        yield key, got
        return
    for name, value in got.items():
        yield from _leaves(f"{key}.{name}", value)


def _close(got: Any, expected: Any, rel: float, absolute: float) -> bool:
    if isinstance(expected, list):
        values = list(got)
        return len(values) == len(expected) and all(
            _close(*pair, rel, absolute) for pair in zip(values, expected, strict=True)
        )
    if isinstance(expected, dict):
        return got.keys() == expected.keys() and all(_close(got[k], expected[k], rel, absolute) for k in expected)
    if expected is None:
        return got is None or math.isnan(got)
    if isinstance(expected, str):
        return got == expected or (expected == "Inf" and got == math.inf)
    return got is not None and abs(got - expected) <= max(absolute, rel * abs(expected))
