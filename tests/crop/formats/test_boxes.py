"""Tables of boxes."""

import pytest

from sonomics.crop.formats.boxes import read_boxes
from sonomics.crop.outlines.drawings import MaskRequest
from sonomics.crop.outlines.refusals import RefusedError
from tests.crop.formats.boxes_on_image import BOX, OTHER, STEM, read


def test_boxes_alone(tmp_path):
    file = tmp_path / "all.boxes.csv"
    file.write_text(f"image,left,top,width,height,label\n{STEM},15,10,20,10,lesion\n{STEM},5,30,5,5,cyst\n")
    assert (read(file) == BOX | OTHER).all()
    assert (read(file, label="cyst") == OTHER).all()


def test_boxes_by_the_name_of_the_images_file(tmp_path):
    file = tmp_path / "all.boxes.csv"
    file.write_text(f"\ufeffimage, left, top, width, height\n{STEM}.png, 15, 10, 20, 10\n", encoding="utf-8")
    assert (read(file) == BOX).all()


@pytest.mark.parametrize(
    "content",
    [
        "",
        f"image,left,top,width,height\n{STEM},a,10,20,10\n",
        f"image,left,top,width,height\n{STEM},nan,10,20,10\n",
        f"image,left,top,width,height\n{STEM},inf,10,20,10\n",
        f"image,left,top,width,height\n{STEM},1,1,5,5\n{STEM},1,1,5,5,a,b,c\n",
        f"image;left;top;width;height\n{STEM};15;10;20;10\n",
    ],
)
def test_boxes_need_columns_and_numbers(tmp_path, content):
    file = tmp_path / "all.boxes.csv"
    file.write_text(content)


@pytest.mark.parametrize("cell", ["--5", "²", "٣", "a", "", "inf", "1_0"])
def test_a_bad_row_sets_its_own_image_aside(tmp_path, cell):
    file = tmp_path / "all.boxes.csv"
    file.write_text(f"image,left,top,width,height\n{STEM},15,10,20,10\nother,{cell},30,5,5\n", encoding="utf-8")
    assert (read(file) == BOX).all()
    with pytest.raises(RefusedError, match="outline_unreadable"):
        read_boxes(file)["other"](MaskRequest("", 40, 50, 0))
