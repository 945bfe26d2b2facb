"""The figures of a task, inline, each with a caption and a text that says what it shows."""

import math
from dataclasses import dataclass

from markupsafe import Markup

from sonomics.report.elements.numbers import decimal, interval, listed, p_value
from sonomics.report.elements.pictures import inline_svg
from sonomics.report.study.evaluation import Evaluation

TITLES = {
    "roc": "ROC curves",
    "calibration": "Calibration",
    "decision": "Decision curves",
    "kaplan_meier": "Follow-up of the risk groups",
}


@dataclass(frozen=True)
class Plate:
    """One kind of figure: its title, its caption, and (text alternative, SVG) for every set."""

    kind: str
    title: str
    caption: str
    panels: list[tuple[str, Markup]]


def plates(evaluation: Evaluation) -> list[Plate]:
    """Gather the figures by kind, each with one panel a set."""
    model = evaluation.primary
    captions = {
        "roc": "All models; a dot is a model at its frozen threshold. Training scores are out of fold.",
        "calibration": f"{model}: observed against predicted share, in fifths (Wilson interval) and as a loess curve.",
        "decision": f"{model}: net benefit against treating all or none, with a pointwise bootstrap band.",
        "kaplan_meier": f"{model}: high and low risk by the frozen threshold; numbers at risk below.",
    }
    shown = []
    for kind, caption in captions.items():
        panels = [
            (_alternative(evaluation, kind, split), Markup(inline_svg(svg, f"{evaluation.task}-{kind}-{split}")))
            for (of_kind, split), svg in evaluation.figures.items()
            if of_kind == kind
        ]
        if panels:
            shown.append(Plate(kind, TITLES[kind], caption, panels))
    return shown


def _alternative(evaluation: Evaluation, kind: str, split: str) -> str:
    title = evaluation.splits[split]
    describe = {"roc": _roc, "calibration": _calibration, "decision": _decision, "kaplan_meier": _kaplan_meier}
    return f"{title}: {describe[kind](evaluation, split)}"


def _roc(evaluation: Evaluation, split: str) -> str:
    areas = {model: evaluation.statistic(model, split, "auc")["estimate"] for model in evaluation.models}
    return f"ROC curves; AUC of {listed([f'{model} {_number(area)}' for model, area in areas.items()])}."


def _calibration(evaluation: Evaluation, split: str) -> str:
    named = {"calibration_intercept": "intercept", "calibration_slope": "slope", "brier": "Brier score"}
    values = [
        f"{text} {_number(evaluation.statistic(evaluation.primary, split, name)['estimate'])}"
        for name, text in named.items()
    ]
    return f"calibration of {evaluation.primary}; {listed(values)}."


def _decision(evaluation: Evaluation, split: str) -> str:
    table = evaluation.tables["decision"]
    inside = table[(table["split"] == split) & (table["model"] == evaluation.primary)]
    better = inside[inside["net_benefit"] > inside[["treat_all", "treat_none"]].max(axis=1)]["threshold"]
    if better.empty:
        return f"decision curve of {evaluation.primary}; nowhere above treating all and none."
    span = f"{len(better)} of {len(inside)} thresholds between {better.min():g} and {better.max():g}"
    return f"decision curve of {evaluation.primary}; above treating all and none at {span}."


def _kaplan_meier(evaluation: Evaluation, split: str) -> str:
    row = evaluation.tables["risk_groups"].set_index("split").to_dict("index")[split]
    high = f"{row['n_high']:.0f} cases at high risk with {row['events_high']:.0f} events"
    groups = f"{high}, {row['n_low']:.0f} at low risk with {row['events_low']:.0f}"
    if math.isnan(row["hr"]):
        return f"Kaplan-Meier curves; {groups}; hazard ratio not estimable ({row['reason']})."
    ratio = f"hazard ratio {decimal(row['hr'])} ({interval(row['lower'], row['upper'])})"
    return f"Kaplan-Meier curves; {groups}; {ratio}; log-rank P {p_value(row['p_logrank'])}."


def _number(value: float) -> str:
    return "not estimable" if math.isnan(value) else decimal(value)
