"""Hash pixels, and find pairs of images with near hashes."""

from collections.abc import Sequence
from hashlib import sha256

import cv2
import numpy as np
from numpy.typing import NDArray

SIDE = 16  # cells a row and rows; a convention: 256 bits instead of the usual 64
BITS = SIDE * SIDE
_BLOCK = 512  # images compared with all later ones at once

Words = NDArray[np.uint64]


def hash_pixels(picture: NDArray[np.uint8]) -> str:
    """Return the SHA-256 of an image's shape and pixels, hexadecimal."""
    return sha256(repr(picture.shape).encode() + np.ascontiguousarray(picture).tobytes()).hexdigest()


def difference_hash(picture: NDArray[np.uint8]) -> str:
    """Return the 256-bit difference hash (dHash, Krawetz 2013) of an image and that of its mirror image.

    The image is shrunk to 16 rows by 17 columns; each bit says whether a cell is darker than the one to its right.
    Gain and contrast, which keep the order of grey levels, leave it nearly unchanged.

    Parameters
    ----------
    picture : (rows, columns) uint8

    Returns
    -------
    str
        Twice 64 hexadecimal digits.
    """
    small = cv2.resize(picture.astype(np.float32), (SIDE + 1, SIDE), interpolation=cv2.INTER_AREA)
    return "".join(np.packbits(cells[:, :-1] < cells[:, 1:]).tobytes().hex() for cells in (small, small[:, ::-1]))


def find_near_pairs(hashes: Sequence[str], max_distance: int, max_share: float = 0.0) -> NDArray[np.int64]:
    """Find all pairs of images whose hashes differ in few bits, or in a small share of those that are set.

    The share is that of Jaccard (1912): bits that differ over bits set in either. The dark surround of a sector, in
    which no bit is set, does not make two images similar. All pairs are compared, 64 bits at a time.

    Parameters
    ----------
    hashes : sequence of str
        From `difference_hash`.
    max_distance : int
        Number of differing bits up to which a pair is near.
    max_share : float
        Share of differing bits up to which a pair is near.

    Returns
    -------
    (pairs, 4) int64
        Index, larger index, distance in bits, and 1 where the one looks like the other's mirror image rather than the
        other; sorted.
    """
    words = np.frombuffer(bytes.fromhex("".join(hashes)), dtype=np.uint64).reshape(len(hashes), 2, BITS // 64)
    upright, mirrored = (np.ascontiguousarray(words[:, side].T) for side in (0, 1))
    set_bits = np.bitwise_count(upright).sum(axis=0, dtype=np.int32)
    pairs = [np.empty((0, 4), dtype=np.int64)]
    for start in range(0, len(words), _BLOCK):
        same = _count_differing_bits(upright[:, start : start + _BLOCK], upright[:, start:])
        turned = _count_differing_bits(upright[:, start : start + _BLOCK], mirrored[:, start:])
        least = np.minimum(same, turned)
        # share = 2 d / (a + b + d) <= s exactly where d <= (a + b) s / (2 - s), with a and b bits set and d differing
        allowed = (set_bits[start : start + _BLOCK, None] + set_bits[None, start:]) * (max_share / (2 - max_share))
        rows, columns = np.nonzero((least <= max_distance) | (least <= allowed))
        later = columns > rows
        rows, columns = rows[later], columns[later]
        by_mirror = turned[rows, columns] < same[rows, columns]
        pairs.append(np.stack([rows + start, columns + start, least[rows, columns], by_mirror], axis=1))
    return np.concatenate(pairs).astype(np.int64)


def _count_differing_bits(some: Words, others: Words) -> NDArray[np.uint16]:
    """Count the differing bits of every pair, shape (some, others)."""
    distance = np.zeros((some.shape[1], others.shape[1]), dtype=np.uint16)
    for one, other in zip(some, others, strict=True):
        distance += np.bitwise_count(one[:, None] ^ other[None, :])
    return distance
