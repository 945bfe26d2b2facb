"""One chunk of a study, in a folder, for tests of the crop jobs."""

import json

import numpy as np
import pandas as pd

from sonomics.core import schemas
from sonomics.core.images import write_png
from sonomics.core.tables import read_table, write_table
from sonomics.crop import crops

SETTINGS = {"region": "lesion", "margin": 0.1, "min_pixels": 20, "analysis": {"reader": "reader_1", "session": "1"}}
SHAPE = (40, 50)


class Chunk:
    """One chunk of a study, in a folder."""

    def __init__(self, root):
        self.root, self.rows, self.kept = root, [], []

    def image(self, name, *, keep=True):
        pixels = np.random.default_rng(len(self.rows)).integers(1, 256, SHAPE).astype(np.uint8)
        case, exam, instance, _ = name.split("-")
        file = self.root / "frames" / f"{name}.png"
        write_png(file, pixels)
        row = {"patient": case, "case": case, "image": name, "exam": exam, "instance": instance, "view": "grey"}
        row |= {"centre": "a", "device": "d", "spacing_mm": np.nan, "rows": SHAPE[0], "columns": SHAPE[1], "frame": 0}
        row |= {"time_s": np.nan, "offset_row": 10, "offset_column": 20, "exported_rows": 70, "exported_columns": 90}
        row |= {name: "" if kind == "str" else 0 for name, kind in schemas.IMAGES.columns.items() if name not in row}
        row |= {"overlay_pixels": 0, "file": str(file), "sha256": "", "dhash": "", "keep": True, "reason": ""}
        blank = {"str": "", "int": 0, "float": np.nan, "bool": False}
        self.rows.append({name: row.get(name, blank[kind]) for name, kind in schemas.IMAGES.columns.items()})
        self.kept.append({"image": name, "keep": keep, "reason": "" if keep else "qc_target"})
        return pixels

    def outline(self, stem, *, reader="reader_1", session="1", root="source", rows=slice(20, 30)):
        mask = np.zeros((70, 90), bool)
        mask[rows, 30:42] = True
        write_png(self.root / root / reader / session / f"{stem}.png", mask)

    def crop(self, **changes):
        images, verdicts, out = (self.root / name for name in ("images.parquet", "verdicts.parquet", "crops.parquet"))
        write_table(pd.DataFrame(self.rows), images, schemas.IMAGES)
        write_table(pd.DataFrame(self.kept), verdicts, schemas.VERDICTS)
        crops.main(
            [
                *("--settings", json.dumps({"study": {"seed": 42}, "crop": {**SETTINGS, **changes}})),
                *("--outlines", str(self.root / "source"), str(self.root / "own")),
                *("--images", str(images), "--verdicts", str(verdicts)),
                *("--pixels", str(self.root / "pixels"), "--crops", str(out), "--sheet", str(self.root / "sheet.png")),
            ]
        )
        return read_table(out, schemas.CROPS).set_index(["image", "reader", "session"])
