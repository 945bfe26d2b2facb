"""One patient's pelvic exam: which instances it has, and what each of them shows."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sonomics.core.seeds import generator
from sonomics.simulate.anatomy.lesion import Outline
from sonomics.simulate.anatomy.other_images import OTHER_ANATOMY, reverberation
from sonomics.simulate.anatomy.pelvis import Adnexa, View, draw_adnexa, draw_pouch
from sonomics.simulate.exams.doppler import box_around, painted, velocities
from sonomics.simulate.exams.liver import EXAM, GREY, UNUSABLE, Instance, Reading, readings_of
from sonomics.simulate.exams.scenes import UNUSABLE_GAIN_DB, displayed
from sonomics.simulate.exams.screen import still_screen
from sonomics.simulate.exams.surface_rendering import SHAPE, draw_rendering
from sonomics.simulate.scanner.devices import DEVICES, STILL, Device
from sonomics.simulate.scanner.geometry import bounds

VIEWS = ("still", "second", "flow", "rendering", "pouch", "ovary")
OTHER_ORGANS = ("kidney", "gallbladder", "spleen", "muscle")
PROBE_OF = {"kidney": "SIM-A1", "gallbladder": "SIM-A1", "spleen": "SIM-A2", "muscle": "SIM-L1"}
GAIN_OF_DUPLICATE_DB = 0.8
NORMAL_FLOW = 0.25
FLOW, RENDERING = "colour flow", "3-D rendering"
SHOWS_ADNEXA = ("still", "second", "flow", "rendering", "ovary", "exact", "gain", "shift")
SHOWS_FLUID = ("still", "second", "flow", "pouch", "ovary", "exact", "gain", "shift")


@dataclass(frozen=True)
class AdnexalCase:
    """What the simulator reads of a case: its simulated ground truth, never its diagnosis.

    Attributes
    ----------
    case, centre : str
    device : str
        A key of `DEVICES`.
    adnexa : Adnexa
    readings : tuple of (reader, session)
    calipers : bool
        Whether the first still carries a measurement.
    kinds : tuple of str
        What its instances show, in order: members of `VIEWS`, `OTHER_ORGANS`, `exams.UNUSABLE`, or a duplicate of the
        first still.
    outlined : bool
        False when the first still's outline was lost.
    """

    case: str
    centre: str
    device: str
    adnexa: Adnexa
    readings: tuple[Reading, ...]
    calipers: bool
    kinds: tuple[str, ...]
    outlined: bool


def kinds_of(extra: str, duplicate: str, fault: str) -> tuple[str, ...]:
    """List what a case's instances show, in order; arguments as `exams.kinds_of`."""
    views = ("dark", "reverberation") if fault == "no_target" else ("still", "second")
    further = [*extra.split("+"), duplicate]
    return (*views, *(kind for kind in further if kind))


def shows(kind: str, lesion: bool, ascites: bool) -> dict[str, bool | None]:
    """Answer the questions of quality control for an instance; None is undeterminable.

    Parameters
    ----------
    kind : str
    lesion, ascites : bool
        Whether the patient has them.
    """
    unusable = kind in UNUSABLE
    answers: dict[str, bool | None] = {
        "target": kind in SHOWS_ADNEXA,
        "lesion": lesion and kind in SHOWS_ADNEXA and kind != "ovary",
        "ascites": ascites and kind in SHOWS_FLUID,
        "blood_flow": kind == "flow",
        "three_d": kind == "rendering",
    }
    if unusable:
        answers = dict.fromkeys(answers, None)
    elif kind == "rendering":
        answers["ascites"] = None
    return answers | {"undeterminable": unusable}


def simulate_adnexal_exam(case: AdnexalCase, seed: int) -> Iterator[Instance]:
    """Draw the instances of a case's exam, one by one.

    Parameters
    ----------
    case : AdnexalCase
    seed : int
        The study's seed. Every instance depends on it, on the case and on nothing else.

    Yields
    ------
    Instance
        With RGB frames, (1, rows, columns, 3), for colour flow and renderings.
    """
    for number, kind in enumerate(case.kinds, start=1):
        name = f"i{number}"
        yield _instance(case, kind, f"{case.case}-{EXAM}-{name}", name, seed)


def _instance(case: AdnexalCase, kind: str, stem: str, name: str, seed: int) -> Instance:
    device = DEVICES[PROBE_OF.get(kind, case.device)]
    placement = device.still_placement()
    frame, outline = _frame(case, device, kind, stem, seed)
    if outline is None or case.adnexa.mass is None or (kind == "still" and not case.outlined):
        outlines = {}
    else:
        outlines = readings_of(case.readings, outline, placement, stem, seed)
    if kind == "shift":
        frame = np.roll(frame, 1, axis=1)
        outlines = {reading: np.roll(mask, 1, axis=1) for reading, mask in outlines.items()}
    return Instance(
        stem=stem,
        name=name,
        kind=kind,
        description={"flow": FLOW, "rendering": RENDERING}.get(kind, GREY),
        device=device.model,
        frames=frame[None],
        times_s=None,
        bounds=_rendered_bounds() if kind == "rendering" else bounds(device.still, placement),
        mm_per_pixel=float("nan") if kind == "rendering" else placement.mm_per_pixel,
        outlines=outlines,
    )


def _frame(
    case: AdnexalCase, device: Device, kind: str, stem: str, seed: int
) -> tuple[NDArray[np.uint8], Outline | None]:
    if kind == "rendering":
        return _rendered(case, device, seed), None
    if kind in ("still", "second", "flow", "ovary", "exact", "gain", "shift"):
        return _adnexal_frame(case, device, kind, stem, seed)
    anatomy, speckle = generator(seed, stem, "anatomy"), generator(seed, stem, "speckle")
    if kind == "pouch":
        tissue = draw_pouch(case.adnexa, device.still, anatomy)
    elif kind in UNUSABLE_GAIN_DB:
        tissue = draw_adnexa(case.adnexa, device.still, anatomy).tissue
    else:
        tissue = {**OTHER_ANATOMY, "reverberation": reverberation}[kind](device.still, anatomy)
    picture = displayed(device, tissue, speckle, UNUSABLE_GAIN_DB.get(kind, 0.0))
    return still_screen(picture, device, case.centre, case.case, None), None


def _adnexal_frame(
    case: AdnexalCase, device: Device, kind: str, stem: str, seed: int
) -> tuple[NDArray[np.uint8], Outline | None]:
    """Draw the mass or an ovary; duplicates and colour flow look at what the first still looked at."""
    adnexa = Adnexa(None, case.adnexa.ascites_mm) if kind == "ovary" else case.adnexa
    own = (seed, stem) if kind in ("second", "ovary") else (seed, case.case, "still")
    view = draw_adnexa(adnexa, device.still, generator(*own, "anatomy"))
    speckle = generator(seed, stem, "speckle") if kind == "flow" else generator(*own, "speckle")
    picture = displayed(device, view.tissue, speckle, GAIN_OF_DUPLICATE_DB if kind == "gain" else 0.0)
    measured = view.outline if case.calipers and adnexa.mass and kind in ("still", "exact", "shift") else None
    frame = still_screen(picture, device, case.centre, case.case, measured)
    if kind == "flow":
        frame = _coloured(frame, view, case.adnexa, device, stem, seed)
    return frame, None if kind == "ovary" else view.outline


def _coloured(
    frame: NDArray[np.uint8], view: View, adnexa: Adnexa, device: Device, stem: str, seed: int
) -> NDArray[np.uint8]:
    box = box_around(view.outline, device.still, generator(seed, stem, "box"))
    share = adnexa.mass.flow if adnexa.mass else NORMAL_FLOW
    velocity = velocities(view.perfused, view.outline, share, box, device.still, generator(seed, stem, "flow"))
    return painted(frame, velocity, box, device.still, device.still_placement())


def _rendered(case: AdnexalCase, device: Device, seed: int) -> NDArray[np.uint8]:
    empty = np.zeros(STILL, np.float32)
    frame = np.repeat(still_screen(empty, device, case.centre, case.case, None)[..., None], 3, axis=2)
    top, left, bottom, right = _rendered_bounds()
    frame[top : bottom + 1, left : right + 1] = draw_rendering(
        case.adnexa.mass, generator(seed, case.case, "rendering")
    )
    return frame


def _rendered_bounds() -> tuple[int, int, int, int]:
    top, left = (STILL[0] - SHAPE[0]) // 2, (STILL[1] - SHAPE[1]) // 2
    return top, left, top + SHAPE[0] - 1, left + SHAPE[1] - 1
