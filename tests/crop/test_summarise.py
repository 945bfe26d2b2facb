"""The counts of crops."""

import json

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
