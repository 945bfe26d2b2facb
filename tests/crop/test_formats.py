"""The same disc, written by every tool, comes back."""

import json

import numpy as np
import pytest
import SimpleITK
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

from sonomics.crop.drawings import RefusedError, Wanted
from sonomics.crop.formats import FORMATS, suffix_of

ROWS, COLUMNS = 40, 50
STEM = "P1-e1-i1"
BOX = np.zeros((ROWS, COLUMNS), bool)
BOX[10:20, 15:35] = True
OTHER = np.zeros((ROWS, COLUMNS), bool)
OTHER[30:35, 5:10] = True
CORNERS = [[15.0, 10.0], [35.0, 10.0], [35.0, 20.0], [15.0, 20.0]]


def read(file, label="", frame=0, stem=STEM):
    drawings = FORMATS[suffix_of(file)](file)
    return drawings[stem](Wanted(label, ROWS, COLUMNS, frame))


def refused(file, **wanted):
    with pytest.raises(RefusedError) as refusal:
        read(file, **wanted)
    return refusal.value.code


def picture(tmp_path, pixels, suffix=".png", **options):
    file = tmp_path / f"{STEM}{suffix}"
    Image.fromarray(pixels).save(file, **options)
    return file


@pytest.mark.parametrize("value", [1, 2, 255])
def test_grey_masks(tmp_path, value):
    assert (read(picture(tmp_path, (BOX * value).astype(np.uint8))) == BOX).all()


def test_grey_masks_of_several_labels(tmp_path):
    file = picture(tmp_path, (BOX * 1 + OTHER * 2).astype(np.uint8))
    assert (read(file) == BOX | OTHER).all()
    assert (read(file, label="2") == OTHER).all()
    assert refused(file, label="9") == refused(file, label="cyst") == "outline_label"


def test_coloured_masks(tmp_path):
    pixels = np.zeros((ROWS, COLUMNS, 3), np.uint8)
    pixels[BOX], pixels[OTHER] = (255, 0, 0), (0, 0, 9)
    file = picture(tmp_path, pixels)
    assert (read(file) == BOX | OTHER).all()
    assert (read(file, label="#ff0000") == BOX).all()
    assert refused(file, label="#00ff00") == refused(file, label="no colour") == "outline_label"


def test_transparent_masks_are_inside_where_they_are_not_transparent(tmp_path):
    pixels = np.zeros((ROWS, COLUMNS, 4), np.uint8)
    pixels[BOX, 3] = 120
    assert (read(picture(tmp_path, pixels)) == BOX).all()


def test_opaque_masks_with_an_alpha_channel_go_by_colour(tmp_path):
    pixels = np.zeros((ROWS, COLUMNS, 4), np.uint8)
    pixels[..., 3] = 255
    pixels[BOX, :3] = 255
    assert (read(picture(tmp_path, pixels)) == BOX).all()


def test_palette_masks(tmp_path):
    image = Image.fromarray((BOX * 3).astype(np.uint8)).convert("P")
    image.putpalette([0, 0, 0, 9, 9, 9, 8, 8, 8, 255, 0, 0])
    file = tmp_path / f"{STEM}.png"
    image.save(file)
    assert (read(file) == BOX).all()
    assert (read(file, label="#ff0000") == BOX).all()


def test_jpeg_masks_lose_at_most_their_edge(tmp_path):
    found = read(picture(tmp_path, (BOX * 255).astype(np.uint8), ".jpg", quality=60))
    assert (found ^ BOX).sum() <= 0.05 * BOX.sum()
    assert not found[:5].any()


def volume(tmp_path, name, stack, **about):
    image = SimpleITK.GetImageFromArray(stack.astype(np.uint8))
    for key, value in about.items():
        image.SetMetaData(key, value)
    SimpleITK.WriteImage(image, str(tmp_path / name))
    return tmp_path / name


@pytest.mark.parametrize("suffix", [".nii", ".nii.gz", ".nrrd", ".mha"])
def test_volumes_of_one_slice(tmp_path, suffix):
    assert (read(volume(tmp_path, f"{STEM}{suffix}", BOX[None])) == BOX).all()


def test_volumes_of_a_slice_a_frame(tmp_path):
    file = volume(tmp_path, f"{STEM}.nrrd", np.stack([BOX, OTHER]))
    assert (read(file, frame=1) == OTHER).all()
    assert refused(file, frame=2) == "outline_frames"


def test_a_slicer_segmentation_cut_to_what_was_drawn(tmp_path):
    part = (BOX * 1 + OTHER * 2)[8:38, 3:40]
    about = {
        "Segmentation_ReferenceImageExtentOffset": "3 8 0",
        "Segment0_Name": "lesion", "Segment0_LabelValue": "1", "Segment0_Layer": "0",
        "Segment1_Name": "cyst", "Segment1_LabelValue": "2", "Segment1_Layer": "0",
    }  # fmt: skip
    file = volume(tmp_path, f"{STEM}.seg.nrrd", part[None], **about)
    assert (read(file) == BOX | OTHER).all()
    assert (read(file, label="cyst") == OTHER).all()
    assert refused(file, label="node") == "outline_label"


def test_a_volume_with_rows_and_columns_exchanged_says_so(tmp_path):
    assert refused(volume(tmp_path, f"{STEM}.nii.gz", BOX.T[None])) == "outline_transposed"


def test_a_file_that_only_looks_like_a_volume(tmp_path):
    (tmp_path / f"{STEM}.nrrd").write_bytes(b"NRRD")
    assert refused(tmp_path / f"{STEM}.nrrd") == "outline_unreadable"


def segmentation(tmp_path, planes, segments, frames):
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.66.4"
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = "1.2.3"
    dataset.SegmentationType = "BINARY"
    dataset.Rows, dataset.Columns, dataset.NumberOfFrames = ROWS, COLUMNS, len(planes)
    dataset.BitsAllocated = dataset.BitsStored = dataset.SamplesPerPixel = 1
    dataset.HighBit = dataset.PixelRepresentation = 0
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.SegmentSequence = []
    for number, name in enumerate(("lesion", "cyst"), start=1):
        item = Dataset()
        item.SegmentNumber, item.SegmentLabel = number, name
        dataset.SegmentSequence.append(item)
    dataset.PerFrameFunctionalGroupsSequence = []
    for segment, frame in zip(segments, frames, strict=True):
        group, identity, derivation, source = Dataset(), Dataset(), Dataset(), Dataset()
        identity.ReferencedSegmentNumber = segment
        source.ReferencedFrameNumber = frame
        derivation.SourceImageSequence = [source]
        group.SegmentIdentificationSequence, group.DerivationImageSequence = [identity], [derivation]
        dataset.PerFrameFunctionalGroupsSequence.append(group)
    bits = np.packbits(np.stack(planes).ravel(), bitorder="little").tobytes()
    dataset.PixelData = bits + b"\0" * (len(bits) % 2)
    file = tmp_path / f"{STEM}.dcm"
    dataset.save_as(file, enforce_file_format=True)
    return file


def test_dicom_segmentations(tmp_path):
    file = segmentation(tmp_path, [BOX, OTHER, OTHER], segments=[1, 2, 1], frames=[1, 1, 2])
    assert (read(file) == BOX | OTHER).all()
    assert (read(file, label="cyst") == OTHER).all()
    assert (read(file, label="lesion", frame=1) == OTHER).all()
    assert (read(file, label="1") == BOX).all()
    assert not read(file, frame=5).any()
    assert refused(file, label="node") == "outline_label"


def test_other_dicom_files_are_no_outlines(tmp_path):
    (tmp_path / f"{STEM}.dcm").write_bytes(b"no DICOM")
    assert refused(tmp_path / f"{STEM}.dcm") == "outline_unreadable"


def labelme(tmp_path, shapes):
    file = tmp_path / f"{STEM}.json"
    file.write_text(json.dumps({"imageHeight": ROWS, "imageWidth": COLUMNS, "shapes": shapes}))
    return file


def test_labelme(tmp_path):
    shapes = [
        {"label": "lesion", "shape_type": "polygon", "points": CORNERS},
        {"label": "cyst", "shape_type": "rectangle", "points": [[10, 35], [5, 30]]},
        {"label": "note", "shape_type": "point", "points": [[1, 1]]},
    ]
    file = labelme(tmp_path, shapes)
    assert (read(file) == BOX | OTHER).all()
    assert (read(file, label="cyst") == OTHER).all()
    assert refused(file, label="note") == "outline_label"


def test_labelme_circles(tmp_path):
    found = read(labelme(tmp_path, [{"label": "a", "shape_type": "circle", "points": [[25, 20], [35, 20]]}]))
    assert found.sum() == pytest.approx(np.pi * 100, rel=0.08)
    assert np.allclose(np.argwhere(found).mean(axis=0) + 0.5, [20, 25], atol=0.3)


@pytest.mark.parametrize("content", ["{", "[]", '{"shapes": []}'])
def test_labelme_files_that_are_none(tmp_path, content):
    (tmp_path / f"{STEM}.json").write_text(content)
    assert refused(tmp_path / f"{STEM}.json") == "outline_unreadable"


def coco(tmp_path, segmentation):
    content = {
        "images": [{"id": 7, "file_name": f"images/{STEM}.jpg", "height": ROWS, "width": COLUMNS}],
        "categories": [{"id": 1, "name": "lesion"}],
        "annotations": [{"image_id": 7, "category_id": 1, "bbox": [15, 10, 20, 10], "segmentation": segmentation}],
    }
    file = tmp_path / "all.coco.json"
    file.write_text(json.dumps(content))
    return file


def runs(mask, order):
    values = mask.ravel(order=order).astype(int)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], values]))) if values[0] == 0 else None
    return np.diff(np.concatenate([[0], edges, [values.size]])).tolist()


def compressed(counts):
    text = ""
    for position, count in enumerate(counts):
        number = count - (counts[position - 2] if position > 2 else 0)
        more = True
        while more:
            bits = number & 0x1F
            number >>= 5
            more = number != (-1 if bits & 0x10 else 0)
            text += chr((bits | (0x20 if more else 0)) + 48)
    return text


@pytest.mark.parametrize(
    "segmentation",
    [
        [[number for corner in CORNERS for number in corner]],
        [],
        {"size": [ROWS, COLUMNS], "counts": runs(BOX, "F")},
        {"size": [ROWS, COLUMNS], "counts": compressed(runs(BOX, "F"))},
    ],
)
def test_coco_polygons_boxes_and_run_lengths(tmp_path, segmentation):
    file = coco(tmp_path, segmentation)
    assert (read(file) == BOX).all()
    assert (read(file, label="lesion") == BOX).all()
    assert refused(file, label="cyst") == "outline_label"


def test_run_lengths_that_do_not_fill_the_image(tmp_path):
    assert refused(coco(tmp_path, {"size": [ROWS, COLUMNS], "counts": [3, 4]})) == "outline_unreadable"


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


def test_cvat_boxes_and_ellipses(tmp_path):
    assert (read(cvat(tmp_path, "<box label='a' xtl='15' ytl='10' xbr='35' ybr='20'/>")) == BOX).all()
    round_one = read(cvat(tmp_path, "<ellipse label='a' cx='25' cy='20' rx='12' ry='6'/>"))
    assert round_one.sum() == pytest.approx(np.pi * 72, rel=0.12)


def test_boxes_alone(tmp_path):
    file = tmp_path / "all.boxes.csv"
    file.write_text(f"image,left,top,width,height,label\n{STEM},15,10,20,10,lesion\n{STEM},5,30,5,5,cyst\n")
    assert (read(file) == BOX | OTHER).all()
    assert (read(file, label="cyst") == OTHER).all()


def test_boxes_need_numbers(tmp_path):
    file = tmp_path / "all.boxes.csv"
    file.write_text(f"image,left,top,width,height\n{STEM},a,10,20,10\n")
    assert refused(file) == "outline_unreadable"
