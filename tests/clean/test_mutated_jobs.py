"""Broken files through cleaning: nothing crashes, every file is accounted for."""

import json
import os
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sonomics.clean import clean_chunk
from sonomics.core import schemas
from sonomics.core.images import read_grey
from sonomics.core.tables import read_table, write_table
from tests.clean.dicom_files import mutated, seeds

REASONS = {
    "",
    "unreadable",
    "wrong_modality",
    "no_pixels",
    "no_variation",
    "no_view",
    "no_frame_times",
    "no_frame_in_window",
}
SMALL = 1_000_000
SETTINGS = {
    "views": {"grey": {"from": "still"}, "arterial": {"from": "clip", "window_s": [0, 30], "pick": "peak"}},
    "overlays": "remove",
}


def export(files: dict[str, bytes], count: int, chunk: Path) -> None:
    """Write a chunk of broken files: each in turn, always broken in the same ways."""
    rng = np.random.default_rng(20)
    names = sorted(files)
    chunk.mkdir(parents=True)
    rows = []
    for number in range(count):
        stem = f"P{number:05d}-e1-i1"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            (chunk / f"{stem}.dcm").write_bytes(mutated(files[names[number % len(names)]], rng))
        rows.append(
            {
                "patient": stem[:6], "case": stem[:6], "exam": "e1", "instance": "i1", "stem": stem,
                "file": str(chunk / f"{stem}.dcm"), "view": "", "device": "", "centre": "c", "spacing_mm": np.nan,
                "frames": 1, "rows": 0, "columns": 0, "bytes": 1, "sha256": "", "reason": "",
            }
        )  # fmt: skip
    write_table(pd.DataFrame(rows), chunk / "manifest.parquet", schemas.MANIFEST)


def check(files: dict[str, bytes], count: int) -> pd.Series:
    """Clean a chunk of broken files; return how often each reason occurs, "" for kept."""
    export(files, count, Path("export"))
    clean_chunk.main(
        [
            *("--settings", json.dumps({"clean": SETTINGS}), "--exams", "export", "--frames", "frames"),
            *("--images", "images.parquet", "--curves", "curves.parquet"),
        ]
    )
    images = read_table(Path("images.parquet"), schemas.IMAGES)
    assert set(images["case"]) == {f"P{number:05d}" for number in range(count)}
    assert set(images["reason"]) <= REASONS
    kept = images[images["keep"]]
    assert (kept["reason"] == "").all()
    assert (images.loc[~images["keep"], "reason"] != "").all()
    assert set(kept["file"]) == {str(file) for file in Path("frames").glob("*.png")}
    for row in kept.sample(min(len(kept), 50), random_state=0).itertuples():
        assert read_grey(Path(row.file)).shape == (row.rows, row.columns)
    return images["reason"].value_counts()


def test_two_hundred_broken_files(inside: Path) -> None:
    found = check(seeds(), 200)
    assert found["unreadable"] > 40
    assert found[""] > 40


@pytest.mark.ci
def test_two_thousand_broken_files(inside: Path) -> None:
    assert check(seeds(), 2000)["unreadable"] > 400


@pytest.mark.ci
@pytest.mark.realdata
def test_five_hundred_broken_real_files(inside: Path) -> None:
    real = Path(os.environ["SONOMICS_REALDATA"], "us-dicom").rglob("*.dcm")
    files = {file.name: content for file in real if len(content := file.read_bytes()) < SMALL}
    assert check(files, 500)["unreadable"] > 100
