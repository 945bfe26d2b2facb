import math

import numpy as np
import pytest

from sonomics.statistics.classification.confusion import Classification, Confusion, count_confusion, summarise_confusion
from sonomics.statistics.classification.proportion import Proportion


def as_oracle(value):
    """The layout of the oracle: counts and proportions flattened, `est` for the estimate."""
    if isinstance(value, Classification):
        fields = value._asdict()
        return value.confusion._asdict() | {key: as_oracle(fields[key]) for key in fields if key != "confusion"}
    if isinstance(value, Proportion):
        fields = value._asdict()
        return {"est" if key == "estimate" else key: fields[key] for key in fields}
    return value


@pytest.mark.parametrize("model", ["model_a", "model_b"])
@pytest.mark.parametrize(
    ("table", "part", "rule"),
    [
        ("train_at_youden", "train", "youden"),
        ("test_at_frozen_youden", "test", "youden"),
        ("test_at_frozen_max_accuracy", "test", "max_accuracy"),
        ("test_at_0.5", "test", None),
    ],
)
def test_measures_at_a_cutoff_equal_r(oracle, paired, model, table, part, rule):
    cutoff = oracle[f"cutoffs.{model}.{rule}.cutoff"] if rule else 0.5
    got = summarise_confusion(count_confusion(paired[part]["y"], paired[part][model], cutoff))
    oracle.check(f"cutoffs.{model}.{table}", as_oracle(got))


def test_nothing_called_positive(oracle):
    case = oracle["edge_cases.no_predicted_positive"]
    got = as_oracle(summarise_confusion(count_confusion(case["y"], case["pred"], 1)))
    oracle.check("edge_cases.no_predicted_positive", {key: got[key] for key in case if key in got})


def test_ratios_without_denominator():
    perfect = summarise_confusion(Confusion(tp=4, fp=0, tn=6, fn=0))
    assert perfect.lr_pos == math.inf
    assert perfect.lr_neg == 0
    only_negatives = summarise_confusion(Confusion(tp=0, fp=0, tn=5, fn=0))
    undefined = [only_negatives.sensitivity.estimate, only_negatives.ppv.estimate, only_negatives.f1]
    undefined += [only_negatives.mcc, only_negatives.kappa, only_negatives.youden, only_negatives.lr_pos]
    assert np.isnan(undefined).all()
    assert only_negatives.specificity.estimate == 1


def test_a_cutoff_that_was_not_estimable_is_refused():
    with pytest.raises(ValueError, match="cutoff is NaN"):
        count_confusion([0, 1], [0.1, 0.2], float("nan"))
