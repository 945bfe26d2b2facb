"""Outlines that cannot be a lesion are refused, and real ones are not."""

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonomics.core.images import read_mask
from sonomics.crop.outlines.clean_frame import check_extent
from sonomics.crop.outlines.refusals import RefusedError

LARGEST = 0.8
REAL = 1000


def refusal(mask, largest=LARGEST):
    try:
        check_extent(mask, largest)
    except RefusedError as error:
        return error.code
    return ""


@given(top=st.integers(1, 20), left=st.integers(1, 30), height=st.integers(1, 15), width=st.integers(1, 20))
def test_an_outline_inside_the_frame_is_accepted_and_its_opposite_is_not(top, left, height, width):
    mask = np.zeros((40, 60), bool)
    mask[top : top + height, left : left + width] = True
    assert refusal(mask) == ""
    assert refusal(~mask) == "outline_inverted"
    assert refusal(~mask, largest=1) == ""


def test_a_lesion_may_reach_three_sides_and_no_more_than_the_share():
    mask = np.zeros((40, 60), bool)
    mask[:30, :] = True
    assert refusal(mask) == ""
    mask[:35, :] = True
    assert refusal(mask) == "outline_large"
    assert refusal(mask, largest=0.9) == ""


@pytest.mark.realdata
def test_every_real_outline_is_accepted_and_no_inverted_one():
    root = Path(os.environ["SONOMICS_REALDATA"])
    files = [*root.glob("bus-bra/Masks/*.png"), *root.glob("breast-other-centre/masks/*_tumor.png")]
    assert len(files) > REAL
    for file in files:
        mask = read_mask(file)
        assert (refusal(mask), refusal(~mask)) == ("", "outline_inverted"), file.name
