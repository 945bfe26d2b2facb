"""NRI and IDI against the pure functions."""

import pytest

from sonomics.evaluate.accuracy.reclassification import reclassification_table
from sonomics.evaluate.samples.scored import build_samples
from sonomics.statistics.clinical_utility.reclassification import categorical_nri, idi
from tests.evaluate.hand_made import A, B, cases_of


def test_reclassification_equals_the_pure_functions_and_warns() -> None:
    cases = cases_of({"internal": 60})
    table = reclassification_table(build_samples(cases, [A, B]), 0.95).set_index("statistic")
    y, old, new = cases["label"], cases["b__probability"], cases["a__probability"]
    nri = categorical_nri(y, old, new, [0.5])
    assert table.loc["nri_categorical", ["estimate", "events", "nonevents"]].tolist() == pytest.approx(
        [nri.nri, nri.events, nri.nonevents]
    )
    assert table.loc["idi", "estimate"] == pytest.approx(idi(y, old, new).idi)
    assert "Kerr 2014" in table.loc["nri_continuous", "method"]
