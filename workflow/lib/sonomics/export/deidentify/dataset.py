"""De-identify a DICOM object, header and pixels (PS3.15 Annex E)."""

import logging
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

from sonomics.core.errors import ItemError
from sonomics.export.deidentify.frame_file import FrameFile
from sonomics.export.deidentify.frames import boxes_around, find_scan_and_text, find_text_in_scan
from sonomics.export.deidentify.header import HeaderRewriter, Tally, collect_identifying_words
from sonomics.export.deidentify.pixels import UndecodableError, decode_each, write_pixels
from sonomics.export.deidentify.profile import CHARACTERISTICS, DATES, DEVICE, Profile
from sonomics.export.deidentify.pseudonyms import Pseudonyms
from sonomics.export.deidentify.scan_region import Scan, blank_outside
from sonomics.imaging.boxes import Box
from sonomics.imaging.burned_in_text.finders import TextFinder
from sonomics.imaging.dicom_file import Original, OverLimitError
from sonomics.imaging.inpainting import inpaint
from sonomics.imaging.lookup_tables import state_display_levels, states_lookup

ULTRASOUND = (
    "1.2.840.10008.5.1.4.1.1.6.1",
    "1.2.840.10008.5.1.4.1.1.3.1",
    "1.2.840.10008.5.1.4.1.1.6",
    "1.2.840.10008.5.1.4.1.1.3",
)
VOLUME = "1.2.840.10008.5.1.4.1.1.6.2"
# PS3.16 CID 7050
BASIC, CLEAN_PIXELS = ("113100", "Basic Application Confidentiality Profile"), ("113101", "Clean Pixel Data Option")
OPTIONS = {
    DATES: ("113107", "Retain Longitudinal Temporal Information Modified Dates Option"),
    CHARACTERISTICS: ("113108", "Retain Patient Characteristics Option"),
    DEVICE: ("113109", "Retain Device Identity Option"),
}
METHOD = "DICOM PS3.15 Annex E, sonomics"
UTF_8 = "ISO_IR 192"
PREAMBLE = b"\0" * 128
REQUIRED = ("SOPClassUID", "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID", "BitsStored")
OVER_LIMIT, RAISE_LIMIT = "over_limit", "raise the limit if the file is sound, or leave it out"
FIX = "export it again from the scanner, or leave it out"


class UnsafeError(ItemError):
    """An object that is not exported; `reason` is written in the manifest.

    Reasons are `not_ultrasound`, `volume`, `undecodable` (its pixels cannot be checked for text), `over_limit` and
    `damaged`.
    """

    def __init__(self, reason: str, stem: str, rule: str, fix: str) -> None:
        self.reason = reason
        super().__init__(stem, "DICOM object", rule, fix)


@dataclass(frozen=True)
class Identity:
    """Whose an object is, by the hospital's identifier and by pseudonyms.

    Attributes
    ----------
    patient_id : str
        The hospital's identifier; it decides the shift of the dates.
    case, exam, instance : str
        The pseudonyms that name the file.
    """

    patient_id: str
    case: str
    exam: str
    instance: str

    @property
    def stem(self) -> str:
        """`<case>-<exam>-<instance>`."""
        return f"{self.case}-{self.exam}-{self.instance}"


@dataclass(frozen=True)
class Changes:
    """What was changed in an object; holds no value of it.

    Attributes
    ----------
    counts : mapping
        Number of elements by what was done to them: the actions of `profile.Action`, and `private`, `unknown`,
        `malformed`.
    removed, cleaned : tuple of str
        Keywords of the elements that were removed, or that have another value.
    scan : Scan
        The boxes kept.
    blanked_pixels : int
        Pixels of a frame outside the boxes that were not black.
    text : tuple of Box
        Boxes inside the scan from which text was removed.
    """

    counts: Mapping[str, int]
    removed: tuple[str, ...]
    cleaned: tuple[str, ...]
    scan: Scan
    blanked_pixels: int
    text: tuple[Box, ...]


def deidentify(
    original: Original,
    identity: Identity,
    pseudonyms: Pseudonyms,
    profile: Profile,
    find_text: TextFinder,
    object_mb: int,
    pixels: IO[bytes],
) -> tuple[Dataset, Changes]:
    """Copy an ultrasound object without identities, a few frames in memory at a time.

    Parameters
    ----------
    original : Original
        Not changed.
    identity : Identity
    pseudonyms : Pseudonyms
    profile : Profile
    find_text : callable
        Finds burned-in text on a picture.
    object_mb : int
        Size of all frames from which the object is over the limit, MB.
    pixels : file
        Empty, to be written and read; it will hold the pixels of the copy.

    Returns
    -------
    Dataset
        With file meta information, uncompressed (Explicit VR Little Endian); nothing in it depends on the clock. Its
        pixels are read from `pixels` when it is written.
    Changes

    Raises
    ------
    UnsafeError
        When the object is not an ultrasound image, or cannot be made safe.
    """
    with silence_pydicom():
        new, tally = _rewrite_header(original.header, identity, pseudonyms, profile)
        frames = FrameFile(pixels)
        try:
            for frame in decode_each(original, object_mb):
                frames.append(frame)
        except UndecodableError as error:
            raise UnsafeError("undecodable", identity.stem, str(error), FIX) from None
        except OverLimitError as error:
            raise UnsafeError(OVER_LIMIT, identity.stem, str(error), RAISE_LIMIT) from None
        scan, text = find_scan_and_text(new, frames, find_text)
        blanked = np.zeros(text.shape, dtype=np.bool_)
        for number, frame in enumerate(frames):
            safe, lit = blank_outside(frame[None], scan.boxes)
            frames.replace(number, inpaint(safe[0], text))
            blanked |= lit
        free_of_text = profile.text_reviewed and not find_text_in_scan(scan, frames, find_text).any()
        if states_lookup(original.header):
            state_display_levels(new)
        write_pixels(new, frames, int(new.BitsStored))
    _state_deidentification(new, identity, profile, free_of_text=free_of_text)
    counts = dict(sorted((str(kind), number) for kind, number in tally.counts.items()))
    removed, cleaned = tuple(sorted(tally.removed)), tuple(sorted(tally.cleaned))
    return new, Changes(counts, removed, cleaned, scan, int(blanked.sum()), boxes_around(text))


@contextmanager
def silence_pydicom() -> Iterator[None]:
    """Suppress pydicom's warnings, which quote values of the header."""
    log = logging.getLogger("pydicom")
    before, log.disabled = log.disabled, True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        log.disabled = before


def _check_ultrasound(dataset: Dataset, identity: Identity) -> None:
    modality, sop_class = str(dataset.get("Modality", "US")), str(dataset.get("SOPClassUID", ""))
    if sop_class.strip() == VOLUME:
        rule = "it is an Enhanced US Volume, and volumes are not supported"
        raise UnsafeError("volume", identity.stem, rule, "export its planes as images, or leave it out")
    if modality.strip() != "US" or sop_class.strip() not in ULTRASOUND:
        rule = "it is not an ultrasound image (Modality and SOP Class)"
        raise UnsafeError(
            "not_ultrasound", identity.stem, rule, "leave it out; screenshots and reports show identities"
        )


def _rewrite_header(
    dataset: Dataset, identity: Identity, pseudonyms: Pseudonyms, profile: Profile
) -> tuple[Dataset, Tally]:
    tally, days = Tally(), pseudonyms.shift_days(identity.patient_id)
    try:
        _check_ultrasound(dataset, identity)
        new = HeaderRewriter(profile, pseudonyms, days, collect_identifying_words(dataset)).rewrite(dataset, tally)
    except UnsafeError:
        raise
    except Exception as error:
        # A damaged header can make pydicom raise anything, and the message may quote it.
        raise UnsafeError(
            "damaged", identity.stem, f"its header cannot be read ({type(error).__name__})", FIX
        ) from None
    if missing := [name for name in REQUIRED if not new.get(name)]:
        raise UnsafeError("damaged", identity.stem, f"its header has no usable {missing[0]}", FIX)
    return new, tally


def _state_deidentification(new: Dataset, identity: Identity, profile: Profile, *, free_of_text: bool) -> None:
    """Write the pseudonym, and how the object was de-identified.

    The Clean Pixel Data Option (PS3.15 E.3.1) promises that no identity is left in the pixels, and BurnedInAnnotation
    NO with it; detectors miss some text, so that it takes a person as well. Where that is not so, the element is left
    out: then there may or may not be text (PS3.3 C.7.6.1).
    """
    new.SpecificCharacterSet = UTF_8
    new.Modality = "US"
    new.PatientName = new.PatientID = identity.case
    for name in ("PatientBirthDate", "PatientSex", "StudyDate", "StudyTime", "AccessionNumber", "StudyID"):
        if name not in new:
            setattr(new, name, "")
    new.ReferringPhysicianName = ""
    new.PatientIdentityRemoved = "YES"
    new.DeidentificationMethod = METHOD
    options = [OPTIONS[name] for name in sorted(OPTIONS) if name in profile.retain]
    if free_of_text:
        options = [CLEAN_PIXELS, *options]
        new.BurnedInAnnotation = "NO"
    new.DeidentificationMethodCodeSequence = [_make_code(*option) for option in (BASIC, *options)]
    new.LongitudinalTemporalInformationModified = "MODIFIED" if DATES in profile.retain else "REMOVED"
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = new.SOPClassUID, new.SOPInstanceUID
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    new.file_meta, new.preamble = meta, PREAMBLE


def _make_code(value: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, "DCM", meaning
    return item
