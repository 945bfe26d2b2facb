"""Label volumes of ITK-SNAP and 3D Slicer."""

import numpy as np
import pytest
import SimpleITK

from tests.crop.formats.boxes_on_image import BOX, OTHER, STEM, read, refused


def volume(tmp_path, name, stack, **metadata):
    image = SimpleITK.GetImageFromArray(stack.astype(np.uint8))
    for key, value in metadata.items():
        image.SetMetaData(key, value)
    SimpleITK.WriteImage(image, str(tmp_path / name))
    return tmp_path / name


@pytest.mark.parametrize("suffix", [".nii", ".nii.gz", ".nrrd", ".mha"])
def test_volumes_of_one_slice(tmp_path, suffix):
    assert (read(volume(tmp_path, f"{STEM}{suffix}", BOX[None])) == BOX).all()


def test_volumes_of_one_slice_per_frame(tmp_path):
    file = volume(tmp_path, f"{STEM}.nrrd", np.stack([BOX, OTHER]))
    assert (read(file, frame=1) == OTHER).all()
    assert refused(file, frame=2) == "outline_frames"


def test_a_slicer_segmentation_cut_to_what_was_drawn(tmp_path):
    part = (BOX * 1 + OTHER * 2)[8:38, 3:40]
    metadata = {
        "Segmentation_ReferenceImageExtentOffset": "3 8 0",
        "Segment0_Name": "lesion", "Segment0_LabelValue": "1", "Segment0_Layer": "0",
        "Segment1_Name": "cyst", "Segment1_LabelValue": "2", "Segment1_Layer": "0",
    }  # fmt: skip
    file = volume(tmp_path, f"{STEM}.seg.nrrd", part[None], **metadata)
    assert (read(file) == BOX | OTHER).all()
    assert (read(file, label="cyst") == OTHER).all()
    assert refused(file, label="node") == "outline_label"


def test_a_slicer_segmentation_of_some_frames_of_a_clip_keeps_their_numbers(tmp_path):
    metadata = {"Segmentation_ReferenceImageExtentOffset": "3 8 4"}
    file = volume(tmp_path, f"{STEM}.seg.nrrd", np.stack([BOX, OTHER])[:, 8:38, 3:40], **metadata)
    assert (read(file, frame=4) == BOX).all()
    assert (read(file, frame=5) == OTHER).all()
    assert refused(file, frame=0) == refused(file, frame=6) == "outline_frames"
    one = volume(tmp_path, f"{STEM}.seg.nrrd", BOX[None], **metadata)
    assert (read(one, frame=4) == BOX).all()
    assert refused(one, frame=3) == "outline_frames"


@pytest.mark.parametrize(("second", "first_is"), [("cyst", BOX), ("lesion", BOX | OTHER)])
def test_slicer_segments_that_overlap_lie_in_layers(tmp_path, second, first_is):
    image = SimpleITK.GetImageFromArray(np.stack([BOX, OTHER], axis=-1)[None].astype(np.uint8), isVector=True)
    for number, name in enumerate(("lesion", second)):
        for key, value in {"Name": name, "LabelValue": "1", "Layer": str(number)}.items():
            image.SetMetaData(f"Segment{number}_{key}", value)
    file = tmp_path / f"{STEM}.seg.nrrd"
    SimpleITK.WriteImage(image, str(file))
    assert (read(file) == BOX | OTHER).all()
    assert (read(file, label="lesion") == first_is).all()
    assert (read(file, label=second) >= OTHER).all()


def test_the_order_of_pixels_counts_not_the_orientation_in_the_header(tmp_path):
    image = SimpleITK.GetImageFromArray(BOX[None].astype(np.uint8))
    image.SetDirection((-1, 0, 0, 0, -1, 0, 0, 0, 1))
    SimpleITK.WriteImage(image, str(tmp_path / f"{STEM}.nii.gz"))
    assert (read(tmp_path / f"{STEM}.nii.gz") == BOX).all()


def test_a_file_that_only_looks_like_a_volume(tmp_path):
    (tmp_path / f"{STEM}.nrrd").write_bytes(b"NRRD")
    assert refused(tmp_path / f"{STEM}.nrrd") == "outline_unreadable"


@pytest.mark.parametrize("value", [1 / 255, 0.3, 1, 2, 255])
def test_volumes_of_fractions(tmp_path, value):
    image = SimpleITK.GetImageFromArray((BOX * value).astype(np.float32)[None])
    SimpleITK.WriteImage(image, str(tmp_path / f"{STEM}.nii.gz"))
    assert (read(tmp_path / f"{STEM}.nii.gz") == BOX).all()


def test_an_interpolated_volume_is_inside_above_half(tmp_path):
    soft = np.where(BOX, 1.0, 0.0)
    soft[9, 15:35], soft[20, 15:35] = 0.4, 0.6
    expected = BOX.copy()
    expected[20, 15:35] = True
    image = SimpleITK.GetImageFromArray((soft * 2).astype(np.float32)[None] / 2)
    SimpleITK.WriteImage(image, str(tmp_path / f"{STEM}.nrrd"))
    assert (read(tmp_path / f"{STEM}.nrrd") == expected).all()
    assert (read(tmp_path / f"{STEM}.nrrd", label="1") == expected).all()
