"""Hashes tell copies from other images, whatever the gain, mirrored or not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from sonomics.clean.screening.hashes import BITS, difference_hash, find_near_pairs, hash_pixels

DIGITS = BITS // 4


def picture(seed: int) -> NDArray[np.uint8]:
    coarse = np.random.default_rng(seed).integers(20, 200, (12, 14))
    return np.kron(coarse, np.ones((10, 10))).astype(np.uint8)


def distance(one: str, other: str) -> int:
    """Differing bits of the upright halves."""
    return (int(one[:DIGITS], 16) ^ int(other[:DIGITS], 16)).bit_count()


def test_the_hash_says_whether_it_gets_brighter_to_the_right_and_the_same_of_the_mirror_image() -> None:
    rising = np.tile(np.arange(0, 170, 5, dtype=np.uint8), (32, 1))
    assert difference_hash(rising) == "f" * DIGITS + "0" * DIGITS
    assert difference_hash(rising[:, ::-1]) == "0" * DIGITS + "f" * DIGITS


def test_gain_and_a_shift_of_one_pixel_change_few_bits_and_another_image_many() -> None:
    one = picture(1)
    assert distance(difference_hash(one), difference_hash((one * 1.2).astype(np.uint8))) <= 3
    assert distance(difference_hash(one), difference_hash(np.roll(one, 1, axis=1))) <= 25
    assert distance(difference_hash(one), difference_hash(picture(2))) > 60


def test_pixel_hash_knows_pixels_and_shape() -> None:
    one = picture(1)
    other = one.copy()
    other[3, 4] += 1
    assert hash_pixels(one) == hash_pixels(one.copy())
    assert len({hash_pixels(one), hash_pixels(other), hash_pixels(one.reshape(1, -1))}) == 3


def test_a_mirror_image_is_near_and_says_so() -> None:
    hashes = [difference_hash(picture(1)), difference_hash(picture(2)), difference_hash(picture(1)[:, ::-1])]
    (one, other, bits, mirrored), *more = find_near_pairs(hashes, 10).tolist()
    assert (one, other, mirrored, more) == (0, 2, 1, [])
    assert bits <= 2


@pytest.mark.parametrize(("share", "found"), [(0.24, 0), (0.25, 1)])
def test_the_share_counts_only_bits_that_are_set(share: float, found: int) -> None:
    # 3 bits are set in both, and 1 more in the second: 1 of the 4 differs.
    one, other = "7".zfill(DIGITS), "f".zfill(DIGITS)
    assert len(find_near_pairs([one + "f" * DIGITS, other + "f" * DIGITS], -1, share)) == found


@given(
    st.lists(st.integers(0, 2 ** (2 * BITS) - 1).map(lambda value: f"{value:0{2 * DIGITS}x}"), max_size=12),
    st.integers(0, 140),
    st.floats(0, 0.9),
)
def test_near_pairs_are_those_a_loop_finds(hashes: list[str], limit: int, share: float) -> None:
    expected = []
    for i, one in enumerate(hashes):
        for j in range(i + 1, len(hashes)):
            other, set_bits = hashes[j], int(one[:DIGITS], 16).bit_count() + int(hashes[j][:DIGITS], 16).bit_count()
            same, turned = distance(one, other), distance(one, other[DIGITS:])
            least = min(same, turned)
            if least <= limit or least <= set_bits * (share / (2 - share)):
                expected.append([i, j, least, int(turned < same)])
    assert find_near_pairs(hashes, limit, share).tolist() == expected


def test_pairs_are_found_beyond_one_block() -> None:
    rng = np.random.default_rng(0)
    hashes = [rng.bytes(64).hex() for _ in range(1100)]
    hashes[1099] = hashes[3]
    hashes[1098] = hashes[600]
    assert find_near_pairs(hashes, 10).tolist() == [[3, 1099, 0, 0], [600, 1098, 0, 0]]
