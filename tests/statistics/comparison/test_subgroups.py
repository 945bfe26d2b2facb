import numpy as np
import pytest

from sonomics.statistics.comparison.subgroups import (
    TOO_FEW,
    auc_by_subgroup,
    auc_heterogeneity,
    hazard_ratio_by_subgroup,
    treatment_by_risk_group,
)
from sonomics.statistics.discrimination.auc_comparison import unpaired_delong_test


def test_areas_of_strata_equal_r_and_their_difference_is_the_z_test(oracle, paired):
    rows = paired["all"]
    got = auc_by_subgroup(rows["y"], rows["model_b"], rows["menopause"]).set_index("level")
    for level in ("0", "1"):
        row = got.loc[level]
        values = {"n": row["n"], "n_pos": row["events"], "auc": row["auc"], "ci_delong": [row["lower"], row["upper"]]}
        oracle.check(f"subgroups_binary.menopause_{level}", values)
    zero, one = (rows[rows["menopause"] == level] for level in (0, 1))
    z = unpaired_delong_test(zero["y"], zero["model_b"], one["y"], one["model_b"]).z
    assert auc_heterogeneity(got.reset_index()).statistic == pytest.approx(z**2)


def test_small_levels_say_too_few_and_unknown_ones_stand_last():
    y = np.tile([0, 1], 15)
    group = np.array(["b"] * 24 + ["a"] * 4 + [None] * 2, dtype=object)
    got = auc_by_subgroup(y, np.arange(30), group)
    assert got["level"].tolist() == ["a", "b", None]
    assert got["reason"].tolist() == [TOO_FEW, "", TOO_FEW]
    assert got["n"].sum() == 30
    assert np.isnan(got.loc[0, "auc"])
    assert auc_heterogeneity(got).reason


def test_hazard_ratios_of_levels_equal_r(oracle):
    rows = oracle.table("survival")
    high = rows["risk_score"] > oracle["survival.cut_train_median"]
    got = hazard_ratio_by_subgroup(rows["time_months"], rows["event"], high, rows["residual"]).set_index("level")
    for level in ("0", "1"):
        row = got.loc[level]
        values = {
            "n": row["n"],
            "events": row["events"],
            "hr": row["hr"],
            "ci": [row["lower"], row["upper"]],
            "p": row["p"],
        }
        oracle.check(f"survival.subgroup_forest.residual.level{level}", values)
    assert set(hazard_ratio_by_subgroup(rows["time_months"], rows["event"], high, rows["stage"], 30)["reason"]) > {
        TOO_FEW
    }


def test_treatment_that_helps_at_high_risk_only():
    generator = np.random.default_rng(4)
    high, treated = np.repeat([0, 1], 400), np.tile([0, 1], 400)
    time = generator.exponential(np.where(high & treated, 3.0, np.where(high, 0.5, 3.0)))
    groups, interaction = treatment_by_risk_group(time, np.ones(800), treated, high)
    assert groups["hr"].iloc[1] < 0.4 < 0.7 < groups["hr"].iloc[0]
    assert interaction["ratio"] == pytest.approx(groups["hr"].iloc[1] / groups["hr"].iloc[0], rel=0.1)
    assert interaction["likelihood_ratio_p"] < 1e-6


def test_treatment_of_nobody_is_not_estimable():
    _, interaction = treatment_by_risk_group([1, 2, 3], [1, 1, 0], [0, 0, 0], [0, 1, 1])
    assert np.isnan(interaction["ratio"])
    assert interaction["reason"] == "a constant covariate"
