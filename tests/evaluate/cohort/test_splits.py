"""Counts of a split by hand."""

import numpy as np

from sonomics.evaluate.cohort.splits import splits_table
from sonomics.evaluate.samples.scored import build_samples
from tests.evaluate.hand_made import A, cohort_of, join, predictions_of


def test_cases_are_counted_by_what_is_known_of_them() -> None:
    cohort = cohort_of(["malignant"] * 4 + ["benign"] * 2 + [np.nan, "benign"])
    cases = join(cohort, predictions_of(cohort, "a", [0.9, 0.8, 0.6, 0.3, 0.7, 0.2, 0.5, np.nan]))
    row = splits_table(build_samples(cases, [A])).iloc[0]
    assert row[["cases", "unscored", "unknown_label", "analysed", "positives"]].tolist() == [8, 1, 1, 6, 4]
