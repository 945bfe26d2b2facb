"""The counts of crops."""

import json

import pandas as pd

from sonomics.core import schemas
from sonomics.core.tables import empty_table, write_table
from sonomics.crop import summarise
from tests.crop.chunk import Chunk


def test_summary_by_hand(tmp_path):
    chunk = Chunk(tmp_path)
    for number in (1, 2, 3):
        chunk.image(f"P{number}-e1-i1-f0")
    chunk.outline("P1-e1-i1")
    chunk.outline("P1-e1-i1", reader="reader_2")
    chunk.outline("P2-e1-i1")
    chunk.crop()
    path = chunk.root / "main" / "0" / "crops.parquet"
    path.parent.mkdir(parents=True)
    (chunk.root / "crops.parquet").rename(path)
    metrics = chunk.root / "crop.json"
    summarise.main(["--crops", "main", "0", str(path), "--metrics", str(metrics)])
    assert json.loads(metrics.read_text()) == {
        "main": {
            "crops": 3,
            "cases": 2,
            "without_spacing": 3,
            "by_reading": {"reader_1 session 1": 2, "reader_2 session 1": 1},
            "by_view": {"grey": 3},
            "set_aside": 1,
            "by_reason": {"no_outline": 1},
        }
    }


def test_outlines_that_no_image_uses_are_counted_by_reason(tmp_path):
    crops, unused, metrics = (tmp_path / name for name in ("crops.parquet", "unused.csv", "crop.json"))
    write_table(empty_table(schemas.CROPS), crops, schemas.CROPS)
    rows = [("reader_1", "1", "a.png", "a", "no_case"), ("reader_1", "1", "b.png", "b", "no_case")]
    write_table(pd.DataFrame(rows, columns=list(schemas.UNUSED.columns)), unused, schemas.UNUSED)
    summarise.main(["--crops", "main", "0", str(crops), "--unused", str(unused), "--metrics", str(metrics)])
    assert json.loads(metrics.read_text())["unused_outlines"] == {"no_case": 2}
