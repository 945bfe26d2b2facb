"""Hostile files by number go the way of real ones: each has a fate, and none ends in a traceback."""

import logging
from collections import Counter

import pytest

from benchmarks.hostile import DICOM, OUTLINE, judge, summarise

FATES = {
    DICOM: {"kept", "exported, set aside by clean", "set aside by the export"},
    OUTLINE: {"drawn", "set aside by the crop", "stopped by name", "whole file set aside"},
}


@pytest.mark.parametrize("kind", [DICOM, OUTLINE])
@pytest.mark.parametrize("count", [20, pytest.param(250, marks=pytest.mark.ci)])
def test_every_hostile_file_has_a_fate(kind, count):
    logging.getLogger("sonomics").setLevel(logging.CRITICAL)
    rows = [[kind, str(seed), *judge(kind, seed)] for seed in range(count)]
    fates = Counter(row[4] for row in rows)
    assert set(fates) <= FATES[kind], fates
    assert f"{count:,} made and tried" in summarise(rows, {kind: 0.0}, {kind: [1000]})


def test_a_seed_makes_the_same_file_again():
    assert judge(DICOM, 3) == judge(DICOM, 3)
