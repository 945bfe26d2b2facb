"""The job that chooses features, fold by fold."""

from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from sonomics.core.files import read_json
from sonomics.core.schemas import FEATURES, FOLDS, SELECTED
from sonomics.core.tables import read_table, write_table
from sonomics.select.steps import penalised
from sonomics.select.steps.penalised import assign_inner_folds
from tests.kinds import toy
from tests.select.features import STEPS
from tests.select.study import choose

EVERY_STEP = {
    "usual": STEPS,
    "combat": [{"step": "combat", "by": "device"}, *STEPS],
    "pca": [{"step": "pca", "components": 4}, STEPS[-1]],
    "t_test": [{"step": "t_test", "below": 0.5, "correction": "bh"}, {"step": "mrmr", "count": 3}],
    "elimination": [
        {"step": "recursive_elimination", "count": 4},
        {"step": "boruta", "rounds": 3, "trees": 5, "tentative": "keep"},
    ],
    "larger_p": [
        {"step": "correlation", "above": 0.5, "method": "spearman", "drop": "larger_p"},
        {"step": "elastic_net", "folds": 3, "rule": "min", "mixing": 0.5},
    ],
}


@pytest.mark.parametrize("steps", EVERY_STEP.values(), ids=EVERY_STEP)
def test_what_is_held_out_cannot_change_the_state(study, steps):
    choose("0", steps=steps)
    before = read_json(study / "chosen/0/state.json")
    assert before["kept"]
    changed = read_table(study / "features.parquet", FEATURES)
    folds = read_table(study / "folds.parquet", FOLDS).set_index("patient")["random"]
    held = changed["patient"].map(folds) != 1
    names = [name for name in changed if name.startswith("t__")]
    changed.loc[held, names] = changed.loc[held, names] * 100 + 7
    write_table(changed, study / "features.parquet", FEATURES)
    cohort = pd.read_csv("cohort.csv")
    flipped = cohort["case"].map(folds) != 1
    cohort.loc[flipped, "cancer"] = 1.0 - cohort.loc[flipped, "cancer"]
    cohort.to_csv("cohort.csv", index=False)
    choose("0", steps=steps)
    assert read_json(study / "chosen/0/state.json") == before


def test_patients_of_a_group_are_one_to_the_inner_folds_and_keep_their_names(study, monkeypatch):
    together, numbers = [], range(24)
    monkeypatch.setattr(
        penalised,
        "assign_inner_folds",
        lambda names, *rest: together.append(names) or assign_inner_folds(names, *rest),
    )
    groups = [f"P{number - number % 4 // 2 * 2}" for number in numbers]
    patients = [f"P{number}" for number in numbers]
    write_table(pd.DataFrame({"patient": patients, "group": groups, "random": 0}), study / "folds.parquet", FOLDS)
    choose("all", steps=[STEPS[-1]])
    assert sorted(together[0]) == sorted(groups)
    assert set(read_table(study / "chosen/all/features.parquet", SELECTED)["patient"]) >= set(patients)


def test_all_rows_get_values(study):
    choose("all")
    assert len(read_table(study / "chosen/all/features.parquet", SELECTED)) == 30
    assert read_json(study / "chosen/all/state.json")["rows"] == 24


def test_path_curve_and_frequencies_lie_beside_the_state(study):
    choose("0", "1", "all")
    folder = study / "chosen/all"
    state = read_json(folder / "state.json")
    curve, path = pd.read_csv(folder / "curve.csv", keep_default_na=False), pd.read_csv(folder / "path.csv")
    assert (np.diff(curve["penalty"]) < 0).all()
    chosen = curve[curve["rule"].str.contains("min")].iloc[0]
    assert chosen["penalty"] == pytest.approx(state["penalty"], rel=1e-7)
    assert chosen["deviance"] == curve["deviance"].min()
    there = path[np.isclose(path["penalty"], state["penalty"])].set_index("feature")["coefficient"]
    assert there.drop("(intercept)").to_dict() == pytest.approx(state["coefficients"], rel=1e-6)
    assert there["(intercept)"] == pytest.approx(state["intercept"], rel=1e-6)
    assert chosen["features"] == len(state["kept"])
    kept = [set(read_json(study / "chosen" / fold / "state.json")["kept"]) for fold in ("0", "1")]
    often = pd.read_csv(folder / "frequencies.csv").set_index("feature")
    assert set(often.index[often["all"]]) == set(state["kept"])
    assert often["folds"].to_dict() == {name: sum(name in names for names in kept) / 2 for name in often.index}
    assert often["resamples"].isna().all()
    for name in ("steps", "curve", "path", "frequencies"):
        ElementTree.parse(folder / f"{name}.svg")


def test_without_a_penalised_step_there_is_no_curve(study):
    choose("all", steps=[{"step": "u_test", "below": 0.05}])
    assert pd.read_csv(study / "chosen/all/curve.csv").empty
    assert "nothing to show" in (study / "chosen/all/path.svg").read_text()


def test_a_step_of_an_installed_package_chooses_features(study):
    with toy.installed(study / "site"):
        choose("0", "all", steps=[{"step": "first", "count": 2}, STEPS[-1]])
    state = read_json(study / "chosen/all/state.json")
    assert [(step["step"], step["in"], step["out"]) for step in state["steps"][:2]] == [
        ("defined", 15, 13),
        ("first", 13, 2),
    ]
    assert set(state["kept"]) <= {"t__first", "t__copy"}
