"""Contrast agent on its way through liver and lesion."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from sonomics.simulate.anatomy.lesion import LesionTraits

SCHEDULE_S = (0, 5, 9, 12, 15, 18, 21, 24, 27, 31, 37, 46, 60, 84, 118, 172)

Curve = NDArray[np.float64]


@dataclass(frozen=True)
class Perfusion:
    """How the agent passes through one case.

    Attributes
    ----------
    arrival_s : float
        First agent in the liver's arteries after injection.
    peak_s : float
        Arterial peak of the lesion.
    washout_db : float
        How far the lesion finally falls below the liver.
    washout_s : float
        Time constant of that fall.
    patchy_db : float
        Spread of arterial enhancement within the lesion.
    """

    arrival_s: float
    peak_s: float
    washout_db: float
    washout_s: float
    patchy_db: float


def draw_perfusion(traits: LesionTraits, generator: np.random.Generator) -> Perfusion:
    """Draw a case's perfusion; the traits make wash-out earlier and deeper, arterial enhancement patchier."""
    arrival = generator.uniform(9, 12)
    share = float(ndtr(traits.washout))
    return Perfusion(
        arrival_s=arrival,
        peak_s=arrival + generator.uniform(9, 14),
        washout_db=0.5 + 10.5 * share,
        washout_s=80 - 50 * share,
        patchy_db=0.5 + 6.0 * float(ndtr(traits.arterial)),
    )


def draw_times(generator: np.random.Generator) -> Curve:
    """Draw the clip's frame times in s after injection, increasing within 0 to 180, denser in the first 40."""
    times = np.array(SCHEDULE_S, float)
    times[1:] += generator.uniform(-1.2, 1.2, times.size - 1)
    return np.round(times, 1)


def bolus(times_s: Curve, arrival_s: float, peak_s: float) -> Curve:
    """Return a gamma-variate bolus (Thompson et al. 1964) of power 3 and peak value 1 at `peak_s`."""
    reach = np.maximum(times_s - arrival_s, 0) / (peak_s - arrival_s)
    return reach**3 * np.exp(3 * (1 - reach))


def liver_curve(times_s: Curve, perfusion: Perfusion) -> Curve:
    """Return the liver's enhancement (power; 1 is the lesion's arterial peak): a little arterial, mostly portal."""
    since = np.maximum(times_s - perfusion.arrival_s - 12, 0)
    arterial = 0.08 * bolus(times_s, perfusion.arrival_s, perfusion.peak_s)
    return arterial + 0.45 * (1 - np.exp(-since / 20)) * np.exp(-since / 300)


def portal_vein_curve(times_s: Curve, perfusion: Perfusion) -> Curve:
    """Return the enhancement of the larger vessels (power)."""
    since = np.maximum(times_s - perfusion.arrival_s - 9, 0)
    return 1.1 * (1 - np.exp(-since / 8)) * np.exp(-since / 140)


def arterial_curve(times_s: Curve, perfusion: Perfusion) -> Curve:
    """Return the arterial share of the lesion's enhancement (power)."""
    return bolus(times_s, perfusion.arrival_s, perfusion.peak_s)


def late_curve(times_s: Curve, perfusion: Perfusion) -> Curve:
    """Return the rest of the lesion's enhancement (power): the liver's, less the wash-out."""
    since = np.maximum(times_s - perfusion.peak_s, 0)
    fall_db = perfusion.washout_db * (1 - np.exp(-since / perfusion.washout_s))
    return liver_curve(times_s, perfusion) * 10 ** (-fall_db / 10)


def lesion_curve(times_s: Curve, perfusion: Perfusion) -> Curve:
    """Return the lesion's mean enhancement (power), shape of `times_s`."""
    return arterial_curve(times_s, perfusion) + late_curve(times_s, perfusion)
