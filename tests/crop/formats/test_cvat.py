"""Shapes of CVAT for images."""

import numpy as np
import pytest

from sonomics.crop.formats.cvat import read_cvat
from tests.crop.formats.boxes_on_image import BOX, COLUMNS, CORNERS, OTHER, ROWS, STEM, read, refused


def cvat(tmp_path, *shapes):
    file = tmp_path / "annotations.xml"
    image = f"<image name='{STEM}.png' width='{COLUMNS}' height='{ROWS}'>{''.join(shapes)}</image>"
    file.write_text(f"<annotations>{image}</annotations>")
    return file


def test_cvat(tmp_path):
    points = ";".join(f"{x},{y}" for x, y in CORNERS)
    inside = ",".join(str(count) for count in [0, 25])
    file = cvat(
        tmp_path,
        f"<polygon label='lesion' points='{points}'/>",
        f"<mask label='cyst' rle='{inside}' left='5' top='30' width='5' height='5'/>",
        "<tag label='poor'/>",
    )
    assert (read(file) == BOX | OTHER).all()
    assert (read(file, label="cyst") == OTHER).all()
    assert refused(file, label="poor") == "outline_label"


def test_an_image_that_is_listed_but_not_outlined_has_no_drawing(tmp_path):
    assert read_cvat(cvat(tmp_path, "<tag label='poor'/>")) == {}


def test_cvat_boxes_and_ellipses(tmp_path):
    assert (read(cvat(tmp_path, "<box label='a' xtl='15' ytl='10' xbr='35' ybr='20'/>")) == BOX).all()
    round_one = read(cvat(tmp_path, "<ellipse label='a' cx='25' cy='20' rx='12' ry='6'/>"))
    assert round_one.sum() == pytest.approx(np.pi * 72, rel=0.12)


def test_turned_cvat_boxes_and_ellipses(tmp_path):
    on_end = "<box label='a' xtl='20' ytl='5' xbr='30' ybr='25' rotation='90.00'/>"
    assert (read(cvat(tmp_path, on_end)) == BOX).all()
    lying = read(cvat(tmp_path, "<ellipse label='a' cx='25' cy='20' rx='12' ry='6'/>"))
    turned = read(cvat(tmp_path, "<ellipse label='a' cx='25' cy='20' rx='6' ry='12' rotation='90.00'/>"))
    assert (turned ^ lying).mean() < 0.005
    slanted = np.argwhere(read(cvat(tmp_path, "<ellipse label='a' cx='25' cy='20' rx='12' ry='3' rotation='30.00'/>")))
    rows, columns = (slanted - slanted.mean(axis=0)).T
    # Clockwise on the screen: what is right of the centre lies below it.
    assert np.degrees(0.5 * np.arctan2(2 * (rows * columns).sum(), (columns**2 - rows**2).sum())) == pytest.approx(
        30, 0.1
    )


@pytest.mark.parametrize(
    "shape",
    [
        "<polygon label='a' points='1,2;3'/>",
        "<box label='a' xtl='1'/>",
        "<box label='a' xtl='a' ytl='10' xbr='35' ybr='20'/>",
        "<mask label='a' rle='0, 1000' left='40' top='10' width='50' height='20'/>",
    ],
)
def test_malformed_cvat_shapes_set_their_image_aside(tmp_path, shape):
    assert refused(cvat(tmp_path, shape)) == "outline_unreadable"


def test_the_export_for_video_is_named_as_what_it_is(tmp_path):
    file = tmp_path / "annotations.xml"
    file.write_text("<annotations><track><box frame='0'/></track></annotations>")
    assert refused(file) == "outline_video"


@pytest.mark.parametrize("content", ["<other/>", "<annotations/>", "{"])
def test_cvat_files_without_images_are_refused(tmp_path, content):
    file = tmp_path / "annotations.xml"
    file.write_text(content)
    assert refused(file) == "outline_unreadable"
