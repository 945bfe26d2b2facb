"""Every case as a row of the page's table: identity, label, what each model predicts, and its outcome."""

import math
from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from sonomics.report.cases.decisions import FrozenModel, list_models
from sonomics.report.cases.narrative import describe_images, name_decision, name_label, write_case_report
from sonomics.report.sections.attributions import list_of_cases
from sonomics.report.study.evaluation import Evaluation
from sonomics.report.study.flow_of_cases import explain_exclusions

FOLLOW_UP = {"time": "follow-up (months)", "event": "event"}


def gather_cases(
    evaluation: Evaluation,
    screening: pd.DataFrame,
    clinical: pd.DataFrame,
    attributions: pd.DataFrame,
    names: Mapping[str, str],
    share: bool,
) -> dict[str, Any]:
    """Gather what the script of the page needs of one task.

    Parameters
    ----------
    evaluation : Evaluation
        Of the main run.
    screening : DataFrame
        Schema SCREENING.
    clinical : DataFrame
        Clinical columns, indexed by case.
    attributions : DataFrame
        Schema ATTRIBUTIONS, of the main run.
    names : mapping
        Case to what the page calls it.
    share : bool
        Leave out whatever could identify a patient: clinical data, follow-up, patient and images.

    Returns
    -------
    dict
        `primary, splits, models, clinical` (names of columns) and `rows`. A row is `case, patient, split, label,
        values` (one per model, null where unknown), `decision, fate, clinical` (text in the order of the columns),
        `text` and `weighed`, from `list_of_cases`; text is "" where unknown.
    """
    models = list_models(evaluation)
    cases = evaluation.tables["cases"].assign(exclusion=explain_exclusions(screening, evaluation))
    images: dict[str, list[dict[Hashable, Any]]] = {}
    for image in screening[screening["level"] == "image"].to_dict("records"):
        images.setdefault(image["case"], []).append(image)
    columns = [] if share else [*clinical, *(FOLLOW_UP[name] for name in FOLLOW_UP if name in cases)]
    weighed = list_of_cases(attributions[attributions["task"] == evaluation.task], cases["case"])
    rows = []
    for case in cases.to_dict("records"):
        facts = {} if share else _collect_facts(case, clinical)
        described = "" if share else describe_images(images.get(case["case"], []))
        values = [float(case[model.column]) for model in models]
        name, exclusion = names[case["case"]], case["exclusion"]
        rows.append(
            {
                "case": name,
                "patient": "" if share else case["patient"],
                "split": case["split"],
                "label": name_label(case),
                "values": [_null_for_nan(value) for value in values],
                "decision": name_decision(case, models[0]),
                "fate": exclusion or "analysed",
                "clinical": [facts.get(column, "") for column in columns],
                "weighed": weighed.get(case["case"], []),
                "text": write_case_report(name, case, models, exclusion, facts, described),
            }
        )
    return {
        "primary": evaluation.primary,
        "splits": evaluation.splits,
        "models": [_describe_model(model) for model in models],
        "clinical": columns,
        "rows": sorted(rows, key=lambda row: int(row["case"])) if share else rows,
    }


def _describe_model(model: FrozenModel) -> dict[str, str | float | None]:
    return {"name": model.name, "kind": model.kind, "cutoff": _null_for_nan(model.threshold)}


def _null_for_nan(value: float) -> float | None:
    return None if math.isnan(value) else value


def _collect_facts(case: Mapping[Hashable, Any], clinical: pd.DataFrame) -> dict[str, str]:
    facts = clinical.loc[case["case"]].to_dict() if case["case"] in clinical.index else {}
    facts |= {title: case[name] for name, title in FOLLOW_UP.items() if name in case}
    return {str(name): _as_text(value) for name, value in facts.items() if not pd.isna(value)}


def _as_text(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
