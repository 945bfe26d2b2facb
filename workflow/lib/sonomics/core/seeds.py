"""Seeds named after what they are for, never after the order in which jobs run."""

from hashlib import sha256

import numpy as np


def seed_for(*parts: object) -> int:
    """Derive a seed from names.

    Parameters
    ----------
    *parts : object
        Study seed, purpose, case, fold, model, ...; compared by their text.

    Returns
    -------
    int
        In [0, 2**32).
    """
    text = "\x1f".join(str(part) for part in parts)
    return int.from_bytes(sha256(text.encode()).digest()[:4], "big")


def generator(*parts: object) -> np.random.Generator:
    """Make a random generator seeded by `seed_for(*parts)`."""
    return np.random.default_rng(seed_for(*parts))
