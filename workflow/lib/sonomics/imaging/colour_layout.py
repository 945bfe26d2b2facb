"""How the samples of a colour frame are stored, decided from the data where the header is silent or wrong."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.encaps import get_frame
from pydicom.uid import UID, JPEGBaseline8Bit

from sonomics.imaging.colour_space import (
    IN_YBR,
    RGB,
    THINNED,
    YBR,
    judge_colour_space,
    measure_grey,
    read_jpeg_colour_space,
)

# Bytes of the header of an element of pixels in explicit VR: tag, VR, two empty ones, length.
ELEMENT_HEADER = 12

Planes = NDArray[np.generic]
Decode = Callable[[Sequence[int], dict[str, Any]], Iterator[Planes]]


class Layout(NamedTuple):
    """How the samples are stored.

    Attributes
    ----------
    options : dict
        Of pydicom's decoder, in place of what the header states.
    space : str
        `RGB` or `YBR_FULL`, of the samples as decoded.
    """

    options: dict[str, Any]
    space: str


def find_layout(decode: Decode, source: Dataset | Path | IO[bytes], tags: Dataset, syntax: UID) -> Layout:
    """Find out how the samples of a colour recording are stored.

    The first frame is decoded and judged by its grey pixels (`judge_colour_space`). Where these leave it open, a JPEG
    stream is asked (`read_jpeg_colour_space`), then the header.

    Parameters
    ----------
    decode : function
        Takes frame numbers and options of pydicom's decoder; yields frames as stored.
    source : Dataset, Path or file
    tags : Dataset
        The header.
    syntax : UID
        Transfer syntax.

    Raises
    ------
    Exception
        Of many types, when the first frame cannot be decoded.
    """
    stated = str(tags.PhotometricInterpretation)
    options, planes = _decode_first(decode, tags, syntax)
    space = judge_colour_space(planes)
    if not space and syntax == JPEGBaseline8Bit:
        space = read_jpeg_colour_space(_read_first_stream(source, tags))
    return Layout(options, space or (YBR if stated in IN_YBR else RGB))


def _decode_first(decode: Decode, tags: Dataset, syntax: UID) -> tuple[dict[str, Any], Planes]:
    """Decode the first frame in every way that the header leaves open, and take the one with the most grey pixels."""
    best: tuple[dict[str, Any], Planes] | None = None
    *others, last = _list_readings(tags, syntax)
    for options in others:
        with suppress(ValueError):  # too few or too many bytes for this reading
            (planes,) = decode([0], options)
            best = best if best and measure_grey(best[1]) >= measure_grey(planes) else (options, planes)
    try:
        (planes,) = decode([0], last)
    except ValueError:
        if best is None:
            raise
        return best
    return best if best and measure_grey(best[1]) >= measure_grey(planes) else (last, planes)


def _list_readings(tags: Dataset, syntax: UID) -> list[dict[str, Any]]:
    """List options of pydicom's decoder: as the header says, and otherwise where it may be wrong."""
    if tags.get("PlanarConfiguration") not in (0, 1):
        by_pixel, by_plane = ({"planar_configuration": number} for number in (0, 1))
        return [by_pixel] if syntax.is_encapsulated else [by_pixel, by_plane]
    if str(tags.PhotometricInterpretation) == THINNED and not syntax.is_encapsulated:
        # The header may state thinned-out chroma, and every pixel have its own.
        return [{}, {"photometric_interpretation": YBR}]
    return [{}]


def _read_first_stream(source: Dataset | Path | IO[bytes], tags: Dataset) -> bytes:
    count = int(tags.get("NumberOfFrames") or 1)
    if isinstance(source, Dataset):
        return get_frame(source.PixelData, 0, number_of_frames=count)
    with source.open("rb") if isinstance(source, Path) else nullcontext(source) as file:
        file.seek(0)
        dcmread(file, specific_tags=[], stop_before_pixels=True)
        file.seek(ELEMENT_HEADER, 1)
        return get_frame(file, 0, number_of_frames=count)
