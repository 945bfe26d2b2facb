"""De-identify a DICOM object: PS3.15 Annex E, header and pixels."""

import logging
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

from sonomics.core.errors import ItemError
from sonomics.export.deidentify.frames import boxes_of, find_scan_and_text
from sonomics.export.deidentify.header import Header, Tally, identifying_words
from sonomics.export.deidentify.pixels import UndecodableError, decode_all, write_pixels
from sonomics.export.deidentify.profile import CHARACTERISTICS, DATES, DEVICE, Profile
from sonomics.export.deidentify.pseudonyms import Pseudonyms
from sonomics.export.deidentify.scan_region import Scan, blank_outside
from sonomics.imaging.boxes import Box
from sonomics.imaging.inpainting import inpaint_frames

ULTRASOUND = (
    "1.2.840.10008.5.1.4.1.1.6.1",
    "1.2.840.10008.5.1.4.1.1.3.1",
    "1.2.840.10008.5.1.4.1.1.6",
    "1.2.840.10008.5.1.4.1.1.3",
)
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
MEND = "export it anew from the scanner, or leave it out"


class UnsafeError(ItemError):
    """An object that is not passed on; `reason` is written in the manifest.

    Reasons are `not_ultrasound`, `undecodable` (pixels that nobody can look at) and `damaged`.
    """

    def __init__(self, reason: str, stem: str, rule: str, mend: str) -> None:
        self.reason = reason
        super().__init__(stem, "DICOM object", rule, mend)


@dataclass(frozen=True)
class Identity:
    """Who an object belongs to, before and after.

    Attributes
    ----------
    patient_id : str
        As the hospital writes it; decides the shift of the dates.
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
    """What was done to an object; holds no value of it.

    Attributes
    ----------
    counts : mapping
        Elements by what was done to them: the actions of `profile.Action`, and `private`, `unknown`, `malformed`.
    removed, cleaned : tuple of str
        Keywords of the elements that went, or have another value now.
    scan : Scan
        The boxes kept.
    blanked_pixels : int
        Pixels of a frame outside the boxes that showed something.
    text : tuple of Box
        Boxes inside the scan from which writing was taken.
    """

    counts: Mapping[str, int]
    removed: tuple[str, ...]
    cleaned: tuple[str, ...]
    scan: Scan
    blanked_pixels: int
    text: tuple[Box, ...]


def deidentify(
    dataset: Dataset, who: Identity, pseudonyms: Pseudonyms, profile: Profile | None = None
) -> tuple[Dataset, Changes]:
    """Make a copy of an ultrasound object without identities.

    Parameters
    ----------
    dataset : Dataset
        The original, as read from its file; not changed.
    who : Identity
    pseudonyms : Pseudonyms
    profile : Profile, optional
        By default with Retain Device Identity and with modified dates.

    Returns
    -------
    Dataset
        Whole, with file meta information, uncompressed (Explicit VR Little Endian); nothing in it depends on the clock.
    Changes

    Raises
    ------
    UnsafeError
        When the object is no ultrasound image, or cannot be made safe.
    """
    profile = profile or Profile()
    with silenced():
        new, tally = _rewritten_header(dataset, who, pseudonyms, profile)
        try:
            frames = decode_all(dataset)
        except UndecodableError as error:
            raise UnsafeError("undecodable", who.stem, str(error), MEND) from None
        scan, text = find_scan_and_text(new, frames)
        safe, blanked = blank_outside(frames, scan.boxes)
        write_pixels(new, inpaint_frames(safe, text), int(new.BitsStored))
    _mark(new, who, profile)
    counts = dict(sorted((str(kind), number) for kind, number in tally.counts.items()))
    removed, cleaned = tuple(sorted(tally.removed)), tuple(sorted(tally.cleaned))
    return new, Changes(counts, removed, cleaned, scan, blanked, boxes_of(text))


@contextmanager
def silenced() -> Iterator[None]:
    """Keep pydicom's warnings to ourselves: they quote values of the header."""
    log = logging.getLogger("pydicom")
    before, log.disabled = log.disabled, True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        log.disabled = before


def _insist_on_ultrasound(dataset: Dataset, who: Identity) -> None:
    modality, sop_class = str(dataset.get("Modality", "US")), str(dataset.get("SOPClassUID", ""))
    if modality.strip() != "US" or sop_class.strip() not in ULTRASOUND:
        rule = "it is no ultrasound image (Modality and SOP Class)"
        raise UnsafeError("not_ultrasound", who.stem, rule, "leave it out; screenshots and reports show identities")


def _rewritten_header(
    dataset: Dataset, who: Identity, pseudonyms: Pseudonyms, profile: Profile
) -> tuple[Dataset, Tally]:
    tally, days = Tally(), pseudonyms.shift_days(who.patient_id)
    try:
        _insist_on_ultrasound(dataset, who)
        new = Header(profile, pseudonyms, days, identifying_words(dataset)).rewritten(dataset, tally)
    except UnsafeError:
        raise
    except Exception as error:
        # What a mangled header makes pydicom raise is not foreseeable, and may quote it.
        raise UnsafeError("damaged", who.stem, f"its header cannot be read ({type(error).__name__})", MEND) from None
    if missing := [name for name in REQUIRED if not new.get(name)]:
        raise UnsafeError("damaged", who.stem, f"its header has no usable {missing[0]}", MEND)
    return new, tally


def _mark(new: Dataset, who: Identity, profile: Profile) -> None:
    """Say whose pseudonym it is, and how it was de-identified."""
    new.SpecificCharacterSet = UTF_8
    new.Modality = "US"
    new.PatientName = new.PatientID = who.case
    for name in ("PatientBirthDate", "PatientSex", "StudyDate", "StudyTime", "AccessionNumber", "StudyID"):
        if name not in new:
            setattr(new, name, "")
    new.ReferringPhysicianName = ""
    new.PatientIdentityRemoved = "YES"
    new.DeidentificationMethod = METHOD
    options = [OPTIONS[name] for name in sorted(OPTIONS) if name in profile.retain]
    new.DeidentificationMethodCodeSequence = [_code(*option) for option in (BASIC, CLEAN_PIXELS, *options)]
    new.LongitudinalTemporalInformationModified = "MODIFIED" if DATES in profile.retain else "REMOVED"
    new.BurnedInAnnotation = "NO"
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = new.SOPClassUID, new.SOPInstanceUID
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    new.file_meta, new.preamble = meta, PREAMBLE


def _code(value: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, "DCM", meaning
    return item
