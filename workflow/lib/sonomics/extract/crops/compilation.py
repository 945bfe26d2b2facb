"""Compile the passes over the pixels once, however many jobs of a fresh checkout start at the same time."""

import fcntl
from pathlib import Path

import numpy as np

from sonomics.extract.crops.job import Compute
from sonomics.texture.zones import count_zones

EDGE = 12  # of the small region that is computed, pixels


def compile_once(compute: Compute) -> Compute:
    """Compute a small region while holding a lock, so that one job compiles and the others load what it compiled.

    Numba keeps the compiled code in the folder that it chose for this checkout.

    Parameters
    ----------
    compute : callable
        Computes a family's features of one region.

    Returns
    -------
    callable
        The same function.
    """
    folder = Path(str(count_zones.stats.cache_path))
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "compiling.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        pixels = np.random.default_rng(0).integers(0, 256, (EDGE, EDGE)).astype(np.float64)
        compute(pixels, np.ones((EDGE, EDGE), np.bool_), 1.0)
    return compute
