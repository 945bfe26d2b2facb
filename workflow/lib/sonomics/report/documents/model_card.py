"""The model card, under the headings of Mitchell et al. 2019 (Model Cards for Model Reporting)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sonomics.core.schemas import TRAIN
from sonomics.report.elements.numbers import Cell, decimal, estimate_cell, listed
from sonomics.report.elements.tables import MEASURES, Table
from sonomics.report.evidence.design import label, source, split, variants
from sonomics.report.evidence.models import interpretation, threshold
from sonomics.report.study.record import Record
from sonomics.report.study.wording import CALIBRATIONS, model_in_words, starting_weights

TO_BE_STATED = "To be stated by the authors (report.author.{key})."
FAR = 0.2  # from the ideal slope of 1
CALIBRATION = {
    "calibration_intercept": "Calibration intercept",
    "calibration_slope": "Calibration slope",
    "ici": "ICI",
    "brier": "Brier score",
}


@dataclass(frozen=True)
class Part:
    """A heading of the card, what is said under it, and tables."""

    heading: str
    lines: list[str]
    tables: list[Table] = field(default_factory=list)


def card(record: Record) -> list[Part]:
    """Write the card of the primary model from params and results; what only authors know is named as theirs."""
    evaluation = record.first
    model = record.params["stack"]["models"][evaluation.primary]
    bases = {name: record.params["train"]["models"][name] for name in model["of"]}
    made = [f"{name}: {model_in_words(base)}." for name, base in bases.items()]
    details = [
        f"{evaluation.primary}, primary model of the study {record.params['study']['name']}, task {evaluation.task}.",
        *made,
        _stacked(model) if len(bases) > 1 else "",
        _calibrated(record.params["stack"].get("calibration", "platt")),
        *[f"Network weights: {line}." for line in starting_weights(_only(record.params, list(bases)))],
        f"Licence of the model: {_author(record, 'licence')}",
        f"Contact: {_author(record, 'contact')}",
    ]
    unsuited = (
        "Not for patients: the model was fitted on simulated exams."
        if record.simulated
        else "Not for images, views, centres or patients unlike those below, and not without a clinician's judgement."
    )
    use = [
        f"Use: {_author(record, 'intended_use')}",
        f"Users: {_author(record, 'users')}",
        f"Out of scope: {unsuited}",
    ]
    factors = [f"Views: {listed(list(record.params['clean']['views']))}.", _factors(record)]
    measured = [
        f"Threshold: {threshold(record).value}.",
        "AUC; shares at the frozen threshold; calibration by intercept, slope, ICI and Brier score.",
    ]
    training = [f"Target: {label(record).value}.", f"Source: {source(record).value}.", _set(record, TRAIN)]
    testing = [_set(record, name) for name in record.unseen] or ["No test set; figures are out of fold."]
    figures = [_table(record, MEASURES), _table(record, CALIBRATION), *_by_subgroup(record)]
    ethics = [f"Ethics approval: {_author(record, 'ethics')}", f"Consent: {_author(record, 'consent')}"]
    return [
        Part("Model details", [line for line in details if line]),
        Part("Intended use", use),
        Part("Factors", factors),
        Part("Metrics", measured),
        Part("Training data", [f"Divided {split(record).value}.", *training]),
        Part("Evaluation data", testing),
        Part("Quantitative analyses", [], figures),
        Part("Ethical considerations", [*ethics, f"Fairness: {_author(record, 'fairness')}"]),
        Part("Caveats and recommendations", _caveats(record)),
    ]


def as_markdown(title: str, parts: list[Part]) -> str:
    """Write the card as Markdown."""
    blocks = [f"# Model card: {_escaped(title)}"]
    for part in parts:
        blocks.append(f"## {part.heading}")
        blocks += ["\n".join(f"- {_escaped(line)}" for line in part.lines)] if part.lines else []
        blocks += [_markdown_table(table) for table in part.tables]
    return "\n\n".join(blocks) + "\n"


def _author(record: Record, key: str) -> str:
    return record.author.get(key, "") or TO_BE_STATED.format(key=key)


def _stacked(model: Mapping[str, Any]) -> str:
    how = "the mean of their z-scores" if model.get("weights") == "equal" else "logistic regression"
    return f"Stacked of {listed(list(model['of']))} by {how}."


def _calibrated(calibration: str) -> str:
    where = ", on cross-fitted training scores" if calibration != "none" else ""
    return f"{CALIBRATIONS[calibration]}{where}."


def _only(params: Mapping[str, Any], bases: list[str]) -> Mapping[str, Any]:
    """Cut the parameters down to what the base models are made of, so that only their networks are named."""
    models = {name: params["train"]["models"][name] for name in bases}
    wanted = {family for model in models.values() for family in model.get("families", ())}
    families = {name: family for name, family in params["extract"]["families"].items() if name in wanted}
    no_heads = {**params["clean"], "qc": {"heads": {}}}
    return {**params, "clean": no_heads, "train": {"models": models}, "extract": {"families": families}}


def _factors(record: Record) -> str:
    columns = list(record.params["study"]["clinical"])
    return f"Described by set: {listed(columns)}." if columns else "No clinical variable is described."


def _by_subgroup(record: Record) -> list[Table]:
    """Give the AUC of every subgroup of the unseen sets."""
    table = record.first.tables["subgroups"]
    rows = [
        [
            Cell(record.first.splits[str(row["split"])]),
            Cell(f"{row['variable']}: {row['level']}"),
            Cell(f"{row['n']:.0f}"),
            estimate_cell(row),
        ]
        for _, row in table[table["split"].isin(record.unseen)].iterrows()
    ]
    return [Table("AUC by subgroup", ["Set", "Subgroup", "Cases", "AUC"], rows)] if rows else []


def _set(record: Record, name: str) -> str:
    one = next(one for one in record.sets if one.split == name)
    return (
        f"{one.title}: {one.patients:,} patients, {one.cases:,} cases, {one.analysed:,} analysed, {one.positives:,} of "
        "them positive."
    )


def _table(record: Record, names: Mapping[str, str]) -> Table:
    evaluation = record.first
    rows = [
        [Cell(title), *(estimate_cell(evaluation.statistic(evaluation.primary, name, key)) for key in names)]
        for name, title in evaluation.splits.items()
    ]
    level = f"{100 * record.params['evaluate']['level']:g} % intervals"
    return Table(f"{evaluation.primary} in every set, {level}", ["Set", *names.values()], rows)


def _caveats(record: Record) -> list[str]:
    evaluation = record.first
    lines = [f"Runs beside the main one: {variants(record).value}.", f"Explanation: {interpretation(record).value}."]
    far = [f"{evaluation.splits[name]} ({decimal(slope)})" for name, slope in _slopes(record) if abs(slope - 1) > FAR]
    if far:
        lines.append(f"Calibration slope away from 1 by more than {FAR}: {listed(far)}; recalibrate before use there.")
    lines += ["All figures are of simulated data; they say nothing about patients."] if record.simulated else []
    return [*lines, f"Limits: {_author(record, 'limitations')}"]


def _slopes(record: Record) -> list[tuple[str, float]]:
    evaluation = record.first
    rows = {name: evaluation.statistic(evaluation.primary, name, "calibration_slope") for name in record.unseen}
    return [(name, float(row["estimate"])) for name, row in rows.items()]


def _markdown_table(table: Table) -> str:
    lines = [table.columns, ["---"] * len(table.columns)]
    lines += [[f"{cell.main} ({cell.detail})" if cell.detail else cell.main for cell in row] for row in table.rows]
    body = "\n".join("| " + " | ".join(_escaped(text).replace("|", "\\|") for text in line) + " |" for line in lines)
    return f"{_escaped(table.caption)}\n\n{body}"


def _escaped(text: str) -> str:
    return text.replace("<", "&lt;").replace("\n", " ")
