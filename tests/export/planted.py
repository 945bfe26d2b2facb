"""Ultrasound objects full of secrets: a token of its own in every element that can hold text, and in the pixels."""

from functools import cache
from itertools import count

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from pydicom import config
from pydicom.datadict import DicomDictionary
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.tag import Tag
from pydicom.uid import ExplicitVRLittleEndian

from sonomics.simulate.scanner.dicom import us_dataset

TEXT = ("AE", "AS", "CS", "DA", "DT", "LO", "LT", "PN", "SH", "ST", "TM", "UC", "UI", "UR", "UT")
DIGITS = ("UI", "AS", "DA", "DT", "TM")
# What the object needs to be one, and the names of the maker, which Retain Device Identity keeps.
NEEDED = (
    "SpecificCharacterSet", "SOPClassUID", "Modality", "PhotometricInterpretation", "Manufacturer",
    "ManufacturerModelName", "PatientID", "StudyInstanceUID", "AccessionNumber", "PatientIdentityRemoved",
)  # fmt: skip
NESTED = (
    "CodeValue", "CodingSchemeDesignator", "CodeMeaning", "LongCodeValue", "URNCodeValue", "PatientName",
    "ReferencedSOPInstanceUID", "StudyDate", "AcquisitionDateTime", "StudyTime", "PatientAge", "StationAETitle",
    "ImageComments", "ImageType", "DerivationDescription", "TextValue", "PersonName",
)  # fmt: skip
KEPT_SEQUENCES = ("ReferencedImageSequence", "SourceImageSequence", "ViewCodeSequence", "AnatomicRegionSequence")
BOX = (60, 40, 339, 471)
OUTSIDE, INSIDE = "KWBXZ7431", "VQHRT9265"


class Tokens:
    """Makes texts that occur nowhere else, and remembers them."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._numbers = count(10007)

    def __call__(self, vr: str) -> str:
        number = next(self._numbers)
        text = f"9{number}753" if vr in DIGITS else f"QX{number}ZK"
        self.texts.append(text)
        return f"1.2.{text}" if vr == "UI" else text


def secret_object(tokens: Tokens) -> Dataset:
    """Make a still with tokens in every standard element of text, nested and private ones, and in its pixels."""
    dataset = us_dataset(
        "P0-e1-i1", speckle(), description="grey", model="SIM-A1", bounds=BOX, mm_per_pixel=0.3, times_s=None
    )
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    fill(dataset, tokens)
    dataset.PatientIdentityRemoved = "NO"
    dataset.file_meta.SourceApplicationEntityTitle = tokens("AE")
    dataset.preamble = tokens("LO").encode().ljust(128, b"\0")
    return dataset


def fill(dataset: Dataset, tokens: Tokens) -> None:
    """Put tokens into all elements of a dataset, in the items of its sequences too."""
    for tag, vr, name in elements():
        if vr in TEXT and name not in NEEDED:
            dataset[tag] = DataElement(tag, vr, tokens(vr), validation_mode=config.IGNORE)
        if vr == "SQ" and (name in KEPT_SEQUENCES or tag % 7 == 0):
            dataset[tag] = DataElement(tag, "SQ", Sequence([nested(tokens, 1)]))
    for item in dataset.get("SequenceOfUltrasoundRegions", []):
        private(item, tokens)
    private(dataset, tokens)


def nested(tokens: Tokens, depth: int) -> Dataset:
    """Make an item with tokens in some elements, in private ones, and one level below."""
    item = Dataset()
    for name in NESTED:
        tag = Tag(name)
        vr = DicomDictionary[tag][0]
        item[tag] = DataElement(tag, vr, tokens(vr), validation_mode=config.IGNORE)
    private(item, tokens)
    if depth:
        item.ReferencedImageSequence = [nested(tokens, depth - 1)]
    return item


def private(dataset: Dataset, tokens: Tokens) -> None:
    """Add private elements, their creator, an overlay and a curve."""
    creator = tokens("LO")
    block = dataset.private_block(0x0019, creator, create=True)
    block.add_new(0x01, "LO", tokens("LO"))
    block.add_new(0x02, "UN", tokens("LO").encode("utf-16-le"))
    block.add_new(0x03, "SQ", [Dataset()])
    block[0x03].value[0].PatientName = tokens("PN")
    dataset[0x60000022] = DataElement(0x60000022, "LO", tokens("LO"))
    dataset[0x50000022] = DataElement(0x50000022, "LO", tokens("LO"))
    dataset[0x00091001] = DataElement(0x00091001, "UN", tokens("LO").encode())


@cache
def elements() -> list[tuple[int, str, str]]:
    """List tag, type and keyword of the elements of data sets that the standard knows."""
    known = sorted((tag, entry[0], entry[4]) for tag, entry in DicomDictionary.items())
    return [(tag, vr, name) for tag, vr, name in known if tag >> 16 >= 0x0008 and name]


def speckle(seed: int = 0) -> np.ndarray:
    """Make one frame of smoothed speckle in a box on black, with writing inside and outside of it."""
    top, left, bottom, right = BOX
    generator = np.random.default_rng(seed)
    noise = generator.rayleigh(25, (bottom - top + 1, right - left + 1))
    smooth = (noise + np.roll(noise, 1, 0) + np.roll(noise, 1, 1) + np.roll(noise, (1, 1), (0, 1))) / 4
    frame = np.zeros((384, 512), np.uint8)
    frame[top : bottom + 1, left : right + 1] = smooth.clip(0, 255)
    return written(frame, (200, 200), INSIDE, (60, 10), OUTSIDE)[None]


def written(frame: np.ndarray, *places: tuple[int, int] | str) -> np.ndarray:
    """Burn texts into a frame: column and row, text, and so on."""
    canvas = Image.fromarray(frame)
    draw, font = ImageDraw.Draw(canvas), ImageFont.load_default(26)
    for at, text in zip(places[::2], places[1::2], strict=True):
        draw.text(at, text, fill=250, font=font)
    return np.asarray(canvas)
