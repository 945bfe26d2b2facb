"""Kaplan-Meier figures against their tables."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from sonomics.evaluate.figures.survival import draw_kaplan_meier
from sonomics.evaluate.samples.scored import build_samples
from sonomics.evaluate.survival.risk_groups import cases_at_risk, kaplan_meier_table, risk_group_table
from tests.evaluate.hand_made import A, cohort_of, join, predictions_of


def test_the_kaplan_meier_figure_has_the_bounds_of_the_level() -> None:
    cohort = cohort_of(["malignant"] * 3 + ["benign"] * 3, time=[1.0, 2, 3, 4, 5, 6], event=[1.0, 1, 0, 1, 0, 0])
    scored = join(cohort, predictions_of(cohort, "a", [0.9, 0.8, 0.7, 0.3, 0.2, 0.1]))
    at_risk = cases_at_risk(build_samples(scored, [A]))
    comparisons = risk_group_table(at_risk, 0.6)
    curves = kaplan_meier_table(at_risk, 0.6)
    drawn = Figure()
    draw_kaplan_meier(drawn, curves, comparisons, "internal")
    for band, group in zip(drawn.axes[0].collections, ("high", "low"), strict=True):
        steps = curves[(curves["group"] == group) & curves["lower"].notna()]
        heights = set(np.concatenate([path.vertices[:, 1] for path in band.get_paths()]).round(9))
        assert heights == set(steps[["lower", "upper"]].to_numpy().ravel().round(9))
    shown = [text.get_text() for text in drawn.axes[1].texts]
    # Months 0, 3 and 6; followed for 1, 2, 3 at high risk and for 4, 5, 6 at low.
    assert shown[:8] == ["high", "3", "1", "0", "low", "3", "3", "1"]


@pytest.mark.parametrize(("longest", "last"), [(0.0, 3), (0.4, 3), (6.0, 6), (6.5, 9), (40.0, 42)])
def test_the_axis_of_months_ends_at_or_after_the_longest_follow_up(longest: float, last: int) -> None:
    curve = {"group": "high", "survival": 1.0, "lower": np.nan, "upper": np.nan, "at_risk": 1, "censored": 1}
    curves = pd.DataFrame([{"split": "internal", "time": longest, **curve}])
    comparisons = pd.DataFrame([{"split": "internal", "hr": np.nan, "reason": "no two risk groups"}])
    drawn = Figure()
    draw_kaplan_meier(drawn, curves, comparisons, "internal")
    assert drawn.axes[0].get_xlim() == (0, last)
