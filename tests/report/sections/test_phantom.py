"""The IBSI phantom on the page."""

from io import StringIO

import pandas as pd

from sonomics.report.sections.phantom import describe_phantom
from tests.report.synthetic import PHANTOM


def test_values_are_counted_by_family_of_features():
    described = describe_phantom(pd.read_csv(StringIO(PHANTOM)))
    assert described.summary == "IBSI digital phantom: 3 of 4 values agree"
    assert [(row[0].main, row[1].main) for row in described.counts.rows] == [
        ("PyRadiomics features, firstorder", "1 of 1"),
        ("PyRadiomics features, glcm", "1 of 2"),
        ("MaZda features", "1 of 1"),
    ]
    assert [row[-1].main for row in described.all_values.rows] == ["agrees", "agrees", "differs", "agrees"]


def test_a_study_without_such_an_engine_says_nothing():
    assert describe_phantom(pd.read_csv(StringIO(PHANTOM)).iloc[:0]) is None


def test_the_page_shows_it_folded(page: str):
    assert "<summary>IBSI digital phantom: 3 of 4 values agree</summary>" in page
    assert page.count("cm_contrast_2D_avg") >= 1
