"""Tell which colour space the samples of a frame are in, from the data where the header may be wrong."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

RGB, YBR, THINNED = "RGB", "YBR_FULL", "YBR_FULL_422"
IN_YBR = (YBR, THINNED, "YBR_PARTIAL_422", "YBR_PARTIAL_420")

# Levels of 255 by which two channels of a grey pixel may differ, JPEG error and tinted maps included; a convention.
ALIKE = 8
NEUTRAL = 128  # the level of both chroma channels where a pixel is grey (PS3.3 C.7.6.3.1.2)
# Share of the frame by which grey pixels of one reading must outnumber those of the other. On 12 real colour files,
# four of them Doppler, the right reading leads by 0.84 at least; a convention.
LEAD = 0.5

JPEG_START, SEGMENT, SCAN = 0xD8, 0xFF, 0xDA
# Markers of a frame header; 0xC4, 0xC8 and 0xCC are others (ISO/IEC 10918-1, table B.1).
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
JFIF, ADOBE = (0xE0, b"JFIF\0"), (0xEE, b"Adobe")
RGB_LETTERS = ((82, 71, 66), (114, 103, 98))


class Component(NamedTuple):
    """One channel of a JPEG stream: its number and its sampling factors."""

    number: int
    across: int
    down: int


def read_jpeg_colour_space(stream: bytes) -> str:
    """Read from the segments of a JPEG stream the colour space of its samples, as Pillow hands them over unconverted.

    Parameters
    ----------
    stream : bytes

    Returns
    -------
    str
        `RGB` where there is an Adobe segment, for Pillow then converts, or where the channels are numbered by the
        letters R, G and B. `YBR_FULL` where there is a JFIF segment, or where two channels have fewer samples than the
        first: red, green and blue are never thinned out. "" where the stream leaves it open, or has not three channels.
    """
    components: list[Component] = []
    markers: set[int] = set()
    for marker, content in _list_segments(stream):
        if marker in FRAMES:
            components = [
                Component(number, sampling >> 4, sampling & 15)
                for number, sampling in zip(content[6::3], content[7::3], strict=False)
            ]
        markers |= {code for code, name in (JFIF, ADOBE) if marker == code and content.startswith(name)}
    if len(components) != 3:
        return ""
    if ADOBE[0] in markers or tuple(component.number for component in components) in RGB_LETTERS:
        return RGB
    luma, *chroma = (component.across * component.down for component in components)
    return YBR if max(chroma) < luma or JFIF[0] in markers else ""


def judge_colour_space(planes: NDArray[np.generic]) -> str:
    """Judge the colour space of a frame by its grey pixels, which prevail in ultrasound.

    Parameters
    ----------
    planes : (rows, columns, 3) array of 8 bits
        As stored. Deeper ones are not judged.

    Returns
    -------
    str
        `RGB` where the three channels are alike in many more pixels than the last two are neutral; `YBR_FULL` where it
        is the other way round; else "".
    """
    if planes.dtype.itemsize > 1:
        return ""
    grey, neutral = _measure_shares(planes)
    lead = neutral - grey
    return "" if abs(lead) < LEAD else YBR if lead > 0 else RGB


def measure_grey(planes: NDArray[np.generic]) -> float:
    """Measure the share of grey pixels of a frame, as RGB or as YBR, whichever is larger."""
    return max(_measure_shares(planes))


def _measure_shares(planes: NDArray[np.generic]) -> tuple[float, float]:
    first, second, third = (planes[..., channel].astype(np.int32) for channel in range(3))
    grey = (np.abs(first - second) <= ALIKE) & (np.abs(first - third) <= ALIKE)
    neutral = (np.abs(second - NEUTRAL) <= ALIKE) & (np.abs(third - NEUTRAL) <= ALIKE)
    return float(grey.mean()), float(neutral.mean())


def _list_segments(stream: bytes) -> list[tuple[int, bytes]]:
    """List marker and content of the segments before the samples; a damaged stream gives those up to the damage."""
    segments: list[tuple[int, bytes]] = []
    place = 2 if stream[:2] == bytes((SEGMENT, JPEG_START)) else len(stream)
    while place + 4 <= len(stream) and stream[place] == SEGMENT:
        marker = stream[place + 1]
        if marker == SEGMENT:  # a fill byte
            place += 1
            continue
        length = int.from_bytes(stream[place + 2 : place + 4], "big")
        if marker == SCAN or length < 2:
            break
        segments.append((marker, stream[place + 4 : place + 2 + length]))
        place += 2 + length
    return segments
