"""Hostile files by number: DICOM objects and outlines of every format, broken in ways that the seed decides."""

import sonomics  # noqa: F401  # isort: skip  # before numpy: it sets the pins of core/pins.py

import gzip
import json
import struct
from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image
from pydicom import config
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.tag import Tag
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    RLELossless,
)

from sonomics.simulate.scanner.dicom import us_dataset

ROWS, COLUMNS = 48, 64
STEM = "P1-e1-i1"
NAME = "Dupont^Marie"  # planted; it may never come out
HEADER_BYTES = 1400
NUMBERS = [0, 1, 3, 7, 12, 16, 24, 32, 64, 255, 4096, 65535]
TEXTS = [
    "--5",
    "\u00b2",
    "\u0664\u0662",
    "-",
    "+",
    "1e999",
    "9" * 5000,
    "{patient}",
    "%s%n",
    "\x00",
    "nan",
    "1.0",
    "..",
    "/",
    "",
]
ELEMENTS = (
    "Rows", "Columns", "BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation", "SamplesPerPixel",
    "PlanarConfiguration", "NumberOfFrames", "PhotometricInterpretation", "SOPClassUID", "SOPInstanceUID", "Modality",
    "StudyDate", "SeriesNumber", "InstanceNumber", "FrameTimeVector", "PixelSpacing", "SpecificCharacterSet",
)  # fmt: skip


# ---- DICOM


@cache
def dicom_bases() -> dict[str, bytes]:
    """Make one small object of every form in which scanners write."""
    generator = np.random.default_rng(0)
    still = generator.integers(20, 90, (1, ROWS, COLUMNS)).astype(np.uint8)
    clip = generator.integers(20, 90, (4, ROWS, COLUMNS, 3)).astype(np.uint8)
    forms = {
        "explicit": (still, ExplicitVRLittleEndian), "implicit": (still, ImplicitVRLittleEndian),
        "big-endian": (still, ExplicitVRBigEndian), "deflated": (clip, DeflatedExplicitVRLittleEndian),
        "rle": (clip, RLELossless), "jpeg": (clip, JPEGBaseline8Bit), "jpeg2000": (clip, JPEG2000Lossless),
        "clip": (clip, ExplicitVRLittleEndian), "palette": (still, ExplicitVRLittleEndian),
    }  # fmt: skip
    return {name: _write(_make(name, *form)) for name, form in forms.items()}


def _make(name: str, frames: np.ndarray, syntax: str) -> Dataset:
    times = np.arange(len(frames)) / 10 if len(frames) > 1 else None
    made = us_dataset(
        STEM, frames, description="x", model="LOGIQ E9", bounds=(2, 2, ROWS - 3, COLUMNS - 3), mm_per_pixel=0.5,
        times_s=times,
    )  # fmt: skip
    made.PatientName, made.StudyDate, made.AcquisitionDate = NAME, "20200101", "20200101"
    made.private_block(0x0011, "ACME", create=True).add_new(1, "LO", NAME)
    made.file_meta.TransferSyntaxUID = syntax
    if name == "palette":
        made.PhotometricInterpretation = "PALETTE COLOR"
        for colour in ("Red", "Green", "Blue"):
            setattr(made, f"{colour}PaletteColorLookupTableDescriptor", [256, 0, 16])
            setattr(made, f"{colour}PaletteColorLookupTableData", (np.arange(256) * 257).astype("<u2").tobytes())
    if name in ("rle",):
        made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        made.compress(RLELossless, encoding_plugin="pydicom")
    if name in ("jpeg", "jpeg2000"):
        made.PhotometricInterpretation = "YBR_FULL_422" if name == "jpeg" else "RGB"
        made.PixelData = encapsulate([_encode(frame, name) for frame in frames])
        made["PixelData"].is_undefined_length = True
    return made


def _encode(frame: np.ndarray, name: str) -> bytes:
    content = BytesIO()
    options = {"quality": 90} if name == "jpeg" else {"irreversible": False, "no_jp2": True}
    Image.fromarray(frame).save(content, format="JPEG" if name == "jpeg" else "JPEG2000", **options)
    return content.getvalue()


def _write(made: Dataset) -> bytes:
    content = BytesIO()
    made.save_as(content, enforce_file_format=True)
    return content.getvalue()


def mutate_dicom(seed: int) -> tuple[str, str, bytes]:
    """Break a DICOM object.

    Returns
    -------
    base, mutation : str
    content : bytes
    """
    generator = np.random.default_rng([1, seed])
    bases = dicom_bases()
    base = list(bases)[int(generator.integers(len(bases)))]
    kinds: list[Callable[[bytes, np.random.Generator], bytes]] = [
        break_header, break_header, break_pixels, cut_off, state_value, state_value, lengthen, lose_start, nest
    ]  # fmt: skip
    break_file = kinds[int(generator.integers(len(kinds)))]
    return base, break_file.__name__, break_file(bases[base], generator)


def break_bytes(content: bytes, generator: np.random.Generator, first: int, last: int) -> bytes:
    """Change, lose, swap or put in some bytes between two places."""
    raw = bytearray(content)
    for _ in range(int(generator.integers(1, 12))):
        place = int(generator.integers(first, max(first + 1, min(last, len(raw)))))
        match int(generator.integers(5)):
            case 0:
                raw[place : place + 1] = bytes([int(generator.integers(256))])
            case 1:
                raw[place : place + 4] = generator.bytes(4)
            case 2:
                del raw[place : place + int(generator.integers(1, 40))]
            case 3:
                raw[place:place] = generator.bytes(int(generator.integers(1, 20)))
            case 4:
                raw[place : place + 4] = b"\xff\xff\xff\xff"
    return bytes(raw)


def break_header(content: bytes, generator: np.random.Generator) -> bytes:
    return break_bytes(content, generator, 0, HEADER_BYTES)


def break_pixels(content: bytes, generator: np.random.Generator) -> bytes:
    return break_bytes(content, generator, min(HEADER_BYTES, len(content) // 2), len(content))


def cut_off(content: bytes, generator: np.random.Generator) -> bytes:
    return content[: int(generator.integers(0, len(content)))]


def state_value(content: bytes, generator: np.random.Generator) -> bytes:
    """Let the header state something else: a number or a text that cannot be."""
    from pydicom import dcmread

    made = dcmread(BytesIO(content))
    for _ in range(int(generator.integers(1, 4))):
        name = ELEMENTS[int(generator.integers(len(ELEMENTS)))]
        tag = Tag(name)
        vr = made[tag].VR if tag in made else "LO"
        value: object = NUMBERS[int(generator.integers(len(NUMBERS)))]
        if vr not in ("US", "SS", "UL"):
            value = TEXTS[int(generator.integers(len(TEXTS)))]
        element = DataElement(tag, vr if vr in ("US", "SS", "UL") else "LO", value, validation_mode=config.IGNORE)
        made[tag] = element
        if generator.random() < 0.1 and tag in made:
            del made[tag]
    try:
        return _write(made)
    except Exception:  # what cannot be written as stated is broken by bytes
        return break_header(content, generator)


def lengthen(content: bytes, generator: np.random.Generator) -> bytes:
    """State another length of an element of text."""
    raw = bytearray(content)
    places = [
        place
        for place in range(132, min(len(raw) - 8, HEADER_BYTES))
        if raw[place : place + 2] in (b"LO", b"SQ", b"UI", b"OB")
    ]
    if places:
        place = places[int(generator.integers(len(places)))]
        raw[place + 2 : place + 4] = struct.pack("<H", int(generator.integers(65536)))
    return bytes(raw)


def lose_start(content: bytes, generator: np.random.Generator) -> bytes:
    """Lose the preamble, the file meta information, or both, and perhaps some bytes more."""
    raw = content[132:] if generator.random() < 0.5 else content[128:]
    if generator.random() < 0.5 and (place := content.find(b"\x08\x00\x05\x00")) > 0:
        raw = content[place:]
    return raw if generator.random() < 0.7 else break_header(raw, generator)


def nest(content: bytes, generator: np.random.Generator) -> bytes:
    """Put deeply nested sequences, or very many empty items, before the object's elements."""
    place = content.find(b"\x08\x00\x05\x00")
    depth = int(generator.integers(2, 3000))
    start, item = b"\x08\x00\x40\x11SQ\0\0" + b"\xff" * 4, b"\xfe\xff\x00\xe0" + b"\xff" * 4
    end_item, end = b"\xfe\xff\x0d\xe0\0\0\0\0", b"\xfe\xff\xdd\xe0\0\0\0\0"
    if generator.random() < 0.5:
        nested = (start + item) * depth + (end_item + end) * int(generator.integers(0, depth + 1))
    else:
        nested = start + (item + end_item) * depth + end
    return content[: max(place, 0)] + nested + content[max(place, 0) :]


# ---- outlines


@cache
def outline_bases() -> dict[str, bytes]:
    """Make one outlines file of every format, of the same box."""
    mask = np.zeros((ROWS, COLUMNS), np.uint8)
    mask[10:30, 20:50] = 1
    polygon = [[20, 10], [50, 10], [50, 30], [20, 30]]
    flat = [float(number) for point in polygon for number in point]
    image = {"id": 1, "file_name": f"{STEM}.png", "height": ROWS, "width": COLUMNS}
    annotations = [
        {"id": 1, "image_id": 1, "category_id": 1, "segmentation": [flat], "bbox": [20, 10, 30, 20]},
        {
            "id": 2,
            "image_id": 1,
            "category_id": 1,
            "segmentation": {"size": [ROWS, COLUMNS], "counts": [600, 900, ROWS * COLUMNS - 1500]},
        },
    ]
    points = ";".join(f"{x},{y}" for x, y in polygon)
    cvat = (
        f'<?xml version="1.0"?><annotations><image id="0" name="{STEM}.png" width="{COLUMNS}" height="{ROWS}">'
        f'<polygon label="lesion" points="{points}"/><box label="lesion" xtl="20" ytl="10" xbr="50" ybr="30"/>'
        f'<ellipse label="lesion" cx="30" cy="20" rx="9" ry="8"/><mask label="lesion" rle="0,600" left="20" top="10" '
        'width="30" height="20"/></image></annotations>'
    )
    labelme = {
        "imageHeight": ROWS,
        "imageWidth": COLUMNS,
        "shapes": [{"label": "l", "shape_type": "polygon", "points": polygon}],
    }
    coco = {"images": [image], "annotations": annotations, "categories": [{"id": 1, "name": "l"}]}
    bases = {
        "all.coco.json": json.dumps(coco).encode(),
        "all.xml": cvat.encode(),
        f"{STEM}.json": json.dumps(labelme).encode(),
        "all.boxes.csv": f"image,left,top,width,height\n{STEM}.png,20,10,30,20\n".encode(),
    }  # fmt: skip
    for form, suffix in (("PNG", ".png"), ("TIFF", ".tif"), ("JPEG", ".jpg"), ("BMP", ".bmp")):
        content = BytesIO()
        Image.fromarray(mask * 255).save(content, format=form)
        bases[f"{STEM}{suffix}"] = content.getvalue()
    return bases | _volumes(mask) | {f"{STEM}.dcm": _segmentation(mask)}


def _segmentation(mask: np.ndarray) -> bytes:
    """Make a label map as a DICOM Segmentation."""
    made = Dataset()
    made.SOPClassUID, made.SOPInstanceUID, made.Modality = "1.2.840.10008.5.1.4.1.1.66.7", "1.2.3", "SEG"
    made.Rows, made.Columns = mask.shape
    made.NumberOfFrames, made.SamplesPerPixel, made.PhotometricInterpretation = 1, 1, "MONOCHROME2"
    made.BitsAllocated, made.BitsStored, made.HighBit, made.PixelRepresentation = 8, 8, 7, 0
    made.SegmentationType = "LABELMAP"
    segment = Dataset()
    segment.SegmentNumber, segment.SegmentLabel = 1, "lesion"
    made.SegmentSequence = [segment]
    made.PixelData = mask.tobytes()
    made["PixelData"].VR = "OB"
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    return _write(made)


def _volumes(mask: np.ndarray) -> dict[str, bytes]:
    import tempfile

    import SimpleITK

    made = {}
    with tempfile.TemporaryDirectory() as folder:
        for suffix in (".nii", ".nii.gz", ".nrrd", ".mha"):
            path = Path(folder, f"x{suffix}")
            SimpleITK.WriteImage(SimpleITK.GetImageFromArray(mask[None]), str(path))
            made[f"{STEM}{suffix}"] = path.read_bytes()
    return made


def mutate_outline(seed: int) -> tuple[str, str, bytes]:
    """Break a file of outlines.

    Returns
    -------
    name : str
        Of the file.
    mutation : str
    content : bytes
    """
    generator = np.random.default_rng([2, seed])
    bases = outline_bases()
    name = list(bases)[int(generator.integers(len(bases)))]
    kinds: list[Callable[[bytes, np.random.Generator], bytes]] = [break_any, break_any, cut_off, restate, nest_text]
    break_file = kinds[int(generator.integers(len(kinds)))]
    return name, break_file.__name__, break_file(bases[name], generator)


def break_any(content: bytes, generator: np.random.Generator) -> bytes:
    if content[:2] == b"\x1f\x8b" and generator.random() < 0.7:  # within the pack, not of it
        return gzip.compress(break_bytes(gzip.decompress(content), generator, 0, 400), mtime=0)
    return break_bytes(content, generator, 0, len(content))


def restate(content: bytes, generator: np.random.Generator) -> bytes:
    """Put another number in the place of one."""
    numbers = [
        b"0",
        b"-1",
        b"1e9",
        b"99999999999",
        b"NaN",
        b"Infinity",
        b"null",
        b'"x"',
        "\u00b2".encode(),
        b"--5",
        b"{}",
        b"[]",
    ]
    digits = [place for place, letter in enumerate(content) if 48 <= letter <= 57]
    for _ in range(int(generator.integers(1, 4)) if digits else 0):
        place = digits[int(generator.integers(len(digits)))]
        content = content[:place] + numbers[int(generator.integers(len(numbers)))] + content[place + 1 :]
    return content


def nest_text(content: bytes, generator: np.random.Generator) -> bytes:
    """Nest brackets or elements as deep as a file of some 100 kB holds, or let an XML entity stand for a million."""
    depth = int(generator.integers(100, 100_000))
    match int(generator.integers(4)):
        case 0:
            return b"[" * depth + b"]" * depth
        case 1:
            return b'{"shapes":' * depth + b"1" + b"}" * depth
        case 2:
            return b"<image>" * depth + b"</image>" * depth
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 9))
    return f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e0 "lol">{entities}]><annotations>&e8;</annotations>'.encode()
