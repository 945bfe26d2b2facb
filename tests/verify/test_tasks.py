"""Our statistics of several classes and of follow-up: against R where its values are, for sense on other tables."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from sonomics.cli import app
from sonomics.core.errors import StudyError
from sonomics.verify.statistics import folder_statistics
from sonomics.verify.tasks import SECTIONS
from sonomics.verify.tree import NO_REASON, list_reasons, to_plain

KINDS = ["flat", "round", "lobed", "spiky"]


def classes_table(rows: int = 120) -> pd.DataFrame:
    generator = np.random.default_rng(3)
    x = generator.normal(size=(rows, 6)).round(3)
    kind = (x[:, :4] + generator.gumbel(size=(rows, 4))).argmax(axis=1)
    kind[:8] = np.arange(8) % 4
    grade = 1 + (x[:, 0] + generator.logistic(size=rows) > 0) + (x[:, 0] + generator.logistic(size=rows) > 1)
    table = pd.DataFrame({"patient_id": np.arange(rows), "fold": np.arange(rows) % 5 + 1})
    table["kind"] = np.array(KINDS)[kind]
    table["grade"] = grade
    table["reader_grade"] = np.clip(grade + generator.integers(-1, 2, rows), 1, 3)
    for column in range(6):
        table[f"x{column + 1:02}"] = x[:, column]
    probability = generator.dirichlet(np.ones(4), rows) * 0.5 + 0.5 * np.eye(4)[generator.permutation(kind)] * 0.9
    probability[:, :] /= probability.sum(axis=1, keepdims=True)
    for number, name in enumerate(KINDS):
        table[f"net_{name}"] = probability[:, number]
    return table


def followed_table(rows: int = 90) -> pd.DataFrame:
    generator = np.random.default_rng(4)
    z = generator.normal(size=(rows, 12)).round(3)
    z[:, 10] = generator.random(rows) < 0.4
    time = (20 * generator.exponential(size=rows) * np.exp(-0.5 * z[:, 0])).round(0) + 1
    table = pd.DataFrame({"patient_id": np.arange(rows), "set": np.where(np.arange(rows) < 65, "train", "test")})
    table = table.assign(fold=np.arange(rows) % 4 + 1, time=time, event=(generator.random(rows) < 0.7).astype(int))
    return table.assign(**{f"z{column + 1:02}": z[:, column] for column in range(12)})


def write(folder: Path, classes: pd.DataFrame, followed: pd.DataFrame) -> Path:
    classes.to_csv(folder / "classes.csv", index=False)
    followed.to_csv(folder / "followed.csv", index=False)
    return folder


@pytest.mark.realdata
def test_every_value_equals_r(tmp_path):
    oracle = Path(os.environ["SONOMICS_REALDATA"]).parent / "oracle-tasks"
    if not oracle.exists():
        pytest.skip("no oracle of tasks beside the real images")
    (tmp_path / "ours.json").write_text(json.dumps(to_plain(folder_statistics(oracle))))
    files = [oracle / "expected.json", tmp_path / "ours.json", oracle / "tolerances.json"]
    command = [sys.executable, oracle.parent / "oracle" / "compare.py", *files, "--require", *SECTIONS]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.fixture(scope="module")
def other(tmp_path_factory):
    folder = write(tmp_path_factory.mktemp("tasks"), classes_table(), followed_table())
    ran = CliRunner().invoke(app, ["verify", "statistics", str(folder)])
    assert ran.exit_code == 0, ran.output
    return json.loads(ran.stdout)


def test_other_classes_and_columns_are_served(other):
    assert list(other) == list(SECTIONS)
    assert list(other["tests"]) == [f"x{number:02}" for number in range(1, 7)]
    assert list(other["multinomial_lasso"]["ungrouped_at_3"]) == KINDS
    assert list(other["multinomial_logistic"]["coef"]) == KINDS[1:]
    assert list(other["ordinal_logistic"]["thresholds"]) == ["1|2", "2|3"]
    assert list(other["class_probabilities"]) == ["net"]
    assert None not in other["cox_model"]["survival_24_first5_test"]


def test_the_columns_of_probabilities_give_the_order_of_classes(other, tmp_path):
    classes = classes_table()
    columns = [name for name in classes if not name.startswith("net_")]
    turned = classes[columns + [f"net_{name}" for name in reversed(KINDS)]]
    tree = folder_statistics(write(tmp_path, turned, followed_table()))
    assert list(tree["multinomial_lasso"]["grouped_at_6"]) == KINDS[::-1]
    assert tree["class_probabilities"]["net"]["brier"] == pytest.approx(other["class_probabilities"]["net"]["brier"])


@pytest.mark.parametrize(
    ("classes", "followed"),
    [
        ({"x01": 1.0}, {"z01": 0.0}),
        ({"reader_grade": 2, "grade": 2}, {"set": "train"}),
        ({"x02": lambda table: (table["kind"] == "flat").astype(float)}, {"z02": lambda table: -table["time"]}),
        ({f"net_{name}": 0.25 for name in KINDS}, {"time": 7}),
        ({f"net_{name}": (lambda table, name=name: table["kind"] == name) for name in KINDS}, {"event": 1}),
    ],
)
def test_degenerate_tables_give_null_with_a_reason(tmp_path, classes, followed):
    tables = classes_table().assign(**classes), followed_table().assign(**followed)
    tables[0][[f"net_{name}" for name in KINDS]] = tables[0][[f"net_{name}" for name in KINDS]].astype(float)
    found = folder_statistics(write(tmp_path, *tables))
    json.dumps(to_plain(found), allow_nan=False)
    reasons = list_reasons(found)
    assert reasons
    assert [key for key, why in reasons.items() if why == NO_REASON] == []


@pytest.mark.parametrize(
    ("classes", "followed", "message"),
    [
        ({"kind": "flat"}, {}, "no row to fit on"),
        ({"fold": lambda table: (table["kind"] == "flat").astype(int)}, {}, "no row to fit on"),
        ({"net_flat": 2.0}, {}, "outside"),
        ({"x03": np.nan}, {}, "NaN"),
        ({}, {"event": 0}, "no event"),
        ({}, {"event": 2}, "only 0 and 1"),
        ({}, {"fold": 1}, "two folds"),
    ],
)
def test_a_bad_table_is_refused(tmp_path, classes, followed, message):
    with pytest.raises(StudyError, match=message):
        folder_statistics(write(tmp_path, classes_table().assign(**classes), followed_table().assign(**followed)))


def test_a_missing_table_or_column_is_refused(tmp_path):
    write(tmp_path, classes_table(), followed_table().drop(columns="z11"))
    with pytest.raises(StudyError, match="no column z11"):
        folder_statistics(tmp_path)
    (tmp_path / "followed.csv").unlink()
    with pytest.raises(StudyError, match=r"followed\.csv"):
        folder_statistics(tmp_path)
