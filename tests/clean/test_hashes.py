"""Hashes tell copies from other images, whatever the gain."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from sonomics.clean.hashes import BITS, difference_hash, near_pairs, pixel_hash


def picture(seed: int) -> NDArray[np.uint8]:
    coarse = np.random.default_rng(seed).integers(20, 200, (12, 14))
    return np.kron(coarse, np.ones((10, 10))).astype(np.uint8)


def distance(one: str, other: str) -> int:
    return (int(one, 16) ^ int(other, 16)).bit_count()


def test_the_hash_says_whether_it_gets_brighter_to_the_right() -> None:
    rising = np.tile(np.arange(0, 170, 5, dtype=np.uint8), (32, 1))
    assert difference_hash(rising) == "f" * 64
    assert difference_hash(rising[:, ::-1]) == "0" * 64


def test_gain_and_a_shift_of_one_pixel_change_few_bits_and_another_image_many() -> None:
    one = picture(1)
    assert distance(difference_hash(one), difference_hash((one * 1.2).astype(np.uint8))) <= 3
    assert distance(difference_hash(one), difference_hash(np.roll(one, 1, axis=1))) <= 25
    assert distance(difference_hash(one), difference_hash(picture(2))) > 60


def test_pixel_hash_knows_pixels_and_shape() -> None:
    one = picture(1)
    other = one.copy()
    other[3, 4] += 1
    assert pixel_hash(one) == pixel_hash(one.copy())
    assert len({pixel_hash(one), pixel_hash(other), pixel_hash(one.reshape(1, -1))}) == 3


@given(st.lists(st.integers(0, 2**BITS - 1).map(lambda value: f"{value:064x}"), max_size=12), st.integers(0, 140))
def test_near_pairs_are_those_a_loop_finds(hashes: list[str], limit: int) -> None:
    expected = [
        (i, j, distance(hashes[i], hashes[j]))
        for i in range(len(hashes))
        for j in range(i + 1, len(hashes))
        if distance(hashes[i], hashes[j]) <= limit
    ]
    assert [tuple(row) for row in near_pairs(hashes, limit).tolist()] == expected


def test_pairs_are_found_beyond_one_block() -> None:
    rng = np.random.default_rng(0)
    hashes = [rng.bytes(32).hex() for _ in range(1100)]
    hashes[1099] = hashes[3]
    hashes[1098] = hashes[600]
    assert near_pairs(hashes, 10).tolist() == [[3, 1099, 0], [600, 1098, 0]]
