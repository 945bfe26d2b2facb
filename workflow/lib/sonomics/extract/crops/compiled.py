"""Compile the passes over the pixels once, however many jobs of a fresh checkout start at the same time."""

import fcntl
from pathlib import Path

import numpy as np

from sonomics.extract.crops.job import Compute
from sonomics.texture.zones import zones

EDGE = 12


def compiled(compute: Compute) -> Compute:
    """Describe a small region, so that what a family needs is compiled and kept, one job at a time.

    The first job compiles, those that waited load what it left (in the folder that numba chose for this checkout).

    Parameters
    ----------
    compute : callable
        What a family computes of a region.

    Returns
    -------
    callable
        The same.
    """
    folder = Path(str(zones.stats.cache_path))
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "compiling.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        pixels = np.random.default_rng(0).integers(0, 256, (EDGE, EDGE)).astype(np.float64)
        compute(pixels, np.ones((EDGE, EDGE), np.bool_), 1.0)
    return compute
