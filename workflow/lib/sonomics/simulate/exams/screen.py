"""What a scanner burns into its frames: texts, scales, a grey bar and calipers. All of it made up."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from sonomics.simulate.anatomy.lesion import Outline
from sonomics.simulate.scanner.devices import Device
from sonomics.simulate.scanner.geometry import Floats, Placement, Sector

INSTITUTE = {"centre_a": "SIM UNIVERSITY HOSPITAL A", "centre_b": "SIM CLINIC B"}
BRIGHT, DIM = 235, 150


def still_screen(
    picture: Floats, device: Device, centre: str, patient: str, calipers: Outline | None
) -> NDArray[np.uint8]:
    """Burn the scanner's screen around and into a grey-scale still.

    Parameters
    ----------
    picture : (rows, columns) float array
        Grey levels.
    device : Device
    centre, patient : str
        Printed on top; pseudonyms.
    calipers : Outline, optional
        When given, its long axis is measured on the picture.

    Returns
    -------
    (rows, columns) uint8 array
    """
    canvas = Image.fromarray(np.rint(picture).astype(np.uint8))
    draw = ImageDraw.Draw(canvas)
    placement = device.still_placement()
    left = device.text_side == "left"
    edge = 6 if left else canvas.width - 84
    _write(draw, (6, 2), INSTITUTE.get(centre, "SIM HOSPITAL"), 11, BRIGHT)
    _write(draw, (6, 15), f"ID {patient}   SIMULATED", 10, BRIGHT)
    _write(draw, (canvas.width - 120, 2), "11/11/1111  11:11:11", 10, BRIGHT)
    _write(draw, (canvas.width - 120, 15), f"{device.model}  {device.preset}", 10, BRIGHT)
    lines = (
        device.probe,
        f"Gn {50 + device.gain_db:.0f}",
        f"DR {device.dynamic_range_db:.0f}",
        "FR 31Hz",
        "P 100%",
        "MI 1.1",
    )
    for number, line in enumerate(lines):
        _write(draw, (edge, 44 + 13 * number), line, 10, DIM)
    _grey_bar(canvas, 12 if left else canvas.width - 20, 150)
    _depth_scale(draw, device.still, placement, canvas.width - 26 if left else 20, device.focus_mm)
    if calipers is not None:
        _measure(draw, calipers, placement, canvas.height - 16)
    return np.asarray(canvas)


def clip_screen(frames: Floats, times_s: NDArray[np.float64], device: Device, patient: str) -> NDArray[np.uint8]:
    """Burn a thin screen with a running timer into the frames of a clip.

    Parameters
    ----------
    frames : (frames, rows, columns) float array
    times_s : (frames,) float array
    device : Device
    patient : str

    Returns
    -------
    (frames, rows, columns) uint8 array
    """
    shown = []
    for picture, time in zip(frames, times_s, strict=True):
        canvas = Image.fromarray(np.rint(picture).astype(np.uint8))
        draw = ImageDraw.Draw(canvas)
        _write(draw, (3, 1), f"ID {patient} SIMULATED", 9, BRIGHT)
        _write(draw, (canvas.width - 60, 1), f"{device.model} CH", 9, DIM)
        _write(draw, (3, canvas.height - 12), f"{int(time // 60):02d}:{time % 60:04.1f}", 9, BRIGHT)
        _depth_scale(draw, device.clip, device.clip_placement(), canvas.width - 10, device.focus_mm)
        shown.append(np.asarray(canvas))
    return np.stack(shown)


@lru_cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _write(draw: ImageDraw.ImageDraw, at: tuple[int, int], text: str, size: int, grey: int) -> None:
    draw.text(at, text, fill=grey, font=_font(size))


def _grey_bar(canvas: Image.Image, column: int, top: int) -> None:
    levels = np.linspace(255, 0, 110).astype(np.uint8)
    canvas.paste(Image.fromarray(np.repeat(levels[:, None], 8, axis=1)), (column, top))


def _depth_scale(draw: ImageDraw.ImageDraw, sector: Sector, placement: Placement, column: int, focus_mm: float) -> None:
    for centimetre in range(int(sector.depth_mm // 10) + 1):
        row = round(placement.face_row + 10 * centimetre / placement.mm_per_pixel)
        draw.line([(column, row), (column + (6 if centimetre % 5 == 0 else 3), row)], fill=DIM)
    row = round(placement.face_row + focus_mm / placement.mm_per_pixel)
    draw.polygon([(column - 2, row), (column - 7, row - 3), (column - 7, row + 3)], fill=BRIGHT)


def _measure(draw: ImageDraw.ImageDraw, outline: Outline, placement: Placement, row: int) -> None:
    angles = np.array([outline.tilt, outline.tilt + np.pi])
    reach = outline.radius(angles)
    rows, columns = placement.pixels(outline.x + reach * np.cos(angles), outline.z + reach * np.sin(angles))
    for y, x in zip(rows.round().tolist(), columns.round().tolist(), strict=True):
        draw.line([(x - 4, y), (x + 4, y)], fill=255)
        draw.line([(x, y - 4), (x, y + 4)], fill=255)
    steps = np.linspace(0, 1, max(int(np.hypot(np.ptp(rows), np.ptp(columns)) / 5), 2))[1:-1]
    dots = np.stack([columns[0] + steps * np.diff(columns), rows[0] + steps * np.diff(rows)], axis=1)
    draw.point([tuple(dot) for dot in dots.round().tolist()], fill=255)
    _write(draw, (180, row), f"+ Dist {reach.sum() / 10:.2f} cm", 10, BRIGHT)
