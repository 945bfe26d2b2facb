"""The model card, under the headings of Mitchell et al. 2019 (Model Cards for Model Reporting)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sonomics.core.schemas import TRAIN
from sonomics.kinds.calibrations import CALIBRATIONS
from sonomics.kinds.combinations import COMBINATIONS
from sonomics.kinds.wording import join_words
from sonomics.report.elements.numbers import format_decimal
from sonomics.report.elements.tables import Cell, Table, show_estimate
from sonomics.report.evidence.design import find_label, find_source, find_split, find_variants
from sonomics.report.evidence.models import find_interpretation, find_threshold
from sonomics.report.study.evaluation import MEASURES
from sonomics.report.study.record import Record
from sonomics.report.study.wording import describe_base_model, describe_starting_weights

TO_BE_STATED = "To be stated by the authors (report.author.{key})."
FAR = 0.2  # from the ideal calibration slope of 1; a convention of this card
CALIBRATION = {
    "calibration_intercept": "Calibration intercept",
    "calibration_slope": "Calibration slope",
    "ici": "ICI",
    "brier": "Brier score",
}


@dataclass(frozen=True)
class Part:
    """A heading of the card with its lines and tables."""

    heading: str
    lines: list[str]
    tables: list[Table] = field(default_factory=list)


def write_model_card(record: Record) -> list[Part]:
    """Write the card of the primary model from params and results; what only authors know is marked as theirs."""
    unsuited = (
        "Not for patients: the model was fitted on simulated exams."
        if record.is_simulated
        else "Not for images, views, centres or patients unlike those below, and not without a clinician's judgement."
    )
    use = [
        f"Use: {_quote_author(record, 'intended_use')}",
        f"Users: {_quote_author(record, 'users')}",
        f"Out of scope: {unsuited}",
    ]
    factors = [f"Views: {join_words(record.params.clean.views)}.", _list_factors(record)]
    measures = [
        f"Threshold: {find_threshold(record).evidence}.",
        "AUC; proportions at the frozen threshold; calibration by intercept, slope, ICI and Brier score.",
    ]
    training = [
        f"Divided {find_split(record).evidence}.",
        f"Target: {find_label(record).evidence}.",
        f"Source: {find_source(record).evidence}.",
        _count_set(record, TRAIN),
    ]
    testing = [_count_set(record, name) for name in record.tested_splits]
    results = [_tabulate(record, MEASURES), _tabulate(record, CALIBRATION), *_tabulate_subgroups(record)]
    ethics = [
        f"Ethics approval: {_quote_author(record, 'ethics')}",
        f"Consent: {_quote_author(record, 'consent')}",
        f"Fairness: {_quote_author(record, 'fairness')}",
    ]
    return [
        Part("Model details", _describe_model(record)),
        Part("Intended use", use),
        Part("Factors", factors),
        Part("Metrics", measures),
        Part("Training data", training),
        Part("Evaluation data", testing or ["No test set; results are out of fold."]),
        Part("Quantitative analyses", [], results),
        Part("Ethical considerations", ethics),
        Part("Caveats and recommendations", _list_caveats(record)),
    ]


def format_as_markdown(title: str, parts: list[Part]) -> str:
    """Format the card as Markdown."""
    blocks = [f"# Model card: {_escape(title)}"]
    for part in parts:
        blocks.append(f"## {part.heading}")
        blocks += ["\n".join(f"- {_escape(line)}" for line in part.lines)] if part.lines else []
        blocks += [_format_table(table) for table in part.tables]
    return "\n\n".join(blocks) + "\n"


def _quote_author(record: Record, key: str) -> str:
    return record.author.get(key, "") or TO_BE_STATED.format(key=key)


def _describe_model(record: Record) -> list[str]:
    params, evaluation = record.params, record.first
    model = record.final_models[evaluation.primary]
    lines = [f"{evaluation.primary}, primary model of the study {params.study.name}, task {evaluation.task}."]
    lines += [f"{name}: {describe_base_model(params, name)}." for name in model.of]
    if len(model.of) > 1:
        way = COMBINATIONS.get(model.weights)
        lines.append(f"Combined from {join_words(model.of)}: {way.evidence}.")
    calibration = CALIBRATIONS.get(params.stack.calibration_of(evaluation.task, params.study.tasks[evaluation.task]))
    where = ", on cross-fitted training scores" if calibration.is_fitted else ""
    lines.append(f"{calibration.describe()}{where}.")
    lines += [f"Network weights: {line}." for line in describe_starting_weights(params, models=model.of)]
    lines.append(f"Licence of the model: {_quote_author(record, 'licence')}")
    lines.append(f"Contact: {_quote_author(record, 'contact')}")
    return lines


def _list_factors(record: Record) -> str:
    columns = record.params.study.clinical
    return f"Described by set: {join_words(columns)}." if columns else "No clinical variable is described."


def _tabulate_subgroups(record: Record) -> list[Table]:
    """Tabulate the AUC of every subgroup of the test sets; no table when there is none."""
    table, name = record.first.table("subgroups"), record.first.short_auc
    rows = [
        [
            Cell(record.first.splits[str(row["split"])]),
            Cell(f"{row['variable']}: {row['level']}"),
            Cell(f"{row['n']:.0f}"),
            show_estimate(row),
        ]
        for _, row in table[table["split"].isin(record.tested_splits)].iterrows()
    ]
    return [Table(f"{name} by subgroup", ["Set", "Subgroup", "Cases", name], rows)] if rows else []


def _count_set(record: Record, split: str) -> str:
    counts = next(counts for counts in record.sets if counts.split == split)
    return (
        f"{counts.title}: {counts.patients:,} patients, {counts.cases:,} cases, {counts.analysed:,} analysed"
        f"{_count_outcomes(record, counts.positives)}."
    )


def _count_outcomes(record: Record, positives: int | None) -> str:
    if positives is None:
        return ""
    return f", {positives:,} of them {'positive' if record.first.is_binary else 'with the event'}"


def _tabulate(record: Record, names: Mapping[str, str]) -> Table:
    evaluation = record.first
    rows = [
        [
            Cell(title),
            *(show_estimate(evaluation.find_statistic(evaluation.primary, split, name)) for name in names),
        ]
        for split, title in evaluation.splits.items()
    ]
    level = f"{100 * record.params.evaluate.level:g} % intervals"
    return Table(f"{evaluation.primary} in every set, {level}", ["Set", *names.values()], rows)


def _list_caveats(record: Record) -> list[str]:
    evaluation = record.first
    lines = [
        f"Other runs: {find_variants(record).evidence}.",
        f"Explanation: {find_interpretation(record).evidence}.",
    ]
    slopes = {
        split: float(evaluation.find_statistic(evaluation.primary, split, "calibration_slope")["estimate"])
        for split in record.tested_splits
    }
    far = [
        f"{evaluation.splits[split]} ({format_decimal(slope)})"
        for split, slope in slopes.items()
        if abs(slope - 1) > FAR
    ]
    if far:
        sets = join_words(far)
        lines.append(f"Calibration slope away from 1 by more than {FAR}: {sets}; recalibrate before use there.")
    if record.is_simulated:
        lines.append("All results are of simulated data; they say nothing about patients.")
    return [*lines, f"Limitations: {_quote_author(record, 'limitations')}"]


def _format_table(table: Table) -> str:
    lines = [table.columns, ["---"] * len(table.columns)]
    lines += [[f"{cell.main} ({cell.detail})" if cell.detail else cell.main for cell in row] for row in table.rows]
    body = "\n".join("| " + " | ".join(_escape(text).replace("|", "\\|") for text in line) + " |" for line in lines)
    return f"{_escape(table.caption)}\n\n{body}"


def _escape(text: str) -> str:
    return text.replace("<", "&lt;").replace("\n", " ")
