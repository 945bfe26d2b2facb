"""The order of splits."""

from sonomics.evaluate.samples.splits import sort_splits


def test_splits_are_ordered_as_they_are_read() -> None:
    splits = ["prospective", "external_10", "external_2", "internal", "train", "internal"]
    assert sort_splits(splits) == ["train", "internal", "external_2", "external_10", "prospective"]
