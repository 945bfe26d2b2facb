"""What the simulator may read of a cohort, scene by scene. A column that is not named here cannot leak into a pixel."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from sonomics.core.errors import StudyError
from sonomics.simulate.anatomy.adnexal_mass import Mass
from sonomics.simulate.anatomy.lesion import LesionTraits
from sonomics.simulate.anatomy.pelvis import Adnexa
from sonomics.simulate.exams import adnexal, liver
from sonomics.simulate.exams.liver import FIRST_READING, REPEATED_READINGS, Instance

IDENTITY = ("patient", "case", "centre", "sim_device", "sim_extra", "sim_duplicate", "sim_fault")
EVENTS = ("sim_repeat", "sim_calipers")


@dataclass(frozen=True)
class Scene:
    """A kind of simulated exam.

    Attributes
    ----------
    numbers, flags : tuple of str
        Columns of the cohort that it is drawn from, besides `IDENTITY` and `EVENTS`.
    exam : callable
        Row of the cohort and seed -> the exam's instances.
    """

    numbers: tuple[str, ...]
    flags: tuple[str, ...]
    exam: Callable[[pd.Series, int], Iterator[Instance]]


def draw_liver_exam(row: pd.Series, seed: int) -> Iterator[Instance]:
    """Draw the exam of a liver with its lesion."""
    names = ("margin", "texture", "echo", "arterial", "washout")
    traits = LesionTraits(row["size_mm"], row["cirrhosis"], *(row[f"sim_{name}"] for name in names))
    kinds = liver.kinds_of(row["sim_extra"], row["sim_duplicate"], row["sim_fault"])
    return liver.simulate_exam(liver.Case(traits=traits, kinds=kinds, **_read_shared(row)), seed)


def draw_adnexal_exam(row: pd.Series, seed: int) -> Iterator[Instance]:
    """Draw the exam of a pelvis, with a mass or without."""
    mass = Mass(
        size_mm=row["size_mm"],
        septa=int(row["sim_septa"]),
        papillary=int(row["sim_papillary"]),
        solid=row["sim_solid"],
        ground_glass=bool(row["sim_ground_glass"]),
        calcified=bool(row["sim_calcified"]),
        irregular=row["sim_irregular"],
        flow=row["sim_flow"],
    )
    adnexa = Adnexa(mass if row["lesion"] else None, row["sim_ascites_mm"])
    kinds = adnexal.kinds_of(row["sim_extra"], row["sim_duplicate"], row["sim_fault"])
    return adnexal.simulate_adnexal_exam(adnexal.AdnexalCase(adnexa=adnexa, kinds=kinds, **_read_shared(row)), seed)


LIVER = Scene(
    ("size_mm", "cirrhosis", "sim_margin", "sim_texture", "sim_echo", "sim_arterial", "sim_washout"),
    (),
    draw_liver_exam,
)
ADNEXAL = Scene(
    ("size_mm", "sim_septa", "sim_papillary", "sim_solid", "sim_irregular", "sim_flow", "sim_ascites_mm"),
    ("lesion", "sim_ground_glass", "sim_calcified"),
    draw_adnexal_exam,
)


def find_scene(path: Path) -> Scene:
    """Find out from a cohort's columns which scene it was drafted for."""
    return ADNEXAL if "sim_scene" in pd.read_csv(path, nrows=0).columns else LIVER


def read_ground_truth(path: Path, scene: Scene) -> pd.DataFrame:
    """Read a cohort's simulated ground truth, and neither its labels nor its outcomes.

    Returns
    -------
    DataFrame
        The columns `IDENTITY`, `EVENTS` and those of the scene, sorted by case.

    Raises
    ------
    StudyError
        When the cohort was not drafted for the simulator.
    """
    flags = [*EVENTS, *scene.flags]
    types = {**dict.fromkeys(IDENTITY, "str"), **dict.fromkeys(scene.numbers, "float"), **dict.fromkeys(flags, "bool")}
    missing = sorted(set(types) - set(pd.read_csv(path, nrows=0).columns))
    if missing:
        fix = "draft a simulated cohort, or name another export.source in params.yaml"
        raise StudyError(str(path), f"the simulator needs the column {missing[0]}", fix)
    table = pd.read_csv(path, usecols=sorted(types), dtype=str, keep_default_na=False)
    table[flags] = table[flags] == "1"
    table[list(scene.numbers)] = table[list(scene.numbers)].replace("", "nan")
    return table.astype(types).sort_values("case", ignore_index=True)


def _read_shared(row: pd.Series) -> dict[str, Any]:
    return {
        "case": row["case"],
        "centre": row["centre"],
        "device": row["sim_device"],
        "readings": REPEATED_READINGS if row["sim_repeat"] else FIRST_READING,
        "calipers": bool(row["sim_calipers"]),
        "outlined": row["sim_fault"] != "no_outline",
    }
