import json
import math

import numpy as np
import pandas as pd
import pytest

from sonomics.core.schemas import FOLDS
from sonomics.core.settings.parameters import Parameters
from sonomics.core.tables import read_table, write_table
from sonomics.evaluate.robustness.held_out import list_runs
from sonomics.evaluate.task import main
from sonomics.report.sections.held_out import build
from sonomics.report.study.evaluation import read_evaluation
from tests.evaluate import synthetic

SCHEMES = {"random": {"number": 5}, "by_centre": {"column": "centre"}}


def evaluate(folder, centres: list[str]) -> pd.DataFrame:
    """Evaluate a study whose variant by_centre scores with noise, the main run with the simulated risk."""
    synthetic.write_study(folder, {"train": 60, "internal": 12}, ("main", "by_centre"))
    cohort = pd.read_csv(folder / "data/cohort.csv")
    cohort.loc[cohort["split"] == "train", "centre"] = centres
    cohort.to_csv(folder / "data/cohort.csv", index=False)
    folds = read_table(folder / "results/folds.parquet", FOLDS)
    write_table(folds.assign(by_centre=0), folder / "results/folds.parquet", FOLDS)
    settings = {**synthetic.SETTINGS, "select": {"folds": SCHEMES}}
    options = synthetic.arguments(folder, compared=("by_centre",))
    options[options.index("--schemes") + 2] = "by_centre"
    main(["--settings", json.dumps(settings), *options, "--out", str(folder / "out")])
    return pd.read_csv(folder / "out/held_out.csv")


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("study") / "study"
    return folder, evaluate(folder, ["tiny", *["north", "south"] * 29, "north"])


def test_every_value_stands_next_to_random_folds_with_all_statistics(study):
    _, table = study
    assert set(table["statistic"]) == {
        "auc", "sensitivity", "specificity", "calibration_intercept", "calibration_slope",
    }  # fmt: skip
    auc = table[table["statistic"] == "auc"].set_index(["variant", "level"])["estimate"]
    assert [level for variant, level in auc.index if variant == "main"][:1] == ["all"]
    assert auc["main", "all"] > auc["by_centre", "all"] + 0.2
    assert table.groupby(["variant", "level"])["scheme"].first()["by_centre", "north"] == "by_centre"


def test_the_rows_of_a_value_are_those_of_its_cases_alone(study):
    folder, table = study
    counts = table.drop_duplicates(["variant", "level"]).set_index(["variant", "level"])["n"]
    assert counts["main", "all"] == sum(counts["main", name] for name in ("north", "south", "tiny"))
    performance = pd.read_csv(folder / "out/performance.csv")
    main_auc = performance.query("model == 'stacked' and split == 'train' and statistic == 'auc'")["estimate"].item()
    whole = table.query("variant == 'main' and level == 'all' and statistic == 'auc'")["estimate"].item()
    assert math.isclose(main_auc, whole)


def test_a_centre_with_one_class_has_a_reason_and_no_number(study):
    _, table = study
    tiny = table[(table["level"] == "tiny") & (table["statistic"] == "auc")]
    assert len(tiny) == 2
    assert tiny["estimate"].isna().all()
    assert tiny["reason"].str.len().gt(0).all()


def test_the_page_compares_both_runs(study):
    folder, _ = study
    evaluation = read_evaluation(folder / "out", "main", "recurrence")
    section = build(evaluation, Parameters({}))
    assert section.figures
    assert [row[0].main for row in section.tables[0].rows[:4]] == ["all", "all", "north", "north"]
    assert "in by_centre (folds: by_centre), a difference of" in section.paragraphs[1]


def test_a_column_of_which_every_patient_has_a_value_shows_the_whole_alone(tmp_path):
    table = evaluate(tmp_path / "study", [f"c{i}" for i in range(60)])
    assert set(table["level"]) == {"all"}


def test_the_runs_compared_are_those_that_differ_in_the_scheme():
    schemes = {"main": "random", "uncropped": "random", "by_centre": "by_centre"}
    assert list_runs(schemes, "by_centre") == ["main", "by_centre"]
    assert list_runs({"main": "by_centre", "other": "by_centre", "plain": "random"}, "by_centre") == ["main", "plain"]
    assert np.all([run != "uncropped" for run in list_runs(schemes, "by_centre")])
