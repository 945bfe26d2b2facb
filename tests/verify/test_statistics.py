"""Our statistics: against R on the oracle's tables, for sense on others, for stated results on degenerate ones."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import Result
from typer.testing import CliRunner

from sonomics.cli import app
from sonomics.core.errors import StudyError
from sonomics.verify.statistics import SECTIONS, folder_statistics
from sonomics.verify.tree import NO_REASON, list_reasons, to_plain
from tests.statistics.oracle import DATA, Oracle
from tests.verify.folders import DEGENERATE, Tables, oracle_tables, resampled, write

NAMES = [*SECTIONS, "sample_size", "edge_cases"]


@pytest.fixture(scope="module")
def oracle() -> Oracle:
    return Oracle()


@pytest.fixture(scope="module")
def ran() -> Result:
    return CliRunner().invoke(app, ["verify", "statistics", str(DATA)])


@pytest.fixture(scope="module")
def computed(ran) -> dict[str, Any]:
    """What the command writes."""
    assert ran.exit_code == 0, ran.output
    return json.loads(ran.stdout)


@pytest.mark.parametrize("name", NAMES)
def test_every_value_equals_r(oracle, computed, name):
    oracle.check(name, computed[name])


@pytest.mark.parametrize("name", NAMES)
def test_no_primary_value_is_missing(oracle, computed, name):
    assert oracle.primary(name) <= leaves(name, computed[name])


def test_the_reference_names_nothing_else(oracle, computed):
    assert {*oracle.sections()} - {"meta"} == set(computed)


@pytest.mark.realdata
def test_the_oracle_itself_agrees(computed, tmp_path):
    oracle = Path(os.environ["SONOMICS_REALDATA"]).parent / "oracle"
    if not oracle.exists():
        pytest.skip("no oracle beside the real images")
    (tmp_path / "ours.json").write_text(json.dumps(computed))
    files = [oracle / "expected.json", tmp_path / "ours.json", oracle / "tolerances.json"]
    command = [sys.executable, oracle / "compare.py", *files, "--require", *NAMES]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.fixture(scope="module")
def other(tmp_path_factory) -> dict[str, Any]:
    return to_plain(folder_statistics(write(resampled(1), tmp_path_factory.mktemp("other"))))


def test_other_tables_give_every_value(oracle, other):
    wanted = {key for name in NAMES for key in oracle.primary(name) if "lasso" not in key}
    got = {key for name in NAMES for key in leaves(name, other[name])}
    assert wanted <= got


def test_intervals_of_other_tables_hold_their_estimates(other):
    checked = 0
    for path, node in dicts("", other):
        for estimate, bounds in PAIRS.items():
            if node.get(estimate) is not None and None not in node.get(bounds, [None]):
                lower, upper = node[bounds]
                assert lower - 1e-9 <= node[estimate] <= upper + 1e-9, (path, estimate)
                checked += 1
    assert checked > 150


def test_probabilities_of_other_tables_are_probabilities(other):
    values = [(path, node[name]) for path, node in dicts("", other) for name in node if name in SHARES]
    assert len(values) > 100
    assert [path for path, value in values if value is not None and not 0 <= value <= 1] == []


PAIRS = {
    "auc": "ci_delong",
    "auc_image": "ci_obuchowski1997",
    "est": "wilson",
    "slope": "slope_ci",
    "hr": "ci",
    "icc21": "icc21_ci",
    "kappa": "ci",
    "idi": "ci",
    "estimate": "ci",
    "or": "ci_wald",
}
SHARES = {"p", "p_exact", "p_midp", "auc", "est", "brier", "dice", "iou", "soft_dice", "interaction_lrt_p"}


@pytest.mark.parametrize("case", DEGENERATE)
def test_degenerate_tables_give_null_with_a_reason(case, sections_of):
    found = sections_of(DEGENERATE[case])
    json.dumps(to_plain(found), allow_nan=False)
    assert NO_REASON not in set(list_reasons(found).values()), [
        key for key, why in list_reasons(found).items() if why == NO_REASON
    ]


@pytest.fixture(scope="module")
def sections_of():
    tables = oracle_tables()

    def compute(change) -> dict[str, Any]:
        changed: Tables = change(tables)
        touched = {name for name in tables if changed[name] is not tables[name]}
        assert touched
        return {
            name: section(*(changed[table] for table in needed))
            for name, (section, needed) in SECTIONS.items()
            if touched & set(needed)
        }

    return compute


def test_the_command_says_why_values_are_null(ran):
    assert "edge_cases.prop_0_of_0.est: 0 of 0" in ran.stderr
    assert NO_REASON not in ran.stderr.split(": ")


def test_a_folder_without_a_table_is_refused(tmp_path):
    tables = oracle_tables()
    del tables["survival"]
    result = CliRunner().invoke(app, ["verify", "statistics", str(write(tables, tmp_path))])
    assert result.exit_code == 2
    assert "survival.csv" in result.stderr


@pytest.mark.parametrize(
    ("table", "change", "message"),
    [
        ("reader_study", lambda frame: frame.drop(columns="truth"), "no column truth"),
        ("binary_paired", lambda frame: frame.drop(columns="model_b"), "fewer than two columns"),
        ("boot_patients", lambda frame: frame + 1, "draws others than patients 1 to 200"),
        ("binary_paired", lambda frame: frame.assign(model_a=np.nan), "a score is NaN"),
        ("binary_paired", lambda frame: frame.assign(model_a=2.0), "outside"),
        ("survival", lambda frame: frame.assign(event=2), "only 0 and 1"),
        ("reader_study", lambda frame: pd.concat([frame, frame[:1]]), "duplicate"),
        ("reader_study", lambda frame: frame[frame["modality"] == "aided"], "without and with aid"),
        ("icc_features", lambda frame: frame[frame["reader"] == "R2"], "two readers"),
    ],
)
def test_a_bad_table_is_refused(tmp_path, table, change, message):
    tables = oracle_tables()
    with pytest.raises(StudyError, match=message):
        folder_statistics(write(tables | {table: change(tables[table])}, tmp_path))


def leaves(path: str, node: Any) -> set[str]:
    if isinstance(node, dict):
        return {leaf for name, part in node.items() for leaf in leaves(f"{path}.{name}", part)}
    return {path}


def dicts(path: str, node: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(node, dict):
        yield path, node
        for name, part in node.items():
            yield from dicts(f"{path}.{name}", part)
