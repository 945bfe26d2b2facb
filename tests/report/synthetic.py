"""What the phases before `report` have left of a small simulated study."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sonomics.core.files import write_json, write_text
from sonomics.core.images import write_png
from sonomics.core.schemas import CROPS, MAPS, READERS, SCREENING
from sonomics.core.settings.parameters import Parameters
from sonomics.core.tables import read_table, write_table
from sonomics.evaluate import task
from sonomics.simulate.cohorts.readers import draft_readings
from tests.evaluate.synthetic import SETTINGS, arguments, write_study

VARIANTS = ("main", "shuffled")
VIEWS = ("grey", "arterial")
PHANTOM = """engine,feature,ibsi,reference,value,agrees
texture,firstorder_Mean,stat_mean,2.15,2.14865,True
texture,glcm_Contrast,cm_contrast_2D_avg,5.28,5.27562,True
texture,glcm_JointEntropy,cm_joint_entr_2D_avg,3.45,3.1,False
mazda,Variance,stat_var,3.05,3.04547,True
"""
NETWORK = {
    "architecture": "mobilenetv3_small_050", "weights": "none", "size": 64, "epochs": 2, "batch": 8,
    "learning_rate": 0.002, "weight_decay": 0.01,
}  # fmt: skip
PARAMS: dict[str, Any] = {
    "study": {
        **SETTINGS["study"],
        "name": "tiny",
        "title": "A tiny study of <script>alert('x')</script> & recurrence",
        "question": "Does it recur?",
        "portable": True,
        "variants": {"main": {}, "shuffled": {"study": {"shuffle_labels": True}}},
    },
    "export": {**SETTINGS["export"], "simulator": {"patients": {"train": 40, "internal": 24}, "repeat_outlines": 0}},
    "clean": {
        "views": {"grey": {"from": "still"}, "arterial": {"from": "clip", "window_s": [0, 30], "pick": "peak"}},
        "overlays": "remove",
        "duplicates": {"max_distance": 10},
        "qc": {"network": NETWORK, "heads": {"target": {"exclude_below": 0.5}}},
    },
    "crop": {"region": "lesion", "margin": 0.1, "min_pixels": 50, "analysis": {"reader": "reader_1", "session": "1"}},
    "extract": {
        "families": {
            "texture": {
                "kind": "pyradiomics",
                "bins": 32,
                "classes": ["firstorder", "shape2D"],
                "filters": {"original": {}},
                "resample_mm": None,
            }
        }
    },
    "select": {
        "unit": "case",
        "folds": 3,
        "steps": [
            {"step": "icc", "above": 0.75},
            {"step": "u_test", "below": 0.05},
            {"step": "correlation", "above": 0.6},
            {"step": "lasso", "folds": 10, "rule": "min"},
        ],
    },
    "train": {
        "models": {
            "rf": {"kind": "forest", "families": ["texture"], "trees": 10},
            "cnn": {"kind": "network", **NETWORK},
        }
    },
    "stack": {
        "pool": "mean",
        "threshold": "youden",
        "models": {"radiomics": {"of": ["rf"]}, "stacked": {"of": ["rf", "cnn"]}},
    },
    "evaluate": SETTINGS["evaluate"],
    "report": {"shown_cases": 3},
}
CHART = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><text>Listed in the cohort</text></svg>'
STATE: dict[str, Any] = {
    "kept": ["grey__texture__a", "grey__texture__b"],
    "coefficients": {"grey__texture__a": 0.25, "grey__texture__b": -0.5},
    "intercept": -0.125,
    "mean": {"grey__texture__a": 12.5, "grey__texture__b": -3.25},
    "sd": {"grey__texture__a": 2.0, "grey__texture__b": 0.0625},
    "steps": [{"step": "icc", "in": 10, "out": 4, "note": ""}, {"step": "lasso", "in": 4, "out": 2, "note": ""}],
}


def with_author(**texts: str) -> Parameters:
    """Return the parameters with texts of the authors."""
    return Parameters.partial({**PARAMS, "report": {**PARAMS["report"], "author": texts}})


def write_screening(folder: Path, cohort: pd.DataFrame) -> None:
    """Write a flow chart, and a screening table in which the first training case has lost its images."""
    rows = []
    for position, case in enumerate(cohort.itertuples()):
        lost = position == 0
        outcome = {"fate": "excluded" if lost else "kept", "detail": ""}
        head = {"patient": case.patient, "case": case.case, "split": case.split}
        rows.append({**head, "level": "case", "image": "", "view": "", "reason": "no_image" if lost else "", **outcome})
        for view in VIEWS:
            image = f"{case.case}-e1-{view}-f0"
            reason = "qc_target" if lost else ""
            rows.append({**head, "level": "image", "image": image, "view": view, "reason": reason, **outcome})
    write_table(pd.DataFrame(rows), folder / "results" / "screening.csv", SCREENING)
    write_text(folder / "results" / "screening.svg", CHART)


def write_crops(folder: Path, cohort: pd.DataFrame) -> None:
    """Write crops with a square outline, every view of every case; one could not be cropped."""
    generator = np.random.default_rng(1)
    mask = np.zeros((30, 40), dtype=bool)
    mask[8:22, 10:30] = True
    rows = []
    for position, (case, view) in enumerate((case, view) for case in cohort["case"] for view in VIEWS):
        image = f"{case}-e1-{view}-f0"
        paths = {
            kind: folder / "data" / "crop" / "main" / "0" / "pixels" / f"{image}-{kind}.png"
            for kind in ("crop", "mask")
        }
        if cohort.set_index("case").loc[case, "split"] == "internal":
            write_png(paths["crop"], generator.integers(0, 256, mask.shape, dtype=np.uint8))
            write_png(paths["mask"], mask)
        names = {"patient": case, "case": case, "image": image, "reader": "reader_1", "session": "1", "view": view}
        size = {"spacing_mm": 0.2, "rows": 30, "columns": 40, "outline_pixels": int(mask.sum())}
        outcome = {"keep": position != 5, "reason": "no_outline" if position == 5 else ""}
        rows.append({**names, "file": str(paths["crop"]), "mask": str(paths["mask"]), **size, **outcome})
    write_table(pd.DataFrame(rows), folder / "data" / "crop" / "main" / "0" / "crops.parquet", CROPS)


def write_maps(folder: Path) -> None:
    """Write the maps of the network `cnn` over the crops of the internal set; one has no heat."""
    crops = read_table(folder / "data" / "crop" / "main" / "0" / "crops.parquet", CROPS)
    drawn = crops[crops["file"].map(lambda path: Path(path).exists())]
    home = folder / "results" / "train" / "main" / "cnn" / "recurrence" / "all"
    heat = np.zeros((8, 8), dtype=np.uint8)
    heat[2:5, 2:5] = 255
    rows = []
    for position, crop in enumerate(drawn.to_dict("records")):
        file = home / "maps" / f"{crop['image']}.png"
        write_png(file, heat)
        cold = position == 0
        names = {name: crop[name] for name in ("patient", "case", "image", "view")}
        said = {"model": "cnn", "task": "recurrence", "split": "internal", "fold": "all", "value": 0.5}
        paths = {"file": "" if cold else str(file), "crop": crop["file"], "mask": crop["mask"]}
        measures = dict.fromkeys(("hot_share", "dice", "heat_inside"), np.nan if cold else 0.2 + position / 100)
        rows.append({**names, **said, **paths, **measures, "reason": "no_heat" if cold else ""})
    write_table(pd.DataFrame(rows), home / "maps.parquet", MAPS)


def write_other_phases(folder: Path, cohort: pd.DataFrame) -> None:
    """Write what `render_report` reads besides the evaluations."""
    write_screening(folder, cohort)
    write_crops(folder, cohort)
    write_maps(folder)
    write_json(folder / "results" / "select" / "main" / "texture" / "recurrence" / "all" / "state.json", STATE)
    write_json(folder / "results" / "metrics" / "select.json", {"kept": 2})
    write_text(folder / "results" / "plots" / "extract" / "phantom.csv", PHANTOM)


def write_inputs(
    folder: Path,
    patients: dict[str, int],
    settings: str,
    change: Callable[[pd.DataFrame], pd.DataFrame] = lambda cohort: cohort,
) -> pd.DataFrame:
    """Write everything `render_report` reads; `settings` are those of `evaluate`, as JSON. Return the cohort."""
    cohort = change(write_study(folder, patients, VARIANTS))
    cohort.to_csv(folder / "data" / "cohort.csv", index=False)
    write_table(draft_readings(cohort, "recurrence", 7), folder / "data" / "readers.csv", READERS)
    for variant in VARIANTS:
        out = folder / "results" / "evaluate" / variant / "recurrence"
        task.main([f"--settings={settings}", *arguments(folder, variant), f"--out={out}"])
    write_other_phases(folder, cohort)
    return cohort


def evaluation_option(results: Path, variant: str) -> list[str]:
    """Make the option that names the evaluation of a variant."""
    return ["--evaluation", variant, "recurrence", str(results / "evaluate" / variant / "recurrence")]


def report_arguments(folder: Path, templates: Path) -> list[str]:
    """Make the command line of `sonomics.report.render`, without settings."""
    results = folder / "results"
    return [
        *(part for variant in VARIANTS for part in evaluation_option(results, variant)),
        f"--cohort={folder / 'data' / 'cohort.csv'}",
        f"--screening={results / 'screening.csv'}",
        f"--chart={results / 'screening.svg'}",
        f"--crops={folder / 'data' / 'crop' / 'main' / '0' / 'crops.parquet'}",
        *("--selection", "texture", "recurrence"),
        str(results / "select" / "main" / "texture" / "recurrence" / "all" / "state.json"),
        f"--maps={results / 'train' / 'main' / 'cnn' / 'recurrence' / 'all' / 'maps.parquet'}",
        f"--metrics={results / 'metrics' / 'select.json'}",
        f"--phantom={results / 'plots' / 'extract' / 'phantom.csv'}",
        f"--page={templates / 'page.html.j2'}",
        f"--script={templates / 'page.js'}",
        f"--style={templates / 'page.css'}",
        "--standards",
        *map(str, sorted((templates / "checklists").glob("*.yaml"))),
        f"--checklists={results / 'checklists'}",
        f"--card={results / 'model_card.md'}",
        f"--tables={results / 'tables.docx'}",
        f"--html={results / 'report.html'}",
        f"--out-metrics={results / 'metrics' / 'report.json'}",
    ]
