"""Other runs against the main one."""

import numpy as np
import pandas as pd
import pytest

from sonomics.core.errors import StudyError
from sonomics.evaluate.robustness.variants import sensitivity_table
from sonomics.evaluate.samples.scored import build_samples
from sonomics.evaluate.tables.entries import Sampling
from sonomics.statistics.discrimination.auc_comparison import delong_test
from tests.evaluate.hand_made import A, cases_of

SAMPLING = Sampling(0.95, 50, 1)


def predictions(cases: pd.DataFrame, values: pd.Series, **more: object) -> pd.DataFrame:
    fold = np.where(cases["split"] == "train", "0", "all")
    about = {"image": "", "model": "a", "kind": "probability", "fold": fold, "value": values, **more}
    return cases[["patient", "case", "split"]].assign(**about)


def test_another_run_is_compared_on_the_cases_both_have_scored() -> None:
    cases = cases_of({"train": 40, "internal": 30})
    values = cases["b__probability"].where(cases.index != cases.index[-1])
    table = sensitivity_table(build_samples(cases, [A]), {"uncropped": predictions(cases, values)}, SAMPLING)
    row = table[table["split"] == "internal"].iloc[0]
    both = cases[(cases["split"] == "internal") & values.notna()]
    expected = delong_test(both["label"], both["a__probability"], both["b__probability"])
    assert (row["difference"], row["p"], row["n"]) == pytest.approx((expected.difference, expected.p, 29))
    assert row["auc_variant"] == pytest.approx(expected.auc_b)
    with pytest.raises(StudyError, match="a model z"):
        sensitivity_table(build_samples(cases, [A]), {"other": predictions(cases, values, model="z")}, SAMPLING)
