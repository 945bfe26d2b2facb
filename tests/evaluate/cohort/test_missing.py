"""Missing values by hand."""

import numpy as np

from sonomics.evaluate.cohort.missing import missing_table
from sonomics.evaluate.samples.scored import build_samples
from tests.evaluate.hand_made import A, cases_of


def test_missing_values_are_counted_with_what_becomes_of_them() -> None:
    cases = cases_of({"train": 10}).assign(age=[1.0] * 7 + [np.nan] * 3)
    cases.loc[:1, "label"] = np.nan
    cases.loc[0, "a__probability"] = np.nan
    table = missing_table(build_samples(cases, [A]), ["age"]).set_index("column")
    assert table["missing"].to_dict() == {"label": 2, "prediction": 1, "age": 3}
    assert table.loc["age", ["n", "percent"]].tolist() == [10, 30]
    assert (table["policy"] != "").all()
