"""Marks pasted at known places are found and removed, kind by kind, and texture comes back."""

import importlib.util
import os
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

from sonomics.clean.overlays.remove import find_overlays

SCRIPT = Path(__file__).resolve().parents[3] / "benchmarks/overlays.py"
CROSSES = ("plus", "times", "open_plus")


@pytest.fixture(scope="module")
def benchmark_script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("benchmark_of_overlays", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def assert_within_bounds(measured: pd.DataFrame) -> None:
    assert measured["recall"].mean() >= 0.8
    assert measured.loc[list(CROSSES), "recall"].mean() >= 0.7
    assert measured["precision"].min() >= 0.8
    assert measured["cleaned"].mean() <= 0.4 * measured["marked"].mean()


def test_marks_on_simulated_stills_are_found_and_texture_comes_back(
    benchmark_script: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(benchmark_script, "CLASSES", ("firstorder", "glcm"))
    pictures = benchmark_script.simulated(2)
    assert sum(find_overlays(picture).sum() for picture in pictures) == 0
    assert_within_bounds(benchmark_script.by_kind(pictures, 1))


@pytest.mark.realdata
def test_marks_on_real_breasts_are_found_and_texture_comes_back(benchmark_script: ModuleType) -> None:
    pictures = benchmark_script.unmarked(Path(os.environ["SONOMICS_REALDATA"]))
    assert sum(find_overlays(picture).sum() for picture in pictures) == 0
    assert_within_bounds(benchmark_script.by_kind(pictures[::4], 1))
