"""One row per image or case, and repeats of the same rows."""

import pandas as pd
import pytest

from sonomics.select.table.rows import add_origin, arrange_rows, pair_repeats
from tests.select.features import ANALYSIS, features


def test_views_stand_side_by_side_and_images_of_a_view_are_averaged():
    rows = arrange_rows(features(), "case", ANALYSIS)
    assert rows.columns.tolist() == ["grey__t__x", "portal__t__x"]
    assert rows.to_numpy().tolist() == [[2.0, 5.0], [2.0, 5.0]]
    assert rows.index.names == ["patient", "case", "image"]


def test_repeats_pair_the_same_rows():
    first, second = pair_repeats(features(), "image", ANALYSIS)["r2/1"]
    assert (second - first == 1).all(axis=None)
    assert first.index.equals(second.index)


@pytest.mark.parametrize("unit", ["case", "image"])
def test_a_reader_who_outlined_some_images_is_compared_on_those(unit):
    table = features()
    missing = (table["reader"] == "r2") & table["image"].isin(["P1-grey3", "P2-portal5"])
    first, second = pair_repeats(table[~missing], unit, ANALYSIS)["r2/1"]
    assert first.index.equals(second.index)
    assert first.columns.equals(second.columns)
    assert first.columns.equals(arrange_rows(table, unit, ANALYSIS).columns)
    assert set((second - first).to_numpy()[first.notna()]) == {1.0}
    if unit == "case":
        assert first["grey__t__x"].tolist() == [1.0, 2.0]
        assert first["portal__t__x"].isna().tolist() == [False, True]


def test_a_reader_who_outlined_other_images_has_no_rows_to_compare():
    table = features()
    alone = table[(table["reader"] == "r1") == (table["case"] == "P1")]
    for unit in ("case", "image"):
        assert [len(rows) for rows in pair_repeats(alone, unit, ANALYSIS)["r2/1"]] == [0, 0]


def test_a_case_of_two_scanners_comes_from_both():
    images = pd.DataFrame(
        {"case": ["A", "A", "B"], "image": ["A1", "A2", "B1"], "device": ["x", "y", "x"], "centre": ["c", "c", "d"]}
    )
    names = ["patient", "case", "image"]
    cases = pd.DataFrame({"t__a": [1.0, 2.0]}, pd.MultiIndex.from_tuples([("A", "A", ""), ("B", "B", "")], names=names))
    assert add_origin(cases, images).index.to_frame()[["device", "centre"]].to_numpy().tolist() == [
        ["x + y", "c"],
        ["x", "d"],
    ]
    single = pd.DataFrame({"t__a": [1.0]}, pd.MultiIndex.from_tuples([("A", "A", "A2")], names=names))
    assert add_origin(single, images).index[0] == ("A", "A", "A2", "y", "c")
