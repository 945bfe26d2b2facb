"""Small DICOM files, whole and broken, for the tests of decoding."""

from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydicom import dcmread
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    RLELossless,
    UltrasoundImageStorage,
)

Pixels = NDArray[np.uint8]


def dataset(pixels: Pixels, **elements: object) -> FileDataset:
    """Make a DICOM object; colour when the last axis is 3, a clip when there is one axis more."""
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = UltrasoundImageStorage
    meta.MediaStorageSOPInstanceUID = UID("1.2.3")
    made = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    colour = pixels.shape[-1] == 3
    spatial = pixels.shape[:-1] if colour else pixels.shape
    made.Modality = "US"
    made.Rows, made.Columns = spatial[-2:]
    if len(spatial) == 3:
        made.NumberOfFrames = spatial[0]
    made.SamplesPerPixel = 3 if colour else 1
    made.PhotometricInterpretation = "RGB" if colour else "MONOCHROME2"
    if colour:
        made.PlanarConfiguration = 0
    made.BitsAllocated = made.BitsStored = 8
    made.HighBit, made.PixelRepresentation = 7, 0
    for name, value in elements.items():
        setattr(made, name, value)
    made.PixelData = pixels.tobytes()
    return made


def written(made: FileDataset) -> bytes:
    """Write a DICOM object as a file."""
    file = BytesIO()
    made.save_as(file, enforce_file_format=True)
    return file.getvalue()


def dicom(pixels: Pixels, **elements: object) -> bytes:
    """Make a DICOM file without compression."""
    return written(dataset(pixels, **elements))


def region_item(**changes: Any) -> Dataset:
    """Describe a two-dimensional region of 100 x 200 pixels with its first at row 20, column 10, 0.5 mm apart."""
    item = Dataset()
    values = {
        "RegionSpatialFormat": 1, "RegionDataType": 1, "RegionLocationMinX0": 10, "RegionLocationMinY0": 20,
        "RegionLocationMaxX1": 109, "RegionLocationMaxY1": 219, "PhysicalUnitsXDirection": 3,
        "PhysicalUnitsYDirection": 3, "PhysicalDeltaX": 0.05, "PhysicalDeltaY": 0.05,
    }  # fmt: skip
    for name, value in (values | changes).items():
        setattr(item, name, value)
    return item


def seeds() -> dict[str, bytes]:
    """Make one small file of every kind that a scanner writes."""
    rng = np.random.default_rng(0)
    grey = rng.integers(20, 200, (48, 64), dtype=np.uint8)
    clip = rng.integers(20, 200, (6, 40, 48), dtype=np.uint8)
    colour = rng.integers(0, 256, (40, 48, 3), dtype=np.uint8)
    region = [region_item(RegionLocationMinX0=4, RegionLocationMinY0=4, RegionLocationMaxX1=40, RegionLocationMaxY1=36)]
    files = {
        "grey": dataset(grey, SequenceOfUltrasoundRegions=region),
        "clip": dataset(clip, FrameTime=500, FrameIncrementPointer=0x00181063, SequenceOfUltrasoundRegions=region),
        "vector": dataset(clip, FrameTimeVector=[0, 400, 400, 400, 400, 400], ContrastBolusAgent="agent"),
        "colour": dataset(colour, ImageType=["ORIGINAL", "PRIMARY", "", "0011"]),
        "palette": _palette(grey),
        "rle": dataset(clip, FrameTime=500),
        "deflated": dataset(grey),
    }
    files["rle"].compress(RLELossless)
    files["deflated"].file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    return {
        **{name: written(made) for name, made in files.items()},
        "jpeg": encapsulated(colour, JPEGBaseline8Bit),
        "jpeg2000": encapsulated(colour, JPEG2000Lossless),
    }


def encapsulated(colour: Pixels, syntax: UID) -> bytes:
    """Make a DICOM file that holds a colour image as JPEG or JPEG 2000."""
    stream = BytesIO()
    Image.fromarray(colour).save(stream, format="JPEG" if syntax == JPEGBaseline8Bit else "JPEG2000")
    made = dataset(colour)
    made.PhotometricInterpretation = "YBR_FULL_422" if syntax == JPEGBaseline8Bit else "YBR_RCT"
    made.file_meta.TransferSyntaxUID = syntax
    made.PixelData = encapsulate([stream.getvalue()])
    made["PixelData"].is_undefined_length = True
    return written(made)


def mutated(content: bytes, rng: np.random.Generator) -> bytes:
    """Break a file in one of the ways that transfers, disks and vendors break them."""
    kind = rng.integers(7)
    if kind == 6:
        return _mislabelled(content, rng)
    broken = bytearray(content)
    place = int(rng.integers(len(broken) + 1))
    length = int(2 ** rng.integers(0, 12))
    match kind:
        case 0:
            del broken[place:]
        case 1:
            broken[place : place + length] = bytes(min(length, len(broken) - place))
        case 2:
            del broken[place : place + length]
        case 3:
            broken[place:place] = rng.bytes(length)
        case 4:
            for spot in rng.integers(0, len(broken), int(rng.integers(1, 40))):
                broken[spot] = rng.integers(256)
        case _:
            # The elements before the pixels are where a changed byte means something else.
            for spot in rng.integers(128, min(len(broken), 1400), int(rng.integers(1, 12))):
                broken[spot] = rng.integers(256)
    return bytes(broken)


def _palette(grey: Pixels) -> FileDataset:
    made = dataset(grey, PhotometricInterpretation="PALETTE COLOR")
    for number, colour in enumerate(("Red", "Green", "Blue")):
        values = np.roll(np.arange(256, dtype=np.uint16), number) << 8
        setattr(made, f"{colour}PaletteColorLookupTableDescriptor", [256, 0, 16])
        setattr(made, f"{colour}PaletteColorLookupTableData", values.tobytes())
    return made


def _mislabelled(content: bytes, rng: np.random.Generator) -> bytes:
    """Drop an element, or give it a value that belongs elsewhere."""
    try:
        made = dcmread(BytesIO(content))
    except Exception:
        return content[: len(content) // 2]
    names = [element.keyword for element in made if element.keyword and element.keyword != "PixelData"]
    name = names[int(rng.integers(len(names)))]
    if rng.integers(2) or isinstance(made.get(name), str | list) or not isinstance(made.get(name), int):
        del made[name]
    else:
        made[name].value = int(rng.choice([0, 1, 2, 3, 7, 16, 255, 4096, 65535]))
    file = BytesIO()
    made.save_as(file)
    return file.getvalue()
