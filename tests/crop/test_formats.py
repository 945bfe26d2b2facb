"""The same disc, written by every tool, comes back."""

import json
from base64 import b64encode
from io import BytesIO

import numpy as np
import pytest
import SimpleITK
from PIL import Image
from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

from sonomics.crop.formats import FORMATS, suffix_of
from sonomics.crop.outlines.drawings import RefusedError, Wanted

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


def test_a_colour_counts_where_it_is_not_transparent(tmp_path):
    pixels = np.zeros((ROWS, COLUMNS, 4), np.uint8)
    pixels[...] = (255, 0, 0, 0)
    pixels[BOX, 3] = 255
    assert (read(picture(tmp_path, pixels), label="#ff0000") == BOX).all()


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


def test_jpeg_masks_of_dark_colours_are_whole_and_faint_ones_are_empty(tmp_path):
    pixels = np.zeros((ROWS, COLUMNS, 3), np.uint8)
    pixels[BOX], pixels[OTHER] = (128, 0, 0), (0, 128, 0)
    found = read(picture(tmp_path, pixels, ".jpg", quality=90))
    assert (found ^ (BOX | OTHER)).sum() <= 0.05 * BOX.sum()
    assert not read(picture(tmp_path, BOX.astype(np.uint8), ".jpg")).any()


def test_a_palette_with_a_transparent_background(tmp_path):
    image = Image.fromarray((BOX * 1).astype(np.uint8)).convert("P")
    image.putpalette([255, 255, 255, 255, 0, 0])
    file = tmp_path / f"{STEM}.png"
    image.save(file, transparency=0)
    assert (read(file) == BOX).all()


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


def test_a_slicer_segmentation_of_some_frames_of_a_clip_keeps_their_numbers(tmp_path):
    about = {"Segmentation_ReferenceImageExtentOffset": "3 8 4"}
    file = volume(tmp_path, f"{STEM}.seg.nrrd", np.stack([BOX, OTHER])[:, 8:38, 3:40], **about)
    assert (read(file, frame=4) == BOX).all()
    assert (read(file, frame=5) == OTHER).all()
    assert refused(file, frame=0) == refused(file, frame=6) == "outline_frames"
    one = volume(tmp_path, f"{STEM}.seg.nrrd", BOX[None], **about)
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


NAMES = ("lesion", "cyst")


def segmentation(tmp_path, planes, segments, frames, names=NAMES, kind="BINARY", most=1):
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.66.4"
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = "1.2.3"
    dataset.SegmentationType = kind
    dataset.MaximumFractionalValue = most
    dataset.Rows, dataset.Columns, dataset.NumberOfFrames = ROWS, COLUMNS, len(planes)
    dataset.BitsAllocated = dataset.BitsStored = 1 if kind == "BINARY" else 8
    dataset.HighBit, dataset.SamplesPerPixel, dataset.PixelRepresentation = dataset.BitsStored - 1, 1, 0
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.SegmentSequence = []
    for number, name in enumerate(names, start=1):
        item = Dataset()
        item.SegmentNumber, item.SegmentLabel = number, name
        dataset.SegmentSequence.append(item)
    dataset.PerFrameFunctionalGroupsSequence = []
    for segment, frame in zip(segments, frames, strict=True):
        group, identity, derivation, source = Dataset(), Dataset(), Dataset(), Dataset()
        identity.ReferencedSegmentNumber = segment
        source.ReferencedSOPInstanceUID = "1.2.4"
        if frame:
            source.ReferencedFrameNumber = frame
        derivation.SourceImageSequence = [source]
        group.SegmentIdentificationSequence, group.DerivationImageSequence = [identity], [derivation]
        dataset.PerFrameFunctionalGroupsSequence.append(group)
    values = np.stack(planes).ravel()
    content = (np.packbits(values, bitorder="little") if kind == "BINARY" else values.astype(np.uint8)).tobytes()
    dataset.PixelData = content + b"\0" * (len(content) % 2)
    return saved(dataset, tmp_path)


def saved(dataset, tmp_path):
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


def test_fractional_dicom_segmentations_are_cut_at_half(tmp_path):
    planes = [BOX * 200, OTHER * 200 + BOX * 100]
    file = segmentation(tmp_path, planes, segments=[1, 2], frames=[None, None], kind="FRACTIONAL", most=255)
    assert (read(file, label="lesion") == BOX).all()
    assert (read(file, label="cyst") == OTHER).all()
    assert (read(file) == BOX | OTHER).all()


def test_label_maps_as_dicom_segmentations(tmp_path):
    dataset = dcmread(segmentation(tmp_path, [BOX * 1 + OTHER * 2], segments=[0], frames=[None], kind="LABELMAP"))
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.66.7"
    del dataset.PerFrameFunctionalGroupsSequence[0].SegmentIdentificationSequence
    background = Dataset()
    background.SegmentNumber, background.SegmentLabel = 0, "Background"
    dataset.SegmentSequence.insert(0, background)
    file = saved(dataset, tmp_path)
    assert (read(file, label="lesion") == BOX).all()
    assert (read(file) == BOX | OTHER).all()


def test_dicom_segments_of_the_same_name_belong_together(tmp_path):
    file = segmentation(tmp_path, [BOX, OTHER], segments=[1, 2], frames=[None, None], names=("lesion", "lesion"))
    assert (read(file, label="lesion") == BOX | OTHER).all()


def test_what_all_planes_of_a_dicom_segmentation_share_counts_for_each(tmp_path):
    dataset = dcmread(segmentation(tmp_path, [BOX], segments=[2], frames=[[1, 3]]))
    dataset.SharedFunctionalGroupsSequence = dataset.PerFrameFunctionalGroupsSequence
    dataset.PerFrameFunctionalGroupsSequence = [Dataset()]
    file = saved(dataset, tmp_path)
    assert (read(file, label="cyst", frame=2) == BOX).all()
    assert not read(file, frame=1).any()


def test_a_dicom_segmentation_of_several_images_is_not_put_together(tmp_path):
    dataset = dcmread(segmentation(tmp_path, [BOX, OTHER], segments=[1, 2], frames=[None, None]))
    group = dataset.PerFrameFunctionalGroupsSequence[1]
    group.DerivationImageSequence[0].SourceImageSequence[0].ReferencedSOPInstanceUID = "1.2.5"
    assert refused(saved(dataset, tmp_path)) == "outline_frames"


def test_planes_of_a_dicom_segmentation_that_name_no_frame_are_not_put_together(tmp_path):
    assert refused(segmentation(tmp_path, [BOX, OTHER], [1, 1], frames=[None, None])) == "outline_frames"


def test_other_dicom_files_are_no_outlines(tmp_path):
    (tmp_path / f"{STEM}.dcm").write_bytes(b"no DICOM")
    assert refused(tmp_path / f"{STEM}.dcm") == "outline_unreadable"


@pytest.mark.parametrize("missing", ["PixelData", "SegmentSequence", "SOPClassUID"])
def test_dicom_segmentations_that_lack_something(tmp_path, missing):
    dataset = dcmread(segmentation(tmp_path, [BOX], [1], [None]))
    delattr(dataset, missing)
    dataset.save_as(tmp_path / f"{STEM}.dcm")
    assert refused(tmp_path / f"{STEM}.dcm") == "outline_unreadable"


@pytest.mark.filterwarnings("ignore:Invalid value:UserWarning")
def test_a_dicom_segmentation_that_was_cut_off(tmp_path):
    file = segmentation(tmp_path, [BOX], [1], [None])
    whole = file.read_bytes()
    for length in range(200, len(whole), 37):
        file.write_bytes(whole[:length])
        assert refused(file) == "outline_unreadable"


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


def test_labelme_masks(tmp_path):
    png = BytesIO()
    Image.fromarray(np.ones((10, 20), bool)).save(png, "PNG")
    shape = {"label": "lesion", "shape_type": "mask", "points": [[15, 10], [34, 19]]}
    shape["mask"] = b64encode(png.getvalue()).decode()
    assert (read(labelme(tmp_path, [shape])) == BOX).all()


@pytest.mark.parametrize(
    "shape",
    [
        {"shape_type": "rotation", "points": CORNERS},
        {"shape_type": "circle", "points": [[1, 1]]},
        {"shape_type": "rectangle", "points": []},
        {"shape_type": "polygon", "points": [[1, 2, 3]]},
        {"shape_type": "mask", "points": [[0, 0], [1, 1]], "mask": "!"},
    ],
)
def test_labelme_shapes_that_are_unknown_or_malformed(tmp_path, shape):
    assert refused(labelme(tmp_path, [{"label": "a", **shape}])) == "outline_unreadable"


@pytest.mark.parametrize("content", ["{", "[]", '{"shapes": []}'])
def test_labelme_files_that_are_none(tmp_path, content):
    (tmp_path / f"{STEM}.json").write_text(content)
    assert refused(tmp_path / f"{STEM}.json") == "outline_unreadable"


def coco(tmp_path, *segmentations, images=(f"images/{STEM}.jpg",), **changes):
    annotations = [
        {"image_id": 7, "category_id": 1 + number, "bbox": [15, 10, 20, 10], "segmentation": segmentation, **changes}
        for number, segmentation in enumerate(segmentations)
    ]
    content = {
        "images": [
            {"id": 7 + number, "file_name": name, "height": ROWS, "width": COLUMNS}
            for number, name in enumerate(images)
        ],
        "categories": [{"id": 1, "name": "lesion"}, {"id": 2, "name": "cyst"}],
        "annotations": annotations,
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


def test_coco_files_of_several_annotations(tmp_path):
    box = [number for corner in CORNERS for number in corner]
    other = [5, 30, 10, 30, 10, 35, 5, 35]
    file = coco(tmp_path, [box], [other])
    assert (read(file) == BOX | OTHER).all()
    assert (read(file, label="cyst") == OTHER).all()
    assert (read(coco(tmp_path, [box, other]), label="lesion") == BOX | OTHER).all()


def test_an_image_that_is_listed_but_not_outlined_has_no_drawing(tmp_path):
    assert FORMATS[".coco.json"](coco(tmp_path)) == {}
    assert FORMATS[".xml"](cvat(tmp_path, "<tag label='poor'/>")) == {}


def test_an_image_that_a_file_outlines_twice_is_refused(tmp_path):
    file = coco(tmp_path, [], images=("a/x.png", "b/x.png"))
    content = json.loads(file.read_text())
    content["annotations"].append({**content["annotations"][0], "image_id": 8})
    file.write_text(json.dumps(content))
    with pytest.raises(RefusedError, match="outline_unreadable"):
        FORMATS[".coco.json"](file)


@pytest.mark.parametrize(
    "segmentation",
    [
        {"size": [ROWS, COLUMNS], "counts": [3, 4]},
        {"size": [ROWS, COLUMNS], "counts": [-5, ROWS * COLUMNS + 5]},
        {"counts": [0, ROWS * COLUMNS]},
        [[1, 2, 3]],
        [[]],
    ],
)
def test_malformed_coco_annotations_set_their_image_aside(tmp_path, segmentation):
    assert refused(coco(tmp_path, segmentation)) == "outline_unreadable"


def test_a_coco_annotation_without_polygon_and_box(tmp_path):
    assert refused(coco(tmp_path, [], bbox=[])) == "outline_unreadable"


def test_run_lengths_of_another_size_than_the_image(tmp_path):
    assert refused(coco(tmp_path, {"size": [COLUMNS, ROWS], "counts": runs(BOX.T, "F")})) == "outline_size"


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


@pytest.mark.parametrize("content", ["<other/>", "<annotations><track><box frame='0'/></track></annotations>", "{"])
def test_cvat_files_without_images_are_refused(tmp_path, content):
    file = tmp_path / "annotations.xml"
    file.write_text(content)
    assert refused(file) == "outline_unreadable"


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
    assert refused(file) == "outline_unreadable"
