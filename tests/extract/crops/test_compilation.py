"""Compiled code of a fresh checkout."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sonomics.extract.crops.compilation import compile_once

JOB = """
from sonomics.extract.crops.compilation import compile_once
from sonomics.texture.zones import count_zones
import numpy as np
compile_once(lambda pixels, mask, edge: count_zones(np.pad(mask.astype(np.int32), 1), 1))
print(sum(count_zones.stats.cache_misses.values()), sum(count_zones.stats.cache_hits.values()))
"""


def test_the_function_comes_back_after_a_small_region():
    seen = []

    def compute(pixels, mask, edge):
        seen.append((pixels.shape, mask.all(), edge))
        return np.zeros(1)

    assert compile_once(compute) is compute
    assert len(seen) == 1


@pytest.mark.ci
def test_two_jobs_at_once_compile_once(tmp_path: Path):
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    command = [sys.executable, "-c", JOB]
    jobs = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    counts = [tuple(map(int, job.communicate()[0].split())) for job in jobs]
    assert sorted(counts) == [(0, 1), (1, 0)]
