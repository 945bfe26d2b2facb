"""Every statistic of several classes and of follow-up on the tables of a folder, for comparison with R."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from sonomics.core.errors import StudyError
from sonomics.verify.classes import (
    class_probabilities,
    class_tests,
    multinomial_lasso,
    multinomial_logistic,
    ordered_agreement,
    ordinal_logistic,
    ranked_probability,
)
from sonomics.verify.followed import cox_lasso_train, cox_model, cox_univariable_train
from sonomics.verify.tables import read_table
from sonomics.verify.tree import Tree

COLUMNS = {
    "classes": ["patient_id", "fold", "kind", "grade", "reader_grade", "x01", "x02", "x03", "x04"],
    "followed": ["patient_id", "set", "fold", "time", "event", "z01", "z02", "z11"],
}
SECTIONS: dict[str, tuple[Callable[[pd.DataFrame], Tree], str]] = {
    "tests": (class_tests, "classes"),
    "multinomial_lasso": (multinomial_lasso, "classes"),
    "multinomial_logistic": (multinomial_logistic, "classes"),
    "ordinal_logistic": (ordinal_logistic, "classes"),
    "ordered_agreement": (ordered_agreement, "classes"),
    "class_probabilities": (class_probabilities, "classes"),
    "ranked_probability": (ranked_probability, "classes"),
    "cox_univariable_train": (cox_univariable_train, "followed"),
    "cox_lasso_train": (cox_lasso_train, "followed"),
    "cox_model": (cox_model, "followed"),
}


def holds_tasks(folder: Path) -> bool:
    """Whether a folder has a table of tasks of several classes or of follow-up."""
    return any((folder / f"{name}.csv").exists() for name in COLUMNS)


def task_statistics(folder: Path) -> Tree:
    """Compute every statistic of `classes.csv` and `followed.csv`.

    Returns
    -------
    dict
        Nested, by the reference's names; NaN where undefined (see `tree.list_reasons`).

    Raises
    ------
    StudyError
        When a table or a column is missing, or a table holds invalid values: an unscored row, a probability outside
        [0, 1], an event that is not 0 or 1, a fold without rows of a class.
    """
    tables = {name: read_table(folder / f"{name}.csv", columns) for name, columns in COLUMNS.items()}
    tree: Tree = {}
    for name, (section, needed) in SECTIONS.items():
        try:
            tree[name] = section(tables[needed])
        except ValueError as error:
            where = str(folder / f"{needed}.csv")
            raise StudyError(where, f"{name} cannot be computed: {error}", "see docs/statistics.md") from error
    return tree
