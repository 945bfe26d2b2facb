import json
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from sonomics.core.errors import StudyError
from sonomics.core.files import read_json
from sonomics.core.params import check_params
from sonomics.core.schemas import FEATURES, FOLDS, SCREENED, SELECTED
from sonomics.core.tables import read_table, write_table
from sonomics.select import penalised
from sonomics.select.choose import apply, fit, frequencies, main, often_kept
from sonomics.select.penalised import inner_folds
from sonomics.select.reliability import pairwise_icc, reliability
from sonomics.select.rows import repeats_of, rows_of
from sonomics.select.steps import STEPS as KINDS
from sonomics.select.steps import Training, keep_defined, keep_reliable, keep_uncorrelated, steps_for
from sonomics.statistics.agreement.icc import icc21
from sonomics.statistics.selection.univariable import mann_whitney

SETTINGS = {
    "unit": "image",
    "folds": 2,
    "steps": [
        {"step": "icc", "above": 0.75},
        {"step": "u_test", "below": 0.05},
        {"step": "correlation", "above": 0.6},
        {"step": "lasso", "folds": 3, "rule": "min"},
    ],
}
STEPS = SETTINGS["steps"]
ANALYSIS = {"reader": "r1", "session": "1"}


def table(n: int = 40, seed: int = 0) -> tuple[pd.DataFrame, pd.Series]:
    """Two features that tell, a copy of one, noise, a constant and an undefined one."""
    random = np.random.default_rng(seed)
    label = np.arange(n) % 2.0
    index = pd.MultiIndex.from_tuples([(f"P{i}", f"P{i}", "") for i in range(n)], names=["patient", "case", "image"])
    first = label + random.normal(0, 0.6, n)
    rows = pd.DataFrame(
        {
            "t__first": first,
            "t__copy": first * 2 + random.normal(0, 0.1, n),
            "t__second": -label + random.normal(0, 0.6, n),
            "t__constant": 1.0,
            "t__undefined": np.nan,
            **{f"t__noise{i}": random.normal(size=n) for i in range(10)},
        },
        index=index,
    )
    return rows, pd.Series(label, index=index)


def training(repeats) -> Training:
    rows, labels = table()
    return Training(rows, labels.to_numpy(), repeats, 1)


def test_steps_keep_what_tells_and_say_how_many_they_dropped():
    rows, labels = table()
    state = fit(rows, labels, {}, STEPS, seed=1)
    assert {"t__first", "t__copy"} & set(state["kept"])
    assert "t__second" in state["kept"]
    assert not {"t__first", "t__copy"} <= set(state["kept"])
    steps = {step["step"]: step for step in state["steps"]}
    assert steps["defined"] == {"step": "defined", "in": 15, "out": 13, "note": ""}
    assert steps["icc"]["note"].startswith("not applied: no repeat outlines")
    assert [step["out"] for step in state["steps"]][-1] == len(state["kept"])


STEP_OF_EACH_KIND = [
    {"step": "combat", "by": "device"},
    {"step": "pca", "components": 8},
    {"step": "icc", "above": 0.75},
    {"step": "u_test", "below": 0.05},
    {"step": "t_test", "below": 0.05},
    {"step": "correlation", "above": 0.6},
    {"step": "mrmr", "count": 5},
    {"step": "lasso", "folds": 3, "rule": "1se"},
    {"step": "elastic_net", "folds": 3, "rule": "min", "mixing": 0.5},
]


@pytest.mark.parametrize("step", STEP_OF_EACH_KIND, ids=lambda step: step["step"])
def test_a_step_may_be_for_some_families_alone(step, params, schema):
    assert {one["step"] for one in STEP_OF_EACH_KIND} == set(KINDS)
    steps = [step | {"families": ["deep"]}, {"step": "u_test", "below": 0.05}]
    assert steps_for("deep", steps) == steps
    assert steps_for("texture", steps) == steps[1:]
    params["select"]["steps"] = steps
    check_params(params, schema)
    steps[0]["families"] = ["depth"]
    with pytest.raises(StudyError, match=r"depth is not in extract\.families"):
        check_params(params, schema)


def test_apply_uses_the_numbers_of_the_training_rows():
    rows, labels = table()
    state = fit(rows, labels, {}, STEPS, seed=1)
    scaled = apply(state, rows)
    assert np.allclose(scaled.mean(), 0)
    assert np.allclose(scaled.std(ddof=0), 1)
    name = state["kept"][0]
    other = rows.iloc[:2].copy()
    other.iloc[0, other.columns.get_loc(name)] = np.nan
    expected = (state["median"][name] - state["mean"][name]) / state["sd"][name]
    assert apply(state, other)[name].iloc[0] == pytest.approx(expected)


def test_without_a_feature_left_nothing_is_kept_and_the_note_says_so():
    rows, labels = table()
    state = fit(rows[["t__constant", "t__undefined"]], labels, {}, STEPS, seed=1)
    assert state["kept"] == []
    assert state["steps"][-1]["note"] == "not applied: no feature is left"
    assert apply(state, rows).shape == (40, 0)


def test_a_class_with_two_patients_is_not_estimable():
    rows, _ = table()
    labels = pd.Series([1.0, 1.0] + [0.0] * 38, index=rows.index)
    rows["t__first"] = labels + np.linspace(0, 0.01, 40)
    state = fit(rows, labels, {}, STEPS, seed=1)
    assert state["kept"] == []
    assert state["steps"][-1]["note"].startswith("not estimable")


def test_only_features_that_repeat_are_reliable():
    rows, _ = table()
    random = np.random.default_rng(1)
    second = rows[["t__first", "t__second"]].copy()
    second["t__second"] = random.normal(size=len(rows))
    kept = keep_reliable(["t__first", "t__second"], training({"r2/1": (rows, second)}), {"above": 0.75})
    assert kept.names == ["t__first"]
    assert kept.note == "repeats: r2/1 on 40 rows"


def test_a_row_that_lacks_a_feature_is_left_out_of_its_icc_alone():
    random = np.random.default_rng(0)
    first = random.normal(size=(12, 3))
    second = first + random.normal(0, 0.2, (12, 3))
    whole = pairwise_icc(first, second)
    first[0, 1] = np.nan
    second[:9, 2] = np.nan
    holed = pairwise_icc(first, second)
    assert holed[0] == pytest.approx(whole[0])
    assert holed[1] == pytest.approx(float(icc21(np.stack([first[1:, 1], second[1:, 1]], axis=1))))
    assert np.isnan(holed[2])


def test_every_icc_is_listed_with_its_interval():
    rows, _ = table()
    second = rows + np.random.default_rng(1).normal(0, 0.3, rows.shape) + 0.5
    table_of = reliability({"r2/1": (rows, second)}).set_index(["feature", "form"])
    first = table_of.loc["t__first", "2,1"]
    readings = np.stack([rows["t__first"], second["t__first"]], axis=1)
    assert first["icc"] == pytest.approx(float(icc21(readings)))
    assert first["lower"] < first["icc"] < first["upper"]
    assert first["icc"] < table_of.loc["t__first", "3,1"]["icc"]
    assert first["rows"] == 40
    assert table_of.loc["t__undefined", "2,1"][["icc", "lower", "upper"]].isna().all()
    assert reliability({}).empty


def test_too_few_repeats_are_passed_over():
    rows, _ = table()
    kept = keep_reliable(["t__first"], training({"r2/1": (rows[:4], rows[:4] * 0)}), {"above": 0.75})
    assert kept.names == ["t__first"]
    assert kept.note.startswith("not applied")


def test_defined_means_varying_and_present_in_half_of_the_rows():
    rows = pd.DataFrame({"a": [1, 2, np.nan, np.nan], "b": [1, np.nan, np.nan, np.nan], "c": 1.0})
    assert keep_defined(rows).names == ["a"]


def test_no_column_is_uncorrelated_with_nothing():
    assert keep_uncorrelated([], training({}), {"above": 0.6}).names == []


def test_the_lower_bound_of_the_icc_is_stricter_than_the_icc():
    rows, _ = table()
    second = rows + np.random.default_rng(1).normal(0, 0.3, rows.shape)
    names = ["t__first", "t__second"]
    repeats = training({"r2/1": (rows, second)})
    icc = pairwise_icc(rows[names].to_numpy(), second[names].to_numpy())
    step = {"above": float(icc.max()) - 0.01}
    assert keep_reliable(names, repeats, step).names
    assert not keep_reliable(names, repeats, {**step, "of": "lower"}).names


@pytest.mark.parametrize("form", ["2,1", "3,1"])
def test_a_reader_who_is_always_off_by_one_agrees_only_by_consistency(form):
    rows, _ = table()
    repeats = training({"r2/1": (rows, rows + 5)})
    kept = keep_reliable(["t__first"], repeats, {"above": 0.75, "form": form}).names
    assert bool(kept) == (form == "3,1")


@pytest.mark.parametrize("test", ["u_test", "t_test"])
def test_a_correction_keeps_fewer_features(test):
    rows, labels = table()
    kept = {
        how: set(fit(rows, labels, {}, [{"step": test, "below": 0.3, "correction": how}], seed=1)["kept"])
        for how in ("none", "bh", "bonferroni")
    }
    assert {"t__first", "t__copy", "t__second"} <= kept["bonferroni"] <= kept["bh"] < kept["none"]


def test_of_two_alike_the_one_with_the_larger_p_can_go():
    rows, labels = table()
    data = Training(rows, labels.to_numpy(), {}, 1)
    names = ["t__copy", "t__first", "t__noise0"]
    _, p = mann_whitney(rows[names].to_numpy(), labels.to_numpy())
    better = names[int(np.argmin(p[:2]))]
    kept = keep_uncorrelated(names, data, {"above": 0.6, "drop": "larger_p", "method": "spearman"}).names
    assert kept == [better, "t__noise0"]


def test_mrmr_keeps_as_many_as_asked_and_no_copy():
    rows, labels = table()
    state = fit(rows, labels, {}, [{"step": "mrmr", "count": 2}], seed=1)
    assert len(state["kept"]) == 2
    assert not {"t__first", "t__copy"} <= set(state["kept"])
    assert np.isnan(state["intercept"])
    assert state["coefficients"] == {}


def test_an_elastic_net_keeps_both_of_a_pair_where_the_lasso_keeps_one():
    rows, labels = table()
    penalty = {"folds": 3, "rule": "min"}
    kept = {
        name: set(fit(rows, labels, {}, [{"step": name, **penalty, **more}], seed=1)["kept"])
        for name, more in (("lasso", {}), ("elastic_net", {"mixing": 0.05}))
    }
    assert kept["lasso"] < kept["elastic_net"]
    assert {"t__first", "t__copy"} <= kept["elastic_net"]


def test_frequencies_rank_what_tells_above_noise_and_are_the_same_each_time():
    rows, labels = table()
    found = frequencies(rows, labels, {}, STEPS, seed=1, resamples=6)
    assert found is not None
    assert found["t__second"] > found.filter(like="noise").max()
    assert found.equals(frequencies(rows, labels, {}, STEPS, seed=1, resamples=6))


def test_shares_of_resamples_are_zero_where_nothing_stayed_and_undefined_where_none_counts():
    rows, labels = table()
    nothing = frequencies(rows, labels, {}, [{"step": "u_test", "below": 0.0}], seed=1, resamples=2)
    assert nothing is not None
    assert often_kept({"all": ["t__first"]}, nothing)["resamples"].tolist() == [0.0]
    assert frequencies(rows, labels * 0, {}, STEPS, seed=1, resamples=2) is None
    assert often_kept({"all": ["t__first"]}, None)["resamples"].isna().all()


def test_both_copies_of_a_patient_drawn_twice_lie_in_one_inner_fold(monkeypatch):
    seen = []

    def watched(rows, *rest):
        patients = list(rows.index.get_level_values("patient"))
        folds = inner_folds(patients, rest[0].to_numpy(), 3, seed=1)
        seen.append((len(patients), len(set(patients)), pd.Series(folds).groupby(patients).nunique().max()))
        return {"kept": []}

    monkeypatch.setattr("sonomics.select.choose.fit", watched)
    frequencies(*table(), {}, STEPS, seed=1, resamples=2)
    assert all(rows > patients and folds == 1 for rows, patients, folds in seen)
    assert seen


def test_inner_folds_keep_a_patients_rows_together():
    patients = [f"P{i // 2}" for i in range(24)]
    folds = inner_folds(patients, np.array([0.0, 0.0, 1.0, 1.0] * 6), 3, seed=1)
    assert folds is not None
    assert (pd.Series(folds).groupby(patients).nunique() == 1).all()
    assert set(folds) == {0, 1, 2}


def features() -> pd.DataFrame:
    rows = []
    for case in ("P1", "P2"):
        for view, value in (("grey", 1.0), ("grey", 3.0), ("portal", 5.0)):
            for reader in ("r1", "r2"):
                image = f"{case}-{view}{value:.0f}"
                rows.append((case, case, image, reader, "1", view, value + (reader == "r2")))
    return pd.DataFrame(rows, columns=["patient", "case", "image", "reader", "session", "view", "t__x"])


def test_views_stand_side_by_side_and_images_of_a_view_are_averaged():
    rows = rows_of(features(), "case", ANALYSIS)
    assert rows.columns.tolist() == ["grey__t__x", "portal__t__x"]
    assert rows.to_numpy().tolist() == [[2.0, 5.0], [2.0, 5.0]]
    assert rows.index.names == ["patient", "case", "image"]


def test_repeats_pair_the_same_rows():
    first, second = repeats_of(features(), "image", ANALYSIS)["r2/1"]
    assert (second - first == 1).all(axis=None)
    assert first.index.equals(second.index)


@pytest.mark.parametrize("unit", ["case", "image"])
def test_a_reader_who_outlined_some_images_is_compared_on_those(unit):
    table = features()
    missing = (table["reader"] == "r2") & table["image"].isin(["P1-grey3", "P2-portal5"])
    first, second = repeats_of(table[~missing], unit, ANALYSIS)["r2/1"]
    assert first.index.equals(second.index)
    assert first.columns.equals(second.columns)
    assert first.columns.equals(rows_of(table, unit, ANALYSIS).columns)
    assert set((second - first).to_numpy()[first.notna()]) == {1.0}
    if unit == "case":
        assert first["grey__t__x"].tolist() == [1.0, 2.0]
        assert first["portal__t__x"].isna().tolist() == [False, True]


def test_a_reader_who_outlined_other_images_has_no_rows_to_compare():
    table = features()
    alone = table[(table["reader"] == "r1") == (table["case"] == "P1")]
    for unit in ("case", "image"):
        assert [len(rows) for rows in repeats_of(alone, unit, ANALYSIS)["r2/1"]] == [0, 0]


@pytest.fixture
def study(inside):
    """A cohort of 24 training cases and 6 tests with one image each."""
    rows, labels = table(30)
    cases = [case for _, case, _ in rows.index]
    split = ["train"] * 24 + ["internal"] * 6
    cohort = pd.DataFrame({"patient": cases, "case": cases, "centre": "a", "split": split, "cancer": labels.map(str)})
    cohort.to_csv("cohort.csv", index=False)
    about = {"patient": cases, "case": cases, "image": cases, "reader": "r1", "session": "1", "view": "grey"}
    write_table(rows.reset_index(drop=True).assign(**about), inside / "features.parquet", FEATURES)
    texts = {name: "" for name, kind in SCREENED.columns.items() if kind == "str"}
    counts = {name: 0 for name, kind in SCREENED.columns.items() if kind in ("int", "float")}
    images = pd.DataFrame({**about, **texts, **counts, "patient": cases, "case": cases, "image": cases, "keep": True})
    images["device"] = ["d1", "d1", "d2"] * 10
    write_table(images[list(SCREENED.columns)], inside / "images.parquet", SCREENED)
    folds = pd.DataFrame({"patient": cases[:24], "group": cases[:24], "fold": [i // 2 % 2 for i in range(24)]})
    write_table(folds, inside / "folds.parquet", FOLDS)
    return inside


def choose(*folds: str, **changes) -> None:
    task = {"cancer": {"type": "binary", "column": "cancer", "positive": 1}}
    settings = {
        "study": {"seed": 1, "tasks": task, "clinical": [], "shuffle_labels": False},
        "crop": {"analysis": ANALYSIS},
        "select": {**SETTINGS, **changes},
    }
    files = ["--cohort", "cohort.csv", "--folds", "folds.parquet", "--images", "images.parquet"]
    outs = ["--features", "features.parquet", "--out", *(f"chosen/{fold}" for fold in folds)]
    main(["--settings", json.dumps(settings), "--task", "cancer", *files, *outs])


EVERY_STEP = {
    "usual": STEPS,
    "combat": [{"step": "combat", "by": "device"}, *STEPS],
    "pca": [{"step": "pca", "components": 4}, STEPS[-1]],
    "t_test": [{"step": "t_test", "below": 0.5, "correction": "bh"}, {"step": "mrmr", "count": 3}],
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
    folds = read_table(study / "folds.parquet", FOLDS).set_index("patient")["fold"]
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
        penalised, "inner_folds", lambda names, *rest: together.append(names) or inner_folds(names, *rest)
    )
    groups = [f"P{number - number % 4 // 2 * 2}" for number in numbers]
    patients = [f"P{number}" for number in numbers]
    write_table(pd.DataFrame({"patient": patients, "group": groups, "fold": 0}), study / "folds.parquet", FOLDS)
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
