"""One patient's exam: which instances it has, and what each of them shows."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sonomics.core.seeds import generator
from sonomics.simulate.anatomy.lesion import LesionTraits, Outline
from sonomics.simulate.anatomy.outlines import trace
from sonomics.simulate.exams.scenes import Seed, draw_clip, draw_other, draw_still
from sonomics.simulate.exams.screen import clip_screen, still_screen
from sonomics.simulate.scanner.devices import DEVICES, Device
from sonomics.simulate.scanner.geometry import Floats, Placement, bounds

EXAM = "e1"
GREY, CONTRAST = "grey-scale", "contrast clip"
NON_TARGET = ("kidney", "gas", "phantom")
UNUSABLE = ("dark", "saturated", "reverberation")
DUPLICATES = ("exact", "gain", "shift", "shared")
FAULTS = ("no_target", "no_outline")
FIRST_READING = (("reader_1", "1"),)
REPEATED_READINGS = (("reader_1", "1"), ("reader_1", "2"), ("reader_2", "1"))
GAIN_OF_DUPLICATE_DB = 0.8
SHARED_DEVICE = "SIM-A1"
PLAIN = LesionTraits(size_mm=30, cirrhosis=0, margin=0, texture=0, echo=0, arterial=0, washout=0)

Reading = tuple[str, str]


@dataclass(frozen=True)
class Case:
    """What the simulator reads of a case: its simulated ground truth, never its outcome.

    Attributes
    ----------
    case, centre : str
    device : str
        A key of `DEVICES`.
    traits : LesionTraits
    readings : tuple of (reader, session)
        Who outlined it, and when.
    calipers : bool
        Whether the still carries a measurement.
    kinds : tuple of str
        What its instances show, in order: see `kinds_of`.
    outlined : bool
        False when the still's outline was lost.
    """

    case: str
    centre: str
    device: str
    traits: LesionTraits
    readings: tuple[Reading, ...]
    calipers: bool
    kinds: tuple[str, ...]
    outlined: bool


@dataclass(frozen=True)
class Instance:
    """One DICOM instance to be.

    Attributes
    ----------
    stem : str
    name : str
        `i1`, `i2`, ...
    kind : str
    description : str
        `GREY`, `CONTRAST`, or what another scene calls it.
    device : str
        The scanner that took it.
    frames : (frames, rows, columns) or (frames, rows, columns, 3) uint8 array
        Grey, or RGB.
    times_s : (frames,) array or None
    bounds : (int, int, int, int)
        Scan region: top, left, bottom, right in pixels, inclusive.
    mm_per_pixel : float
        NaN where the picture has no scale.
    outlines : dict of (reader, session) to (rows, columns) bool array
    """

    stem: str
    name: str
    kind: str
    description: str
    device: str
    frames: NDArray[np.uint8]
    times_s: NDArray[np.float64] | None
    bounds: tuple[int, int, int, int]
    mm_per_pixel: float
    outlines: dict[Reading, NDArray[np.bool_]] = field(default_factory=dict)


def kinds_of(extra: str, duplicate: str, fault: str) -> tuple[str, ...]:
    """List what a case's instances show, in order; instance `i<n>` is the n-th.

    Parameters
    ----------
    extra : str
        Kinds of further stills, joined by "+"; "" for none.
    duplicate : str
        One of `DUPLICATES`, or "".
    fault : str
        One of `FAULTS`, or "".

    Returns
    -------
    tuple of str
        "still", "clip", a member of `DUPLICATES`, `NON_TARGET` or `UNUSABLE`.
    """
    views = ("dark", "reverberation") if fault == "no_target" else ("still", "clip")
    further = [duplicate, *extra.split("+")]
    return (*views, *(kind for kind in further if kind))


def shows_target(kind: str) -> bool:
    """Tell whether an instance shows the lesion in its liver."""
    return kind in ("still", "clip", *DUPLICATES)


def simulate_exam(case: Case, seed: int) -> Iterator[Instance]:
    """Draw the instances of a case's exam, one by one.

    Parameters
    ----------
    case : Case
    seed : int
        The study's seed. Every instance depends on it, on the case and on nothing else.

    Yields
    ------
    Instance
    """
    for number, kind in enumerate(case.kinds, start=1):
        name = f"i{number}"
        stem = f"{case.case}-{EXAM}-{name}"
        device = DEVICES[SHARED_DEVICE if kind == "shared" else case.device]
        if kind == "clip":
            yield _clip(case, device, stem, name, seed)
        else:
            yield _still(case, device, stem, name, kind, seed)


def _still(case: Case, device: Device, stem: str, name: str, kind: str, seed: int) -> Instance:
    placement = device.still_placement()
    picture, outline = _picture(case, device, kind, stem, seed)
    measured = outline if case.calipers and kind not in ("gain", "shared") else None
    frame = still_screen(picture, device, case.centre, case.case, measured)
    lost = kind == "still" and not case.outlined
    outlines = {} if outline is None or lost else readings_of(case.readings, outline, placement, stem, seed)
    if kind == "shift":
        frame = np.roll(frame, 1, axis=1)
        outlines = {reading: np.roll(mask, 1, axis=1) for reading, mask in outlines.items()}
    return Instance(
        stem=stem,
        name=name,
        kind=kind,
        description=GREY,
        device=device.model,
        frames=frame[None],
        times_s=None,
        bounds=bounds(device.still, placement),
        mm_per_pixel=placement.mm_per_pixel,
        outlines=outlines,
    )


def _picture(case: Case, device: Device, kind: str, stem: str, seed: int) -> tuple[Floats, Outline | None]:
    own: Seed = (seed, case.case, "still")
    match kind:
        case "still" | "exact" | "shift":
            return draw_still(device, case.traits, own)
        case "gain":
            return draw_still(device, case.traits, own, GAIN_OF_DUPLICATE_DB)
        case "shared":
            # The same picture in two patients, but for the gain: the one leak a careful study has to find.
            offset = generator(seed, stem, "gain").uniform(-0.7, 0.7)
            return draw_still(device, PLAIN, (seed, "shared"), offset)
        case _:
            return draw_other(device, kind, case.traits, (seed, stem)), None


def _clip(case: Case, device: Device, stem: str, name: str, seed: int) -> Instance:
    placement = device.clip_placement()
    clip = draw_clip(device, case.traits, (seed, case.case, "clip"))
    return Instance(
        stem=stem,
        name=name,
        kind="clip",
        description=CONTRAST,
        device=device.model,
        frames=clip_screen(clip.frames, clip.times_s, device, case.case),
        times_s=clip.times_s,
        bounds=bounds(device.clip, placement),
        mm_per_pixel=placement.mm_per_pixel,
        outlines=readings_of(case.readings, clip.outline, placement, stem, seed),
    )


def readings_of(
    readings: tuple[Reading, ...], outline: Outline, placement: Placement, stem: str, seed: int
) -> dict[Reading, NDArray[np.bool_]]:
    """Let the readers trace an outline, each in its own session; masks of (rows, columns) of the frame."""
    return {
        (reader, session): trace(outline, reader, placement, generator(seed, stem, reader, session))
        for reader, session in readings
    }
