"""DICOM Segmentation objects."""

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

from tests.crop.formats.boxes_on_image import BOX, COLUMNS, OTHER, ROWS, STEM, read, refused

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
