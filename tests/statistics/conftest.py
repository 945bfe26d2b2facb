"""The oracle: values computed in R from the tables of tests/data/oracle, with the tolerance of every key."""

import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import settings

settings.register_profile("reproducible", deadline=None, derandomize=True, max_examples=50)
settings.load_profile("reproducible")

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

    def _path(self, key: str) -> list[str]:
        # Some keys hold a dot themselves, such as lambda_0.05.
        return re.split(r"\.(?!\d)", key)

    def _tolerance(self, key: str) -> dict[str, float]:
        rules = [rule for rule in self._tolerances["rules"] if re.search(rule["match"], key)]
        chosen = {**self._tolerances["default"], **(rules[0] if rules else {})}
        return {"rel": chosen["rel"], "absolute": chosen["abs"]}


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
    if expected is None:
        return math.isnan(got)
    if isinstance(expected, str):
        return got == (math.inf if expected == "Inf" else expected)
    return abs(got - expected) <= max(absolute, rel * abs(expected))


@pytest.fixture(scope="session")
def oracle() -> Oracle:
    return Oracle()


@pytest.fixture(scope="session")
def paired(oracle: Oracle) -> dict[str, pd.DataFrame]:
    """The paired binary data: all, train and test rows."""
    table = oracle.table("binary_paired")
    return {"all": table, "train": table[table["set"] == "train"], "test": table[table["set"] == "test"]}
