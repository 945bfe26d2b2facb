"""Look at what left: exported frames beside their originals, and what a reader of writing still finds on them."""

import csv
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from io import BytesIO, StringIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydicom import Dataset, dcmread

from sonomics.export.deidentify.dataset import silenced
from sonomics.export.deidentify.pixels import UndecodableError, decode_all
from sonomics.export.deidentify.pseudonyms import Pseudonyms
from sonomics.export.files.pictures import UnusableError, read_picture
from sonomics.imaging.brightness import brightest_channel

PICTURE = ".png"
READER = "tesseract"
SPARSE_TEXT = "11"
# Conventions, not tuned: what is listed is looked at by a person.
CONFIDENT = 60.0  # tesseract's confidence in a word, 0 to 100
SHORTEST_WORD = 4  # letters or digits
ENLARGED = 2  # times, before tesseract reads: letters on a screen are small
SECONDS = 120  # for one frame


@dataclass(frozen=True)
class Pair:
    """A frame as exported, and as it came; None when the original is not at hand."""

    after: NDArray[np.uint8]
    before: NDArray[np.uint8] | None


def index_originals(places: Iterable[Traversable], pseudonyms: Pseudonyms) -> dict[str, Traversable]:
    """Find originals by the UID that their copies without identities bear; what is no DICOM is passed over."""
    found = {}
    for place in places:
        try:
            with silenced(), place.open("rb") as file:
                header = dcmread(file, specific_tags=["SOPInstanceUID"], stop_before_pixels=True)
                found[pseudonyms.uid(str(header.SOPInstanceUID).strip())] = place
        except Exception:  # a folder may hold anything, and rubbish can make the parser raise anything
            continue
    return found


def pair_of(exported: Traversable, originals: dict[str, Traversable]) -> Pair:
    """Read the middle frame of an exported file and of its original.

    Parameters
    ----------
    exported : path
        DICOM, or a picture.
    originals : dict
        Of DICOM by UID, from `index_originals`; of pictures by the stem that the export gave them.
    """
    if exported.name.endswith(PICTURE):
        name, after = exported.name.removesuffix(PICTURE), read_picture(exported, exported.name).pixels
    else:
        dataset = _read(exported)
        name, after = str(dataset.SOPInstanceUID), _middle(decode_all(dataset))
    place = originals.get(name)
    return Pair(after, None if place is None else _before(place, exported.name.endswith(PICTURE)))


def words_on(exported: Traversable) -> list[str]:
    """Read the first, middle and last frame of an exported file with tesseract.

    Returns
    -------
    list of str
        Words of four letters or digits and more that it is confident of, without repetition.

    Raises
    ------
    FileNotFoundError
        When tesseract is not on the path, see `can_read`.
    """
    if exported.name.endswith(PICTURE):
        return sorted(set(words_in(brightest_channel(read_picture(exported, exported.name).pixels))))
    frames = decode_all(_read(exported))
    looked_at = sorted({0, len(frames) // 2, len(frames) - 1})
    return sorted({word for number in looked_at for word in words_in(brightest_channel(frames[number]))})


def words_in(level: NDArray[np.uint8]) -> Iterator[str]:
    """Read one frame with tesseract, enlarged twice and dark on light as it likes it best."""
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


def _before(place: Traversable, picture: bool) -> NDArray[np.uint8] | None:
    try:
        if picture:
            return read_picture(place, place.name).pixels
        with silenced():
            return _middle(decode_all(_read(place)))
    except (UndecodableError, UnusableError):
        return None


def _read(place: Traversable) -> Dataset:
    with silenced(), place.open("rb") as file:
        return dcmread(BytesIO(file.read()))


def _middle(frames: NDArray[np.uint8] | NDArray[np.uint16]) -> NDArray[np.uint8]:
    frame = frames[len(frames) // 2]
    return brightest_channel(frame) if frame.dtype == np.uint16 else np.asarray(frame, dtype=np.uint8)
