"""Outline files that are made to fill memory or time: told, not suffered."""

import json

import numpy as np
import pytest
from PIL import Image

from sonomics.core.errors import StudyError
from sonomics.core.settings.crop import Crop
from sonomics.crop.formats import volumes
from sonomics.crop.formats.coco import decompress
from sonomics.crop.outlines.folders import find_outlines
from sonomics.crop.outlines.readings import draw_readings

STEM = "P1-e1-i1"
FRAME = {
    "image": f"{STEM}-f0", "file": "x.png", "rows": 30, "columns": 40, "exported_rows": 30, "exported_columns": 40,
    "frame": 0, "offset_row": 0, "offset_column": 0,
}  # fmt: skip
CROP = Crop.partial({"region": "lesion", "margin": 0, "min_pixels": 1, "analysis": {"reader": "r", "session": "1"}})
SQUARE = [[5, 5], [25, 5], [25, 25], [5, 25]]


def fate(tmp_path, name, content):
    """The reason why a file, or an outline in it, is set aside; "" when it is drawn."""
    session = tmp_path / "r" / "1"
    session.mkdir(parents=True)
    (session / name).write_bytes(content)
    outlines = find_outlines([tmp_path])
    aside = [each.refusal for by_stem in outlines.values() for each in by_stem.values() if each.refusal]
    ((_, _, mask),) = draw_readings(FRAME, outlines, CROP, 1)
    assert not aside or mask.code == "no_outline"  # the image is told as one without outline
    return aside[0] if aside else getattr(mask, "code", "")


def labelme(rows, columns):
    shape = {"label": "l", "shape_type": "polygon", "points": SQUARE}
    return json.dumps({"imageHeight": rows, "imageWidth": columns, "shapes": [shape]}).encode()


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        (f"{STEM}.json", labelme(30, 40), ""),
        (f"{STEM}.json", labelme(10**9, 10**9), "outline_size"),
        (f"{STEM}.json", labelme(-30, -40), "outline_size"),
        (f"{STEM}.json", labelme(0, 40), "outline_size"),
        (f"{STEM}.json", b"[" * 100_000, "outline_unreadable"),
        (f"{STEM}.png", b"", "outline_unreadable"),
        (f"{STEM}.nii.gz", b"\x1f\x8b", "outline_unreadable"),
        # ITK dies of this one
        (f"{STEM}.mha", b"ObjectType = Image\nNDims = -1\nBinaryData = True\nDimSize = 4 3 1\n", "outline_unreadable"),
        ("all.coco.json", b'{"images":' * 100_000, "outline_file_unreadable"),
        ("all.xml", b"<image>" * 100_000, "outline_file_unreadable"),
        ("all.boxes.csv", b"\0" * 1000, "outline_file_unreadable"),
    ],
)
def test_each_is_drawn_or_told(tmp_path, name, content, reason):
    found = fate(tmp_path, name, content)
    assert reason in found
    assert bool(found) == bool(reason)


def test_an_entity_that_stands_for_a_million_is_not_written_out(tmp_path):
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e0 "lollollol">{entities}]><annotations>&e9;</annotations>'
    assert fate(tmp_path, "all.xml", bomb.encode()) == "outline_file_unreadable"


def test_a_run_that_never_ends_is_refused():
    with pytest.raises(ValueError, match="longer than any image"):
        decompress("o" * 1_000_000)


def test_a_volume_that_states_more_than_memory_holds_is_not_read(tmp_path, monkeypatch):
    import SimpleITK

    drawn = np.zeros((1, 30, 40), np.uint8)
    drawn[0, 5:25, 5:25] = 1
    SimpleITK.WriteImage(SimpleITK.GetImageFromArray(drawn), str(tmp_path / "x.nrrd"))
    content = (tmp_path / "x.nrrd").read_bytes()
    assert fate(tmp_path / "a", f"{STEM}.nrrd", content) == ""
    monkeypatch.setattr(volumes, "MOST_VOXELS", 1000)
    assert fate(tmp_path / "b", f"{STEM}.nrrd", content) == "outline_size"


def test_of_many_pages_one_is_in_memory(tmp_path, monkeypatch):
    pages = [Image.fromarray(np.full((30, 40), number, np.uint8)) for number in range(5)]
    pages[0].save(tmp_path / "x.tif", save_all=True, append_images=pages[1:])
    copied = []
    copy = Image.Image.copy
    monkeypatch.setattr(Image.Image, "copy", lambda image: copied.append(image) or copy(image))
    assert fate(tmp_path / "a", f"{STEM}.tif", (tmp_path / "x.tif").read_bytes()) == "outline_empty"
    assert len(copied) < len(pages)


def test_braces_in_a_name_are_told(tmp_path):
    (tmp_path / "{r}" / "1").mkdir(parents=True)
    (tmp_path / "{r}" / "1" / f"{STEM}.png").write_bytes(b"")
    with pytest.raises(StudyError, match="braces"):
        find_outlines([tmp_path])
