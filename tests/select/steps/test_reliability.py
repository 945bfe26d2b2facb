"""Features that agree between outlines of the same images."""

import numpy as np
import pytest

from sonomics.select.steps.reliability import keep_reliable, measure_pairwise_icc, tabulate_reliability
from sonomics.statistics.agreement.icc import icc21
from tests.select.features import step, table, training


def test_only_features_that_repeat_are_reliable():
    rows, _ = table()
    random = np.random.default_rng(1)
    second = rows[["t__first", "t__second"]].copy()
    second["t__second"] = random.normal(size=len(rows))
    kept = keep_reliable(["t__first", "t__second"], training({"r2/1": (rows, second)}), step("icc", above=0.75))
    assert kept.names == ["t__first"]
    assert kept.note == "repeats: r2/1 on 40 rows"


def test_a_row_that_lacks_a_feature_is_left_out_of_its_icc_alone():
    random = np.random.default_rng(0)
    first = random.normal(size=(12, 3))
    second = first + random.normal(0, 0.2, (12, 3))
    whole = measure_pairwise_icc(first, second)
    first[0, 1] = np.nan
    second[:9, 2] = np.nan
    holed = measure_pairwise_icc(first, second)
    assert holed[0] == pytest.approx(whole[0])
    assert holed[1] == pytest.approx(float(icc21(np.stack([first[1:, 1], second[1:, 1]], axis=1))))
    assert np.isnan(holed[2])


def test_every_icc_is_listed_with_its_interval():
    rows, _ = table()
    second = rows + np.random.default_rng(1).normal(0, 0.3, rows.shape) + 0.5
    table_of = tabulate_reliability({"r2/1": (rows, second)}).set_index(["feature", "form"])
    first = table_of.loc["t__first", "2,1"]
    readings = np.stack([rows["t__first"], second["t__first"]], axis=1)
    assert first["icc"] == pytest.approx(float(icc21(readings)))
    assert first["lower"] < first["icc"] < first["upper"]
    assert first["icc"] < table_of.loc["t__first", "3,1"]["icc"]
    assert first["rows"] == 40
    assert table_of.loc["t__undefined", "2,1"][["icc", "lower", "upper"]].isna().all()
    assert tabulate_reliability({}).empty


def test_too_few_repeats_are_passed_over():
    rows, _ = table()
    kept = keep_reliable(["t__first"], training({"r2/1": (rows[:4], rows[:4] * 0)}), step("icc", above=0.75))
    assert kept.names == ["t__first"]
    assert kept.note.startswith("not applied")


def test_the_lower_bound_of_the_icc_is_stricter_than_the_icc():
    rows, _ = table()
    second = rows + np.random.default_rng(1).normal(0, 0.3, rows.shape)
    names = ["t__first", "t__second"]
    repeats = training({"r2/1": (rows, second)})
    icc = measure_pairwise_icc(rows[names].to_numpy(), second[names].to_numpy())
    above = float(icc.max()) - 0.01
    assert keep_reliable(names, repeats, step("icc", above=above)).names
    assert not keep_reliable(names, repeats, step("icc", above=above, of="lower")).names


@pytest.mark.parametrize("form", ["2,1", "3,1"])
def test_a_reader_who_is_always_off_by_one_agrees_only_by_consistency(form):
    rows, _ = table()
    repeats = training({"r2/1": (rows, rows + 5)})
    kept = keep_reliable(["t__first"], repeats, step("icc", above=0.75, form=form)).names
    assert bool(kept) == (form == "3,1")
