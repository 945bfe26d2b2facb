"""Simulated women with an adnexal mass, and controls: a latent malignancy that drives morphology and markers."""

from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtr

from sonomics.core.seeds import generator
from sonomics.kinds.sources.simulator import Simulator
from sonomics.simulate.exams.adnexal import OTHER_ORGANS
from sonomics.simulate.exams.liver import UNUSABLE

SCENE = "adnexal"
SHARES = {"control": 0.25, "benign": 0.45, "malignant": 0.30}
APART = 2.0
NEWER_SCANNER = {"train": 0.3, "internal": 0.55}
VIEW_SHARE = {"flow": 0.55, "rendering": 0.3, "pouch": 0.6, "ovary": 0.4}
OTHER_SHARE, SPOILT_SHARE, CALIPER_SHARE = 0.55, 0.35, 0.35
SPLIT_DIGIT = {"train": 0, "internal": 1, "prospective": 9}
EXTERNAL = "external"
DUPLICATE_OF_DOZEN = {0: "exact", 4: "gain", 8: "shift"}
FAULTS = {("train", 6): "no_outline", ("train", 9): "no_target", ("internal", 5): "no_target"}


def draft_adnexal_cohort(settings: Simulator, seed: int) -> pd.DataFrame:
    """Draft the cohort of a simulated adnexal study.

    Each patient is drawn from the seed and its own pseudonym alone. `sim_risk` is standard normal in benign masses and
    lies `APART` higher in malignant ones; what the images show depends on it and on chance.

    Parameters
    ----------
    settings : Simulator
        `patients`: number of patients a split; `repeat_outlines`: how many training cases are outlined again.
    seed : int

    Returns
    -------
    DataFrame
        One row per case: patient, case, centre, split; age (years), menopause (0/1), ca125 (U/ml), size_mm (NaN in
        controls), diagnosis (control, benign, malignant), lesion (0/1: a mass was reported), malignant (0/1); and the
        ground truth: sim_scene, sim_risk, sim_septa, sim_papillary (numbers), sim_solid, sim_irregular, sim_flow
        (shares), sim_ground_glass, sim_calcified (0/1), sim_ascites_mm, sim_device, sim_repeat, sim_calipers (0/1),
        sim_extra, sim_duplicate, sim_fault (see `adnexal.kinds_of`).
    """
    rows = [
        _patient(settings, seed, split, number)
        for split, count in settings.patients.items()
        for number in range(1, count + 1)
    ]
    return pd.DataFrame(rows)


def _patient(settings: Simulator, seed: int, split: str, number: int) -> dict[str, Any]:
    external = split.startswith(EXTERNAL)
    digit = SPLIT_DIGIT[split] if split in SPLIT_DIGIT else 1 + int(split.removeprefix("external_"))
    patient = f"P{digit}{number:03d}"
    clinic = generator(seed, patient, "clinic")
    diagnosis = str(clinic.choice(list(SHARES), p=list(SHARES.values())))
    malignant, lesion = diagnosis == "malignant", diagnosis != "control"
    risk = float(clinic.standard_normal() + APART * malignant)
    age = int(np.clip(clinic.normal(44 + 12 * malignant, 12), 18, 86))
    row: dict[str, Any] = {
        "patient": patient,
        "case": patient,
        "centre": "centre_b" if external else "centre_a",
        "split": split,
        "age": age,
        "menopause": int(age > clinic.normal(50.5, 3)),
        "ca125": round(float(np.clip(16 * np.exp(clinic.normal(1.2 * malignant + 0.2 * lesion, 0.8)), 3, 9000)), 1),
        "size_mm": round(float(np.clip(46 * np.exp(clinic.normal(0.12 * risk, 0.25)), 24, 78)), 1)
        if lesion
        else np.nan,
        "diagnosis": diagnosis,
        "lesion": int(lesion),
        "malignant": int(malignant),
        "sim_scene": SCENE,
        "sim_risk": round(risk, 4),
    }
    row |= _morphology(risk, malignant, lesion, generator(seed, patient, "image"))
    row |= _acquisition(split, external, generator(seed, patient, "acquisition"))
    row["sim_repeat"] = int(split == "train" and number <= settings.repeat_outlines)
    row["sim_duplicate"] = DUPLICATE_OF_DOZEN.get(number % 12, "")
    row["sim_fault"] = FAULTS.get((split, number), "")
    return row


def _morphology(risk: float, malignant: bool, lesion: bool, chance: np.random.Generator) -> dict[str, Any]:
    """Draw what a mass looks like: the higher the risk, the more solid, irregular and perfused (IOTA's features)."""
    apart = risk - APART / 2
    cystic = chance.uniform() > ndtr(0.9 * apart - 0.1)
    solid = 0.0 if cystic else float(np.clip(chance.normal(0.45 + 0.15 * apart, 0.25), 0.12, 1.0))
    papillary = int(chance.poisson(np.exp(0.8 * apart - 0.2))) if solid < 0.8 else 0
    septa = int(chance.poisson(1.0 + 0.4 * ndtr(apart))) if solid < 0.8 else 0
    ground_glass, calcified = chance.uniform() < 0.3 * ndtr(-apart) + 0.05, chance.uniform() < 0.22
    irregular, flow = (
        0.012 + 0.07 * ndtr(apart + 1.4 * chance.standard_normal()),
        ndtr(0.7 * apart + 1.2 * chance.standard_normal()),
    )
    fluid = chance.uniform() < (0.12 if not malignant else 0.25 + 0.45 * ndtr(apart))
    depth = chance.uniform(9, 22)
    shown = {
        "sim_septa": min(septa, 4),
        "sim_papillary": min(papillary, 5),
        "sim_solid": round(0.97 if solid > 0.9 else solid, 3),
        "sim_irregular": round(float(irregular), 4),
        "sim_flow": round(float(flow), 4),
        "sim_ground_glass": int(ground_glass),
        "sim_calcified": int(calcified),
    }
    nothing = dict.fromkeys(shown, 0)
    return (shown if lesion else nothing) | {"sim_ascites_mm": round(float(depth), 1) if fluid else 0.0}


def _acquisition(split: str, external: bool, chance: np.random.Generator) -> dict[str, Any]:
    newer, calipers, other, spoilt, *views = chance.uniform(size=4 + len(VIEW_SHARE))
    drawn = [(lot < share, kind) for lot, (kind, share) in zip(views, VIEW_SHARE.items(), strict=True)]
    drawn += [(other < OTHER_SHARE, chance.choice(OTHER_ORGANS)), (spoilt < SPOILT_SHARE, chance.choice(UNUSABLE))]
    local = "SIM-V2" if newer < NEWER_SCANNER.get(split, 0.5) else "SIM-V1"
    return {
        "sim_device": "SIM-V3" if external else local,
        "sim_calipers": int(calipers < CALIPER_SHARE),
        "sim_extra": "+".join(str(kind) for wanted, kind in drawn if wanted),
    }
