"""Names of sets."""

import pytest

from sonomics.report.study.evaluation import name_set


@pytest.mark.parametrize(
    ("split", "name"),
    [
        ("train", "the training set (out of fold)"),
        ("internal", "the internal test set"),
        ("external_2", "external test set 2"),
        ("prospective", "the prospective set"),
    ],
)
def test_sets_are_named_in_sentences(split: str, name: str) -> None:
    assert name_set(split) == name
