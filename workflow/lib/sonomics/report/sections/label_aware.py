"""The section on cases whose images do not show what the label says."""

from collections.abc import Mapping
from typing import Any

from sonomics.report.elements.numbers import Cell, estimate_cell
from sonomics.report.elements.section import Section
from sonomics.report.elements.tables import Table
from sonomics.report.study.evaluation import Evaluation

NOTE = "Left out after the labels were known: an analysis of robustness, not a result. The main analysis has all cases."


def label_aware_section(evaluation: Evaluation, params: Mapping[str, Any]) -> Section | None:
    """Show the primary model's AUC in the test sets with all cases, and without those that show no focus."""
    if "label_aware" not in evaluation.tables:
        return None
    table = evaluation.tables["label_aware"]
    table = table[table["model"] == evaluation.primary]
    rows = []
    for analysis, inside in table.groupby("analysis", sort=False):
        by_split = inside.set_index("split")
        cells = []
        for split in by_split.index:
            row = by_split.loc[split]
            counts = f"{row['positives']} of {row['n']}"
            counts += f"; {row['left_out']} left out, {row['partly']} shown in part" if row["left_out"] else ""
            cells += [estimate_cell(row.rename({"auc": "estimate"})), Cell(counts)]
        rows.append([Cell(str(analysis)), *cells])
    splits = [evaluation.splits[split] for split in table["split"].unique()]
    columns = ["Analysis", *(heading for split in splits for heading in (split, "Positive of cases"))]
    caption = f"AUC of {evaluation.primary} in the test sets, with all cases and without those left out"
    sentences = [f"{name}: {_rule(rule)}." for name, rule in params["evaluate"]["label_aware"].items()]
    return Section("label-aware", "Cases whose images do not show it", sentences, [Table(caption, columns, rows, NOTE)])


def _rule(rule: Mapping[str, str]) -> str:
    return (
        f"left out are cases with {rule['needs_case']} of whose images the quality control's head {rule['head']} "
        "recognises it on none; a case with some such images stays, and its score pools all its images"
    )
