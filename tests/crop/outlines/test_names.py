"""Names as tools write them mean one image, or are told."""

import json

import numpy as np
import pytest

from sonomics.core.errors import StudyError
from sonomics.core.images import write_png
from sonomics.crop.outlines.drawings import MaskRequest
from sonomics.crop.outlines.folders import Reading, find_outlines
from sonomics.crop.outlines.names import stem_of_file, strip_additions
from sonomics.crop.outlines.unused import explain, list_unused

NAME = "P1-e1-i1"
MASK = np.zeros((20, 30), bool)
MASK[5:12, 8:20] = True


def drawn(root, *names):
    for name in names:
        write_png(root / "reader_1" / "1" / name, MASK)
    return find_outlines([root]).get(Reading("reader_1", "1"), {})


@pytest.mark.parametrize(
    "name",
    [
        f"{NAME}.png",
        f"..\\images\\{NAME}.png",
        f"C:\\data\\a.b\\{NAME}.JPG",
        f"train/a b/{NAME}.png",
        f"./{NAME}",
    ],
)
def test_folders_of_any_system_are_left_out(name):
    assert stem_of_file(name) == NAME


@pytest.mark.parametrize(
    "stem",
    [
        f"{NAME}_mask", f"{NAME}-label", f"{NAME}_seg", f"{NAME}.seg", f"{NAME}_Segmentation", f"{NAME} mask",
        f"{NAME}_png.rf.0000000000000000a1b2", f"{NAME}_jpg.rf.Ab12xZ", f"{NAME}.png", f"{NAME}_mask_png.rf.00ff",
        f"{NAME}-labels", f"{NAME}_masks", f"{NAME}_gt",
    ],
)  # fmt: skip
def test_what_tools_add_is_stripped(stem):
    assert strip_additions(stem) == NAME


@pytest.mark.parametrize("stem", [NAME, "P1", "mask", "P1-e1-i1-f0", "P1-e1-i1_mask_2", "unmasked", "P1_masked"])
def test_other_names_stay(stem):
    assert strip_additions(stem) == stem


def test_an_outline_is_found_by_its_name_with_and_without_additions(tmp_path):
    found = drawn(tmp_path, f"{NAME}_mask.png")
    assert sorted(found) == [NAME, f"{NAME}_mask"]
    assert found[NAME].name == f"{NAME}_mask"
    assert (found[NAME].drawing(MaskRequest("", 20, 30, 0)) == MASK).all()


def test_two_names_of_one_image_stop_the_study(tmp_path):
    with pytest.raises(StudyError, match=r"file 1 \(\.png\) and file 2 \(\.png\), by name, both outline one image"):
        drawn(tmp_path, f"{NAME}_mask.png", f"{NAME}_seg.png")
    with pytest.raises(StudyError, match="both outline"):
        drawn(tmp_path / "beside", f"{NAME}.png", f"{NAME}_mask.png")


def test_a_source_outline_is_replaced_by_one_with_additions(tmp_path):
    drawn(tmp_path / "source", f"{NAME}.png")
    drawn(tmp_path / "own", f"{NAME}_mask.png")
    found = find_outlines([tmp_path / "source", tmp_path / "own"])[Reading("reader_1", "1")]
    assert found[NAME].file.is_relative_to(tmp_path / "own")


@pytest.mark.parametrize("listed", [f"..\\images\\{NAME}.png", f"a/{NAME}.png", f"{NAME}_png.rf.00a1.jpg"])
def test_files_of_many_images(tmp_path, listed):
    folder = tmp_path / "reader_1" / "1"
    folder.mkdir(parents=True)
    image = {"id": 1, "file_name": listed, "height": 20, "width": 30}
    box = {"image_id": 1, "bbox": [8, 5, 12, 7]}
    (folder / "all.coco.json").write_text(json.dumps({"images": [image], "annotations": [box]}))
    found = find_outlines([tmp_path])[Reading("reader_1", "1")][NAME]
    assert (found.drawing(MaskRequest("", 20, 30, 0)) == MASK).all()


def test_the_export_of_a_video_is_set_aside_by_name(tmp_path):
    folder = tmp_path / "reader_1" / "1"
    folder.mkdir(parents=True)
    (folder / "task.xml").write_text("<annotations><track><box frame='0'/></track></annotations>")
    (aside,) = list_unused(find_outlines([tmp_path]), {"P1"}, {"P1-e1-i1-f0": True})
    assert (aside.outline.name, aside.reason) == ("task.xml", "outline_video")
    assert explain(aside.reason).startswith("this is CVAT's export for video")
    assert explain(aside.reason).endswith("Fix: export the task as CVAT for images 1.1")
