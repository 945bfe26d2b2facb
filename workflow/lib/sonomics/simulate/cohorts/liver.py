"""Simulated patients: a latent risk that drives the outcome, the clinic a little, and the images."""

from typing import Any

import numpy as np
import pandas as pd

from sonomics.core.seeds import generator
from sonomics.kinds.sources.simulator import Simulator
from sonomics.simulate.cohorts.adnexal import SCENE, draft_adnexal_cohort
from sonomics.simulate.exams.liver import NON_TARGET, UNUSABLE

HORIZON_MONTHS = 12
LOG_HAZARD_RATIO = 2.0
WEIBULL_SHAPE = 1.2
WEIBULL_SCALE_MONTHS = 30.5
DROPOUT_A_MONTH = 0.0065
FOLLOW_UP_MONTHS = {"train": (16.0, 60.0), "internal": (14.0, 36.0)}
CLINICAL_WEIGHT = 0.28
IMAGE_WEIGHT = {"margin": 0.8, "texture": 0.8, "echo": 0.75, "arterial": 0.8, "washout": 0.85}
NEWER_SCANNER = {"train": 0.3, "internal": 0.55}
OTHER_SHARE, SPOILT_SHARE, CALIPER_SHARE = 0.5, 0.4, 0.35
EXTERNAL = "external"
SPLIT_DIGIT = {"train": 0, "internal": 1, "prospective": 9}
MISHAPS = {
    ("train", 2): ("shared", ""),
    ("internal", 2): ("shared", ""),
    ("train", 4): ("", "no_target"),
    ("internal", 5): ("", "no_target"),
    ("train", 6): ("", "no_outline"),
}
DUPLICATE_OF_DOZEN = {0: "exact", 4: "gain", 8: "shift"}


def draft_cohort(settings: Simulator, seed: int) -> pd.DataFrame:
    """Draft the cohort of a simulated study: of the liver, or of another scene (see `adnexal_cohort`).

    Each patient is drawn from the seed and its own pseudonym alone: enlarging one split changes no other patient.
    The latent risk `sim_risk` is standard normal; time to recurrence is Weibull with proportional hazards,
    exp(`LOG_HAZARD_RATIO` x risk), censored by the end of follow-up and by dropping out.

    Parameters
    ----------
    settings : Simulator
        `patients`: number of patients a split; `repeat_outlines`: how many training cases are outlined again; `scene`:
        "liver" when not stated, or "adnexal".
    seed : int
        The study's seed.

    Returns
    -------
    DataFrame
        One row per case: patient, case, centre, split; age (years), sex, hepatitis, cirrhosis (0/1), size_mm,
        afp (ng/ml); time (months to recurrence or censoring), event (1: recurrence); and the simulated ground truth:
        sim_risk (larger: earlier recurrence), sim_margin, sim_texture, sim_echo, sim_arterial, sim_washout (what the
        images show, standard normal), sim_device, sim_repeat, sim_calipers (0/1), sim_extra, sim_duplicate, sim_fault
        (see `exams.kinds_of`).
    """
    if settings.scene == SCENE:
        return draft_adnexal_cohort(settings, seed)
    rows = [
        _patient(settings, seed, split, number)
        for split, count in settings.patients.items()
        for number in range(1, count + 1)
    ]
    return pd.DataFrame(rows)


def _patient(settings: Simulator, seed: int, split: str, number: int) -> dict[str, Any]:
    patient = f"P{_leading_digit(split)}{number:03d}"
    external = split.startswith(EXTERNAL)
    row: dict[str, Any] = {
        "patient": patient,
        "case": patient,
        "centre": "centre_b" if external else "centre_a",
        "split": split,
    }
    clinic = generator(seed, patient, "clinic")
    bulk, marker, rest = clinic.standard_normal(3)
    risk = CLINICAL_WEIGHT * (bulk + marker) + np.sqrt(1 - 2 * CLINICAL_WEIGHT**2) * rest
    row |= {
        "age": int(np.clip(clinic.normal(59, 10), 28, 84)),
        "sex": "M" if clinic.uniform() < 0.78 else "F",
        "hepatitis": int(clinic.uniform() < 0.75),
        "cirrhosis": int(clinic.uniform() < 0.55),
        "size_mm": round(float(np.clip(30 * np.exp(0.32 * bulk), 13, 60)), 1),
        "afp": round(float(np.clip(45 * np.exp(1.8 * marker), 1, 60000)), 1),
    }
    row |= _outcome(risk, split, generator(seed, patient, "outcome"))
    row["sim_risk"] = round(float(risk), 4)
    image = generator(seed, patient, "image")
    for name, weight in IMAGE_WEIGHT.items():
        row[f"sim_{name}"] = round(float(weight * risk + np.sqrt(1 - weight**2) * image.standard_normal()), 4)
    row |= _acquisition(split, external, generator(seed, patient, "acquisition"))
    row["sim_repeat"] = int(split == "train" and number <= settings.repeat_outlines)
    row["sim_duplicate"], row["sim_fault"] = _mishaps(split, number)
    return row


def _leading_digit(split: str) -> int:
    return SPLIT_DIGIT[split] if split in SPLIT_DIGIT else 1 + int(split.removeprefix("external_"))


def _outcome(risk: float, split: str, chance: np.random.Generator) -> dict[str, Any]:
    strain = chance.exponential() * np.exp(-LOG_HAZARD_RATIO * risk)
    recurrence = WEIBULL_SCALE_MONTHS * strain ** (1 / WEIBULL_SHAPE)
    follow_up = chance.uniform(*FOLLOW_UP_MONTHS.get(split, FOLLOW_UP_MONTHS["internal"]))
    censoring = min(follow_up, chance.exponential(1 / DROPOUT_A_MONTH))
    return {
        "time": max(round(float(min(recurrence, censoring)), 1), 0.1),
        "event": int(recurrence <= censoring),
    }


def _acquisition(split: str, external: bool, chance: np.random.Generator) -> dict[str, Any]:
    newer, calipers, other, spoilt = chance.uniform(size=4)
    drawn = (other < OTHER_SHARE, chance.choice(NON_TARGET)), (spoilt < SPOILT_SHARE, chance.choice(UNUSABLE))
    kinds = [str(kind) for wanted, kind in drawn if wanted]
    local = "SIM-A2" if newer < NEWER_SCANNER.get(split, 0.5) else "SIM-A1"
    device = "SIM-B1" if external else local
    return {"sim_device": device, "sim_calipers": int(calipers < CALIPER_SHARE), "sim_extra": "+".join(kinds)}


def _mishaps(split: str, number: int) -> tuple[str, str]:
    """Return the duplicate and the fault of a patient, by the index in its split."""
    return MISHAPS.get((split, number), (DUPLICATE_OF_DOZEN.get(number % 12, ""), ""))
