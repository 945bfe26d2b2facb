import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import SimpleITK
from PIL import Image

from sonomics.core import schemas
from sonomics.core.images import read_grey, read_mask, write_png
from sonomics.core.tables import read_table, write_table
from sonomics.crop import crops, summarise
from sonomics.crop.regions.sheet import GAP, LINE, SIDE, TITLE, contact_sheet

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


@pytest.fixture
def chunk(tmp_path):
    return Chunk(tmp_path)


def test_crop_is_cut_from_the_clean_image_around_the_shifted_outline(chunk):
    pixels = chunk.image("P1-e1-i1-f0")
    chunk.outline("P1-e1-i1")
    row = chunk.crop().loc["P1-e1-i1-f0", "reader_1", "1"]
    assert row["keep"]
    assert (row["rows"], row["columns"], row["outline_pixels"]) == (14, 16, 120)
    np.testing.assert_array_equal(read_grey(row["file"]), pixels[8:22, 8:24])
    mask = read_mask(row["mask"])
    assert mask[2:-2, 2:-2].all()
    assert mask.sum() == 120


def test_every_frame_of_an_instance_and_every_reading_is_cropped(chunk):
    for name in ("P1-e1-i1-f0", "P1-e1-i1-f7"):
        chunk.image(name)
    chunk.outline("P1-e1-i1")
    chunk.outline("P1-e1-i1", session="2")
    chunk.outline("P1-e1-i1-f7", reader="reader_2")
    table = chunk.crop()
    assert table["keep"].all()
    assert len(table) == 5
    assert ("P1-e1-i1-f0", "reader_2", "1") not in table.index


def test_the_users_outline_replaces_the_sources(chunk):
    chunk.image("P1-e1-i1-f0")
    chunk.outline("P1-e1-i1")
    chunk.outline("P1-e1-i1", root="own", rows=slice(20, 36))
    assert chunk.crop().iloc[0]["outline_pixels"] == 16 * 12


def test_bad_outlines_are_set_aside_with_their_reason(chunk):
    for number in range(1, 7):
        chunk.image(f"P{number}-e1-i1-f0")
    chunk.outline("P1-e1-i1")
    chunk.outline("P2-e1-i1", rows=slice(0, 0))
    chunk.outline("P3-e1-i1", rows=slice(20, 21))
    write_png(chunk.root / "source" / "reader_1" / "1" / "P4-e1-i1.png", np.ones(SHAPE, bool))
    (chunk.root / "source" / "reader_1" / "1" / "P5-e1-i1.png").write_bytes(b"no picture")
    table = chunk.crop().reset_index().set_index("case")
    assert table["reason"].to_dict() == {
        "P1": "",
        "P2": "outline_empty",
        "P3": "outline_small",
        "P4": "outline_size",
        "P5": "outline_unreadable",
        "P6": "no_outline",
    }
    assert table["keep"].sum() == 1
    assert (table.loc[~table["keep"], "file"] == "").all()


def test_only_images_kept_by_the_verdict_are_cropped(chunk):
    chunk.image("P1-e1-i1-f0")
    chunk.image("P2-e1-i1-f0", keep=False)
    for case in ("P1", "P2"):
        chunk.outline(f"{case}-e1-i1")
    assert list(chunk.crop()["case"]) == ["P1"]


def test_nothing_to_crop_is_an_empty_table(chunk):
    chunk.image("P1-e1-i1-f0", keep=False)
    assert len(chunk.crop()) == 0
    assert (chunk.root / "pixels").is_dir()


def test_whole_image_as_region(chunk):
    chunk.image("P1-e1-i1-f0")
    chunk.image("P2-e1-i1-f0")
    chunk.outline("P1-e1-i1")
    table = chunk.crop(region="whole").reset_index().set_index("case")
    assert table.loc["P1", "outline_pixels"] == SHAPE[0] * SHAPE[1]
    assert table.loc["P2", "reason"] == "no_outline"


def test_summary_by_hand(chunk):
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
    summarise.main(["--crops", str(path), "--metrics", str(metrics)])
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


def test_perturbed_copies_are_readings_of_their_own_and_the_same_each_time(chunk):
    chunk.image("P1-e1-i1-f0")
    chunk.outline("P1-e1-i1")
    settings = {"times": 2, "grow": 0.1, "shift": 0.1, "rotate": 10, "contour": 0.02}
    first = chunk.crop(perturb=settings)
    assert first["keep"].all()
    assert set(first.index.get_level_values("reader")) == {"reader_1", "perturbed"}
    masks = {index: read_mask(Path(file)) for index, file in first["mask"].items()}
    again = chunk.crop(perturb=settings)
    assert all((masks[index] == read_mask(Path(file))).all() for index, file in again["mask"].items())
    assert first["outline_pixels"].nunique() > 1


def test_square_crops_are_square(chunk):
    chunk.image("P1-e1-i1-f0")
    chunk.outline("P1-e1-i1", rows=slice(20, 24))
    row = chunk.crop(shape="square").iloc[0]
    assert row["rows"] == row["columns"]


def test_the_sheet_shows_every_crop(chunk):
    chunk.image("P1-e1-i1-f0")
    chunk.outline("P1-e1-i1")
    chunk.crop()
    sheet = np.asarray(Image.open(chunk.root / "sheet.png"))
    assert sheet.shape == (SIDE + TITLE, SIDE + GAP, 3)
    assert (sheet == LINE).all(axis=2).any()


@pytest.mark.parametrize(("count", "rows", "across"), [(0, 1, 1), (3, 1, 3), (8, 1, 8), (10, 2, 8), (200, 8, 8)])
def test_a_sheet_has_eight_tiles_a_row_and_at_most_64(count, rows, across):
    tile = np.full((30, 20), 90, np.uint8)
    sheet = contact_sheet([(f"P{number}", "reader_1, session 1", tile, tile > 0) for number in range(count)])
    assert sheet.shape == (rows * (SIDE + TITLE), across * (SIDE + GAP), 3)
    tiles = sheet.reshape(rows, SIDE + TITLE, across, SIDE + GAP, 3)
    assert (tiles == 90).all(axis=4).any(axis=(1, 3)).sum() == min(count, 64)


def test_a_label_that_nobody_drew_is_set_aside(chunk):
    chunk.image("P1-e1-i1-f0")
    chunk.outline("P1-e1-i1")
    assert chunk.crop(label="7")["reason"].tolist() == ["outline_label"]


def test_the_log_names_patient_image_reader_rule_and_mend(chunk, caplog):
    chunk.image("P1-e1-i1-f0")
    chunk.outline("P1-e1-i1", rows=slice(0, 0))
    chunk.crop()
    (line,) = [record.getMessage() for record in caplog.records if record.name == "sonomics.crop.crops"]
    for part in (
        "patient P1",
        "P1-e1-i1-f0",
        "reader_1, session 1",
        "no pixel of the outline is set",
        "draw the region",
    ):
        assert part in line


@pytest.mark.parametrize(
    ("suffix", "shape", "reason", "sizes"),
    [
        ("png", (90, 70), "outline_transposed", "90 x 70, not 70 x 90"),
        ("nii.gz", (90, 70), "outline_transposed", "90 x 70, not 70 x 90"),
        ("png", (71, 90), "outline_size", "71 x 90, not 70 x 90"),
    ],
)
def test_the_log_names_both_sizes_of_an_outline_that_does_not_fit(chunk, caplog, suffix, shape, reason, sizes):
    chunk.image("P1-e1-i1-f0")
    file = chunk.root / "source" / "reader_1" / "1" / f"P1-e1-i1.{suffix}"
    file.parent.mkdir(parents=True)
    SimpleITK.WriteImage(SimpleITK.GetImageFromArray(np.ones(shape, np.uint8)), str(file))
    assert chunk.crop().iloc[0]["reason"] == reason
    assert sizes in caplog.text


@pytest.mark.parametrize("region", ["lesion", "ring", "whole"])
def test_one_pixel_makes_a_crop_where_it_is_allowed(chunk, region):
    chunk.image("P1-e1-i1-f0")
    mask = np.zeros((70, 90), bool)
    mask[25, 33] = True
    write_png(chunk.root / "source" / "reader_1" / "1" / "P1-e1-i1.png", mask)
    row = chunk.crop(min_pixels=1, region=region, ring=2.0).iloc[0]
    assert row["keep"]
    assert row["outline_pixels"] >= 1
