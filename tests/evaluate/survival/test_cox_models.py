"""Cox models: their terms, and what cannot be fitted."""

import numpy as np
import pandas as pd

from sonomics.evaluate.samples.scored import build_samples
from sonomics.evaluate.survival.cox_models import code_variables, cox_table
from tests.evaluate.hand_made import A, cohort_of, join, predictions_of


def test_cox_refuses_too_many_terms_and_counts_incomplete_cases() -> None:
    generator = np.random.default_rng(5)
    follow_up = {"time": generator.exponential(10, 60), "event": [1.0, 1, 0] * 20}
    cohort = cohort_of(["malignant", "benign"] * 30, "train", **follow_up)
    cohort["age"] = generator.normal(60, 10, 60)
    cohort.loc[0, "age"] = np.nan
    cohort["grade"] = ["one", "two", "three", "two"] * 15
    scored = join(cohort, predictions_of(cohort, "a", list(generator.uniform(0.1, 0.9, 60))))
    table = cox_table(build_samples(scored, [A]), ["age", "grade"], 0.95)
    together = table[table["analysis"] == "multivariable"]
    assert together["term"].tolist() == ["score per SD", "age", "grade: three vs one", "grade: two vs one"]
    assert together["incomplete"].tolist() == [1] * 4
    assert together["hr"].notna().all()
    few = cox_table(build_samples(scored.iloc[:20], [A]), ["age", "grade"], 0.95)
    refused = few[few["analysis"] == "multivariable"]
    assert refused["hr"].isna().all()
    assert refused["reason"].str.contains("fewer than 5 a term").all()


def test_coding_leaves_missing_categories_missing() -> None:
    terms = code_variables(pd.DataFrame({"sex": ["male", None, "female"]}), ["sex"])
    assert terms["sex: male vs female"].tolist()[::2] == [1, 0]
    assert np.isnan(terms["sex: male vs female"].iloc[1])


def test_a_variable_that_nobody_has_makes_no_term() -> None:
    cases = pd.DataFrame({"size": [1.0, 2.0], "grade": pd.Series([None, None], dtype=object)})
    assert list(code_variables(cases, ["size", "grade"])) == ["size"]
