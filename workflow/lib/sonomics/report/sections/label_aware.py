"""The section on cases whose images do not show what the label says."""

from sonomics.core.settings.evaluate import LabelAware
from sonomics.core.settings.parameters import Parameters
from sonomics.report.elements.section import Section
from sonomics.report.elements.tables import Cell, Table, show_estimate
from sonomics.report.study.evaluation import Evaluation

NOTE = (
    "Cases were left out after the labels were known: this is an analysis of robustness, not a result. The main "
    "analysis includes all cases."
)


def build(evaluation: Evaluation, params: Parameters) -> Section | None:
    """Build the section with the AUC in the test sets with all cases, and without those that show no finding."""
    if "label_aware" not in evaluation.tables:
        return None
    table = evaluation.tables["label_aware"]
    table = table[table["model"] == evaluation.primary]
    rows = []
    for analysis, of_analysis in table.groupby("analysis", sort=False):
        by_split = of_analysis.set_index("split")
        cells = []
        for split in by_split.index:
            row = by_split.loc[split]
            counts = f"{row['positives']} of {row['n']}"
            counts += f"; {row['left_out']} left out, {row['partly']} shown in part" if row["left_out"] else ""
            cells += [show_estimate(row.rename({"auc": "estimate"})), Cell(counts)]
        rows.append([Cell(str(analysis)), *cells])
    splits = [evaluation.splits[split] for split in table["split"].unique()]
    columns = ["Analysis", *(heading for split in splits for heading in (split, "Positive of cases"))]
    caption = f"AUC of {evaluation.primary} in the test sets, with all cases and without those left out"
    sentences = [f"{name}: {_describe(rule)}." for name, rule in params.evaluate.label_aware.items()]
    title = "Cases whose images do not show the finding"
    return Section("label-aware", title, sentences, [Table(caption, columns, rows, NOTE)])


def _describe(rule: LabelAware) -> str:
    return (
        f"cases with {rule.needs_case} are left out if the quality control's head {rule.head} finds it on none "
        "of their images; a case with it on some images stays, and its score pools all its images"
    )
