"""Fingerprints of pixels, for finding duplicates."""

from collections.abc import Sequence
from hashlib import sha256

import cv2
import numpy as np
from numpy.typing import NDArray

SIDE = 16
BITS = SIDE * SIDE
_BLOCK = 512


def pixel_hash(picture: NDArray[np.uint8]) -> str:
    """Return the SHA-256 of an image's shape and pixels, hexadecimal."""
    return sha256(repr(picture.shape).encode() + np.ascontiguousarray(picture).tobytes()).hexdigest()


def difference_hash(picture: NDArray[np.uint8]) -> str:
    """Return the 256-bit difference hash (dHash, Krawetz 2013).

    The image is shrunk to 16 rows by 17 columns; each bit says whether a cell is darker than the one to its right.
    Gain and contrast, which keep the order of grey levels, leave it nearly unchanged.

    Parameters
    ----------
    picture : (rows, columns) uint8

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    small = cv2.resize(picture.astype(np.float32), (SIDE + 1, SIDE), interpolation=cv2.INTER_AREA)
    return np.packbits(small[:, :-1] < small[:, 1:]).tobytes().hex()


def near_pairs(hashes: Sequence[str], max_distance: int) -> NDArray[np.int64]:
    """Find all pairs of hashes that differ in few bits.

    Parameters
    ----------
    hashes : sequence of str
        From `difference_hash`.
    max_distance : int
        Largest number of differing bits.

    Returns
    -------
    (pairs, 3) int64
        Index, larger index, distance; sorted.
    """
    words = np.frombuffer(bytes.fromhex("".join(hashes)), dtype=np.uint64).reshape(len(hashes), BITS // 64)
    found = [np.empty((0, 3), dtype=np.int64)]
    for start in range(0, len(words), _BLOCK):
        block = words[start : start + _BLOCK]
        distance = np.zeros((len(block), len(words) - start), dtype=np.uint16)
        for word in range(words.shape[1]):
            distance += np.bitwise_count(block[:, None, word] ^ words[None, start:, word])
        rows, columns = np.nonzero(np.triu(distance <= max_distance, k=1))
        found.append(np.stack([rows + start, columns + start, distance[rows, columns]], axis=1).astype(np.int64))
    return np.concatenate(found)
