"""What `evaluate` has written, read back: one folder per variant and task."""

import math
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from sonomics.core.schemas import TRAIN
from sonomics.report.elements.numbers import format_count

TEXT = (
    "assumption",
    "class",
    "decided",
    "group",
    "level",
    "mcnemar_reason",
    "method",
    "reason",
    "test",
    "true",
    "variable",
)

# Statistics of the table of performance, and their names on the page.
MEASURES = {
    "auc": "AUC",
    "sensitivity": "Sensitivity",
    "specificity": "Specificity",
    "ppv": "PPV",
    "npv": "NPV",
    "accuracy": "Accuracy",
}
FURTHER_MEASURES = {
    "brier": "Brier score",
    "calibration_intercept": "Calibration intercept",
    "calibration_slope": "Calibration slope",
    "ici": "ICI",
    "f1": "F1",
    "mcc": "MCC",
    "kappa": "Kappa",
}


# Tables of binary tasks that the documents read of any task.
EMPTY = {
    "comparison": "against split method difference reason p p_holm",
    "label_averages": "model split decision of measure estimate lower upper reason",
    "decision": "split model threshold net_benefit treat_all treat_none",
    "subgroups": "split variable level n estimate lower upper reason",
}
BINARY_AUC, CLASS_AUC, CONCORDANCE = "AUC", "mean AUC (each class against the rest)", "concordance (Harrell's C)"


@dataclass(frozen=True)
class Evaluation:
    """The tables and figures of one variant and task.

    Attributes
    ----------
    variant, task : str
    tables : dict of str to DataFrame
        By the name of the CSV; text is never missing.
    figures : dict of (str, str) to str
        SVG text by kind and split.
    """

    variant: str
    task: str
    tables: dict[str, pd.DataFrame]
    figures: dict[tuple[str, str], str]

    @property
    def primary(self) -> str:
        """The primary model, which is the first of the table of performance."""
        return str(self.tables["performance"]["model"].iloc[0])

    @property
    def models(self) -> list[str]:
        """All models, the primary one first."""
        return [str(model) for model in self.tables["performance"]["model"].unique()]

    def table(self, name: str) -> pd.DataFrame:
        """Return one of the tables of binary tasks, without rows where the task is of another kind."""
        return self.tables[name] if name in self.tables else pd.DataFrame(columns=EMPTY[name].split())

    @property
    def has_classes(self) -> bool:
        """Whether the task has several classes."""
        return "task_classes" in self.tables

    @property
    def is_binary(self) -> bool:
        """Whether the task has a positive and a negative label."""
        return not self.has_classes and "task_follow_up" not in self.tables

    @property
    def auc_words(self) -> str:
        """What the statistic `auc` is called."""
        return CLASS_AUC if self.has_classes else BINARY_AUC if self.is_binary else CONCORDANCE

    @property
    def auc_title(self) -> str:
        """The same, as the beginning of a caption."""
        return f"{self.auc_words[:1].upper()}{self.auc_words[1:]}"

    @property
    def short_auc(self) -> str:
        """The same in a word or two, for tables and figures."""
        return "mean AUC" if self.has_classes else "AUC" if self.is_binary else "C"

    @property
    def counted(self) -> str:
        """What the table of performance counts as positives: "positives", "events", or "" of several classes."""
        return "" if self.has_classes else "positives" if self.is_binary else "events"

    def count_in_words(self, count: float | None) -> str:
        """Write what `counted` names as the end of a sentence, as in ", 6 events"; "" of several classes."""
        if count is None or math.isnan(count):
            return ""
        if self.is_binary:
            return f", {count:,.0f} positive"
        return f", {format_count(int(count), 'event')}"

    @property
    def article(self) -> str:
        """The article before `auc_words`."""
        return "an" if self.is_binary else "a"

    @property
    def splits(self) -> dict[str, str]:
        """The splits and their titles, in order."""
        table = self.tables["splits"]
        return dict(zip(table["split"], table["title"], strict=True))

    @property
    def tested_splits(self) -> list[str]:
        """The test sets; the training set (out of fold) when there is none."""
        return [split for split in self.splits if split != TRAIN] or [TRAIN]

    def find_statistic(self, model: str, split: str, name: str) -> pd.Series:
        """Return one row of the table of performance; NaN with the reason "not computed" where there is none."""
        table = self.tables["performance"]
        rows = table[(table["model"] == model) & (table["split"] == split) & (table["statistic"] == name)]
        if rows.empty:
            unknown = dict.fromkeys(("estimate", "lower", "upper"), float("nan"))
            return pd.Series({**unknown, "reason": "not computed"})
        return rows.iloc[0]


def read_evaluation(folder: Path, variant: str, task: str) -> Evaluation:
    """Read the folder of one variant and task."""
    tables = {path.stem: read_result_table(path) for path in sorted(folder.glob("*.csv"))}
    figures: dict[tuple[str, str], str] = {}
    for split in tables["splits"]["split"]:
        for path in sorted(folder.glob(f"*_{split}.svg")):
            figures[path.stem.removesuffix(f"_{split}"), str(split)] = path.read_text(encoding="utf-8")
    return Evaluation(variant, task, tables, figures)


def read_result_table(path: Path) -> pd.DataFrame:
    """Read a CSV of results; text that is missing is empty."""
    table = pd.read_csv(path, dtype=dict.fromkeys(TEXT, str))
    text = [name for name in table if name in TEXT or table[name].dtype.kind == "O"]
    return table.assign(**{str(name): table[name].astype(object).fillna("") for name in text})


def name_set(split: str) -> str:
    """Name a split within a sentence: `external_1` is "external test set 1"."""
    stem, _, number = split.partition("_")
    names = {TRAIN: "the training set (out of fold)", "internal": "the internal test set"}
    return names.get(stem, f"external test set {number}" if number else f"the {stem} set")
