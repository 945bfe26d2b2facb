"""Test sets without the cases that have, by their label, what none of their images shows: a sensitivity analysis.

The phase `clean` may apply such a rule to training rows alone, since it reads the label.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sonomics.core.errors import StudyError
from sonomics.core.files import read_json
from sonomics.core.outcomes import refuse_rows
from sonomics.core.schemas import SCREENED, TRAIN
from sonomics.core.settings.evaluate import LabelAware
from sonomics.core.tables import missing_column, read_cells, read_table
from sonomics.core.words import read_yes_no
from sonomics.evaluate.accuracy.auc import auc_entry
from sonomics.evaluate.samples.scored import Samples, Scored
from sonomics.evaluate.study.context import Context
from sonomics.evaluate.tables.columns import Tables
from sonomics.evaluate.tables.entries import Sampling
from sonomics.statistics.estimates import Booleans

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


def label_aware_tables(context: Context) -> Tables:
    """Make the table of the analyses that `evaluate.label_aware` names."""
    files = context.files
    if files.qc is None:
        raise StudyError("evaluate.label_aware", "the folder of the QC classifier is missing", "name it with --qc")
    left_out = read_left_out(context.settings.label_aware, files.cohort, files.images, files.qc)
    return {"label_aware": label_aware_table(context.samples, left_out, context.sampling)}


def find_not_shown(images: pd.DataFrame, head: str, limit: Mapping[str, Any], positive: frozenset[str]) -> LeftOut:
    """Find the cases whose images do not show what the cases have.

    Parameters
    ----------
    images : DataFrame
        Schema SCREENED; kept images with a value of the head count.
    head : str
        Of the QC classifier.
    limit : mapping
        What the classifier has saved of the head: `threshold`, and `exclude`, the side that says no: "above" (from the
        threshold on), else below it.
    positive : frozenset of str
        Cases that have it.
    """
    value = images[f"qc__{head}"]
    used = images["keep"] & value.notna() & images["case"].isin(positive)
    lacking = value >= limit["threshold"] if limit["exclude"] == ABOVE else value < limit["threshold"]
    share = lacking[used].groupby(images.loc[used, "case"]).mean()
    return LeftOut(frozenset(share.index[share == 1]), frozenset(share.index[(share > 0) & (share < 1)]))


def label_aware_table(samples: Samples, left_out: Mapping[str, LeftOut], sampling: Sampling) -> pd.DataFrame:
    """Compute the AUC of every model in every test set, with all cases and without those left out.

    Parameters
    ----------
    samples : Samples
    left_out : mapping
        Analysis to its cases.
    sampling : Sampling

    Returns
    -------
    DataFrame
        `model, split, analysis, auc, lower, upper, method, n, positives, left_out, partly, reason`: one row per model,
        test set and analysis, `all cases` first. `left_out` and `partly` count cases of the set with a label and a
        value of the model. NaN with a reason where the AUC is not estimable.
    """
    analyses = {ALL: LeftOut(frozenset(), frozenset()), **left_out}
    rows = []
    for sample in samples:
        if sample.split == TRAIN:
            continue
        every = sample.analysed
        for name, cases in analyses.items():
            used = every.where(~_are_in(every, cases.cases))
            area = auc_entry(used, sampling)
            names = {"model": sample.model.name, "split": sample.split, "analysis": name}
            estimate = {"auc": area.estimate, "lower": area.lower, "upper": area.upper, "method": area.method}
            counts = {"n": used.n, "positives": used.positives, "left_out": every.n - used.n}
            partly = int(_are_in(used, cases.partly).sum())
            rows.append({**names, **estimate, **counts, "partly": partly, "reason": area.reason})
    return pd.DataFrame(rows)


def read_left_out(analyses: Mapping[str, LabelAware], cohort: Path, images: Path, qc: Path) -> dict[str, LeftOut]:
    """Read which cases each analysis of `evaluate.label_aware` leaves out.

    Parameters
    ----------
    analyses : mapping of str to LabelAware
        Analysis to its `head` of the QC classifier and its column of the cohort (1, true or yes: the case has it).
    cohort, images, qc : Path
        data/cohort.csv, data/clean/images.parquet, and the folder of the QC classifier.

    Raises
    ------
    StudyError
        When the cohort lacks a column, or a cell of it is neither yes nor no.
    """
    table = read_cells(cohort.read_bytes(), str(cohort))
    screened, limits = read_table(images, SCREENED), read_json(qc / "state.json")["heads"]
    left_out = {}
    for name, analysis in analyses.items():
        column = analysis.needs_case
        if column not in table:
            raise missing_column(f"{cohort} (evaluate.label_aware.{name} asks for it)", column, table)
        answers = read_yes_no(table[column])
        fix = "write 1 or 0, yes or no, or leave the cell empty if it is unknown"
        refuse_rows(answers.isin([np.inf]), column, str(cohort), "is neither yes nor no", fix)
        positive = frozenset(table.loc[answers == 1.0, "case"])
        left_out[name] = find_not_shown(screened, analysis.head, limits[analysis.head], positive)
    return left_out


def _are_in(sample: Scored, cases: frozenset[str]) -> Booleans:
    return np.asarray(sample.rows["case"].isin(cases))
