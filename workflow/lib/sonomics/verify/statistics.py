"""Every statistic on the tables of a folder, to be compared with a reference computed elsewhere."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from sonomics.core.errors import StudyError
from sonomics.core.files import read_json
from sonomics.verify.description import subgroups_binary, table1_by_y
from sonomics.verify.discrimination import cutoffs, list_models, mcnemar_test_set, roc
from sonomics.verify.fixed import edge_cases, sample_size
from sonomics.verify.images import clustered, heatmap
from sonomics.verify.probabilities import calibration, dca_binary_all, reclassification_a_to_b
from sonomics.verify.readers import readers
from sonomics.verify.selection import features, icc
from sonomics.verify.survival import survival
from sonomics.verify.tables import read_table
from sonomics.verify.tasks import holds_tasks, task_statistics
from sonomics.verify.tree import Tree

COLUMNS = {
    "binary_paired": ["patient_id", "set", "y", "menopause"],
    "boot_patients": [],
    "survival": ["patient_id", "set", "time_months", "event", "risk_score", "age", "ca125", "stage", "residual"],
    "icc_features": ["patient_id", "reader", "session"],
    "features": ["patient_id", "set", "fold", "y"],
    "reader_study": ["case_id", "truth", "reader", "modality", "score", "category", "decision"],
    "clustered_images": ["patient_id", "image_id", "y_patient", "y_image", "score"],
    "boot_clusters": [],
    "heatmap_mask": ["case", "row", "col", "heat", "mask"],
}
SECTIONS: dict[str, tuple[Callable[..., Tree], tuple[str, ...]]] = {
    "roc": (roc, ("binary_paired", "boot_patients")),
    "cutoffs": (cutoffs, ("binary_paired",)),
    "mcnemar_test_set": (mcnemar_test_set, ("binary_paired",)),
    "calibration": (calibration, ("binary_paired",)),
    "dca_binary_all": (dca_binary_all, ("binary_paired",)),
    "reclassification_a_to_b": (reclassification_a_to_b, ("binary_paired",)),
    "table1_by_y": (table1_by_y, ("binary_paired",)),
    "subgroups_binary": (subgroups_binary, ("binary_paired",)),
    "survival": (survival, ("survival",)),
    "icc": (icc, ("icc_features",)),
    "features": (features, ("features",)),
    "readers": (readers, ("reader_study",)),
    "clustered": (clustered, ("clustered_images", "boot_clusters")),
    "heatmap": (heatmap, ("heatmap_mask",)),
}
SIZES = "sample_size_inputs.json"


def folder_statistics(folder: Path) -> Tree:
    """Compute every statistic of a folder of reference tables.

    Parameters
    ----------
    folder : Path
        With the tables of `COLUMNS` as CSV and `sample_size_inputs.json`, or with those of `tasks.COLUMNS`.

    Returns
    -------
    dict
        Nested, by the reference's names; NaN where undefined (see `tree.reasons`).

    Raises
    ------
    StudyError
        When a file or a column is missing, there are fewer than two models, or a table holds invalid values:
        an unscored row, a case read twice by the same reader, an outcome that is not 0 or 1.
    """
    if holds_tasks(folder):
        return task_statistics(folder)
    tables = {name: read_table(folder / f"{name}.csv", columns) for name, columns in COLUMNS.items()}
    patients = tables["binary_paired"]
    if len(list_models(patients)) < 2:
        where = str(folder / "binary_paired.csv")
        raise StudyError(where, "it has fewer than two columns model_...", "add the probabilities of two models")
    for rows, units in (("boot_patients", len(patients)), ("boot_clusters", _patients(tables["clustered_images"]))):
        if not tables[rows].isin(range(1, units + 1)).all(axis=None):
            where = str(folder / f"{rows}.csv")
            raise StudyError(where, f"it draws others than patients 1 to {units}", "draw from the patients there are")
    if not (folder / SIZES).exists():
        raise StudyError(str(folder / SIZES), "the file is missing", "name a folder of reference tables")
    inputs: dict[str, Any] = read_json(folder / SIZES)
    tree: Tree = {}
    for name, (section, needed) in SECTIONS.items():
        try:
            tree[name] = section(*(tables[table] for table in needed))
        except ValueError as error:
            where = ", ".join(str(folder / f"{table}.csv") for table in needed)
            raise StudyError(where, f"{name} cannot be computed: {error}", "see docs/statistics.md") from error
    return tree | {"sample_size": sample_size(inputs), "edge_cases": edge_cases()}


def _patients(images: pd.DataFrame) -> int:
    return int(images["patient_id"].nunique())
