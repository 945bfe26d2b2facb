"""Test sets without the cases that have, by their label, what none of their images shows: a sensitivity analysis.

The phase `clean` may hold such a rule against training rows alone, since it reads the label.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from sonomics.core.errors import StudyError
from sonomics.core.files import read_json
from sonomics.core.schemas import SCREENED, TRAIN
from sonomics.core.tables import read_table
from sonomics.evaluate.accuracy.auc import auc_entry
from sonomics.evaluate.samples.cases import Model, analysed
from sonomics.evaluate.tables.entries import Sampling

HAS = {"1", "1.0", "true", "yes"}
ABOVE = "above"
ALL = "all cases"


class LeftOut(NamedTuple):
    """Cases known to have something that their images do not show.

    Attributes
    ----------
    cases : frozenset of str
        None of their kept images shows it.
    partly : frozenset of str
        Some of their kept images do not. They stay: their score pools all their images.
    """

    cases: frozenset[str]
    partly: frozenset[str]


def not_shown(images: pd.DataFrame, head: str, limit: Mapping[str, Any], known: frozenset[str]) -> LeftOut:
    """List the cases whose images do not show what the cases have.

    Parameters
    ----------
    images : DataFrame
        Schema SCREENED; kept images with a value of the head count.
    head : str
        Of the QC classifier.
    limit : mapping
        What the classifier has saved of the head: `threshold`, and `exclude`, the side that says no: "above" (from the
        threshold on), else below it.
    known : frozenset of str
        Cases that have it.
    """
    value = images[f"qc__{head}"]
    used = images["keep"] & value.notna() & images["case"].isin(known)
    lacks = value >= limit["threshold"] if limit["exclude"] == ABOVE else value < limit["threshold"]
    share = lacks[used].groupby(images.loc[used, "case"]).mean()
    return LeftOut(frozenset(share.index[share == 1]), frozenset(share.index[(share > 0) & (share < 1)]))


def label_aware_table(
    cases: pd.DataFrame, models: list[Model], left_out: Mapping[str, LeftOut], sampling: Sampling
) -> pd.DataFrame:
    """Compute the AUC of every model in every test set, with all cases and without those left out.

    Parameters
    ----------
    cases : DataFrame
        From `scored_cases`.
    models : list of Model
    left_out : mapping
        Analysis to its cases.
    sampling : Sampling

    Returns
    -------
    DataFrame
        `model, split, analysis, auc, lower, upper, method, n, positives, left_out, partly, reason`: one row a model,
        test set and analysis, `all cases` first. `left_out` and `partly` count cases of the set with a label and a
        value of the model. NaN with a reason where the AUC is not estimable.
    """
    analyses = {ALL: LeftOut(frozenset(), frozenset()), **left_out}
    rows = []
    for model in models:
        for split, inside in cases[cases["split"] != TRAIN].groupby("split", sort=False):
            every = analysed(inside, model.judged)
            for name, gone in analyses.items():
                used = every[~every["case"].isin(gone.cases)]
                area = auc_entry(used, model, sampling)
                rows.append(
                    {
                        "model": model.name, "split": split, "analysis": name, "auc": area.estimate,
                        "lower": area.lower, "upper": area.upper, "method": area.method, "n": len(used),
                        "positives": int(used["label"].sum()), "left_out": len(every) - len(used),
                        "partly": int(used["case"].isin(gone.partly).sum()), "reason": area.reason,
                    }
                )  # fmt: skip
    return pd.DataFrame(rows)


def read_left_out(stated: Mapping[str, Mapping[str, str]], cohort: Path, images: Path, qc: Path) -> dict[str, LeftOut]:
    """Read which cases each analysis of `evaluate.label_aware` leaves out.

    Parameters
    ----------
    stated : mapping
        Analysis to `head`, of the QC classifier, and `needs_case`, a column of the cohort (1, true or yes: it has it).
    cohort, images, qc : Path
        data/cohort.csv, data/clean/images.parquet, and the folder of the QC classifier.

    Raises
    ------
    StudyError
        When the cohort lacks a column.
    """
    table = pd.read_csv(cohort, dtype=str, keep_default_na=False)
    screened, heads = read_table(images, SCREENED), read_json(qc / "state.json")["heads"]
    found = {}
    for name, rule in stated.items():
        column, head = rule["needs_case"], rule["head"]
        if column not in table:
            broken = f"the column {column} is missing, which evaluate.label_aware.{name} asks for"
            raise StudyError(str(cohort), broken, f"add it (columns now: {', '.join(table.columns)})")
        known = frozenset(table.loc[table[column].str.strip().str.lower().isin(HAS), "case"])
        found[name] = not_shown(screened, head, heads[head], known)
    return found
