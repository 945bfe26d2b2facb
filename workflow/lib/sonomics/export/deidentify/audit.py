"""Compare exported frames with their originals, and read the text that is still on them."""

import csv
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO, StringIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydicom import dcmread

from sonomics.core.settings.export import Limits
from sonomics.export.deidentify.dataset import silence_pydicom
from sonomics.export.deidentify.pixels import UndecodableError, count_frames, decode_each
from sonomics.export.deidentify.pseudonyms import Pseudonyms
from sonomics.export.files.pictures import UnusableError, read_picture
from sonomics.imaging.brightness import Pixels, brightest_channel
from sonomics.imaging.dicom_file import Original, OverLimitError, SourceFile, open_original

PICTURE = ".png"
READER = "tesseract"
SPARSE_TEXT = "11"
# Conventions, not tuned: what is listed is looked at by a person.
CONFIDENT = 60.0  # tesseract's confidence in a word, 0 to 100
SHORTEST_WORD = 4  # letters or digits
ENLARGED = 2  # times, before tesseract reads: letters on a screen are small
SECONDS = 120  # for one frame
# What export wrote was within the limits of its day, and one frame of it is in memory.
OWN = Limits.partial({"object_mb": 10**9})


@dataclass(frozen=True)
class Pair:
    """A frame as exported, and its original; None when the original is not available."""

    exported: NDArray[np.uint8]
    original: NDArray[np.uint8] | None


def index_originals(files: Iterable[SourceFile], pseudonyms: Pseudonyms) -> dict[str, SourceFile]:
    """Index originals by the UID of their de-identified copies; files that are not DICOM are skipped."""
    originals = {}
    for file in files:
        try:
            with silence_pydicom(), file.open("rb") as opened:
                header = dcmread(opened, specific_tags=["SOPInstanceUID"], stop_before_pixels=True)
                originals[pseudonyms.uid(str(header.SOPInstanceUID).strip())] = file
        except Exception:  # a folder may hold anything, and a damaged file can make the parser raise anything
            continue
    return originals


def read_pair(exported: SourceFile, originals: dict[str, SourceFile], limits: Limits) -> Pair:
    """Read the middle frame of an exported file and of its original; one frame is in memory at a time.

    Parameters
    ----------
    exported : path
        DICOM, or a picture.
    originals : dict
        Of DICOM by UID, from `index_originals`; of pictures by the stem that the export gave them.
    limits : Limits
        `export.limits` of params; an original over them is not shown.
    """
    if exported.name.endswith(PICTURE):
        name, frame = exported.name.removesuffix(PICTURE), read_picture(exported, exported.name).pixels
    else:
        name, frame = _read_middle(exported, OWN)
    original = originals.get(name)
    is_picture = exported.name.endswith(PICTURE)
    return Pair(frame, None if original is None else _read_original(original, is_picture, limits))


def read_words(exported: SourceFile) -> list[str]:
    """Read the first, middle and last frame of an exported file with tesseract.

    Returns
    -------
    list of str
        Words of at least four letters or digits that tesseract is confident of, without repetition.

    Raises
    ------
    FileNotFoundError
        When tesseract is not on the path, see `can_read`.
    """
    if exported.name.endswith(PICTURE):
        return sorted(set(read_words_of_frame(brightest_channel(read_picture(exported, exported.name).pixels))))
    words: set[str] = set()
    with silence_pydicom(), open_original(exported, OWN) as original:
        count = count_frames(original.header, OWN.object_mb)
        for frame in _choose(original, {0, count // 2, count - 1}, OWN):
            words.update(read_words_of_frame(brightest_channel(frame)))
    return sorted(words)


def read_words_of_frame(level: NDArray[np.uint8]) -> Iterator[str]:
    """Read one frame with tesseract, enlarged twice and dark on light, which it reads best."""
    image = Image.fromarray(255 - level)
    image = image.resize((image.width * ENLARGED, image.height * ENLARGED), Image.Resampling.BICUBIC)
    content = BytesIO()
    image.save(content, format="PNG")
    done = subprocess.run(
        [READER, "-", "-", "--psm", SPARSE_TEXT, "tsv"],
        input=content.getvalue(), capture_output=True, check=True, timeout=SECONDS,
    )  # fmt: skip
    for row in csv.DictReader(StringIO(done.stdout.decode("utf-8", "replace")), delimiter="\t", quoting=csv.QUOTE_NONE):
        word = "".join(letter for letter in (row["text"] or "") if letter.isalnum())
        if float(row["conf"]) >= CONFIDENT and len(word) >= SHORTEST_WORD:
            yield word


def can_read() -> bool:
    """Tell whether tesseract is on the path."""
    return shutil.which(READER) is not None


def _read_original(file: SourceFile, is_picture: bool, limits: Limits) -> NDArray[np.uint8] | None:
    try:
        return read_picture(file, file.name).pixels if is_picture else _read_middle(file, limits)[1]
    except (UndecodableError, UnusableError, OverLimitError):
        return None


def _read_middle(file: SourceFile, limits: Limits) -> tuple[str, NDArray[np.uint8]]:
    """Read the UID and the middle frame of a DICOM file."""
    with silence_pydicom(), open_original(file, limits) as original:
        (frame,) = _choose(original, {count_frames(original.header, limits.object_mb) // 2}, limits)
        shown = brightest_channel(frame) if frame.dtype == np.uint16 else np.asarray(frame, dtype=np.uint8)
        return str(original.header.SOPInstanceUID), shown


def _choose(original: Original, numbers: set[int], limits: Limits) -> Iterator[Pixels]:
    """Yield some frames of an object; those between are decoded and let go."""
    for number, frame in enumerate(decode_each(original, limits.object_mb)):
        if number in numbers:
            yield frame
