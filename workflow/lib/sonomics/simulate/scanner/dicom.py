"""Simulated exams as real DICOM: US Image and US Multi-frame Image objects (PS3.3 A.6, A.7)."""

from hashlib import sha256
from math import isnan

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    UltrasoundImageStorage,
    UltrasoundMultiFrameImageStorage,
)

MANUFACTURER = "SIMULATED"
NO_UNITS, CENTIMETRES = 0, 3
TWO_DIMENSIONAL = 1
TISSUE = 1


def uid_for(*parts: str) -> str:
    """Derive a unique identifier from names, under the root for UUIDs (2.25, PS3.5 B.2)."""
    digest = bytearray(sha256("\x1f".join(parts).encode()).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x80
    digest[8] = digest[8] & 0x3F | 0x80
    return f"2.25.{int.from_bytes(digest, 'big')}"


def us_dataset(
    stem: str,
    frames: NDArray[np.uint8],
    *,
    description: str,
    model: str,
    bounds: tuple[int, int, int, int],
    mm_per_pixel: float,
    times_s: NDArray[np.float64] | None,
    image_type: tuple[str, str] = ("ABDOMINAL", "0001"),
) -> Dataset:
    """Make a DICOM object of a still or a clip.

    Parameters
    ----------
    stem : str
        `<patient>-<exam>-<instance>`; all identifiers derive from it.
    frames : (frames, rows, columns) or (frames, rows, columns, 3) uint8 array
        Grey, or RGB. One frame when `times_s` is None.
    description : str
        Written as series description and view name.
    model : str
        The scanner.
    bounds : (int, int, int, int)
        Top, left, bottom, right of the scan region in pixels, inclusive.
    mm_per_pixel : float
        NaN where the picture has no scale, as a rendering: the region then states no units.
    times_s : (frames,) array, optional
        For a clip; kept as the increments of a Frame Time Vector in ms.
    image_type : (str, str)
        What was examined, and how (PS3.3 C.8.5.6.1.1): 0001 is 2-D imaging, 0011 with colour Doppler, 0040 3-D.

    Returns
    -------
    Dataset
        With file meta information and nothing that depends on the clock. The same arguments give the same bytes.
    """
    patient, exam, instance = stem.rsplit("-", 2)
    ds = Dataset()
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.ImageType = ["ORIGINAL", "PRIMARY", *image_type]
    ds.SOPClassUID = UltrasoundImageStorage if times_s is None else UltrasoundMultiFrameImageStorage
    ds.SOPInstanceUID = uid_for(stem)
    ds.StudyInstanceUID = uid_for(patient, exam)
    ds.SeriesInstanceUID = uid_for(patient, exam, description)
    ds.Modality = "US"
    ds.Manufacturer, ds.ManufacturerModelName = MANUFACTURER, model
    ds.PatientID = ds.PatientName = patient
    ds.PatientBirthDate = ds.PatientSex = ds.StudyDate = ds.StudyTime = ds.AccessionNumber = ds.StudyID = ""
    ds.ReferringPhysicianName = ""
    ds.PatientIdentityRemoved = "YES"
    ds.DeidentificationMethod = "simulated, there is no patient"
    ds.BurnedInAnnotation = "YES"
    ds.DerivationDescription = "SIMULATED"
    ds.SeriesDescription = ds.ViewName = description
    ds.SeriesNumber, ds.InstanceNumber = 1, int(instance[1:])
    ds.LossyImageCompression = "00"
    ds.SequenceOfUltrasoundRegions = [_region(bounds, mm_per_pixel)]
    if times_s is not None:
        ds.NumberOfFrames = len(frames)
        ds.FrameIncrementPointer = 0x00181065
        ds.FrameTimeVector = [0.0, *np.round(np.diff(times_s) * 1000, 1).tolist()]
    _put_pixels(ds, frames)
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    return ds


def _region(bounds: tuple[int, int, int, int], mm_per_pixel: float) -> Dataset:
    region = Dataset()
    region.RegionSpatialFormat, region.RegionDataType, region.RegionFlags = TWO_DIMENSIONAL, TISSUE, 0
    top, left, bottom, right = bounds
    region.RegionLocationMinX0, region.RegionLocationMinY0 = left, top
    region.RegionLocationMaxX1, region.RegionLocationMaxY1 = right, bottom
    region.PhysicalUnitsXDirection = region.PhysicalUnitsYDirection = NO_UNITS if isnan(mm_per_pixel) else CENTIMETRES
    region.PhysicalDeltaX = region.PhysicalDeltaY = 0.0 if isnan(mm_per_pixel) else round(mm_per_pixel / 10, 8)
    return region


def _put_pixels(ds: Dataset, frames: NDArray[np.uint8]) -> None:
    if frames.ndim == 4:
        ds.SamplesPerPixel, ds.PhotometricInterpretation, ds.PlanarConfiguration = 3, "RGB", 0
    else:
        ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.Rows, ds.Columns = frames.shape[1:3]
    ds.BitsAllocated = ds.BitsStored = 8
    ds.HighBit, ds.PixelRepresentation = 7, 0
    ds.PixelData = frames.tobytes()
    ds["PixelData"].VR = "OB"
