"""Every case as a row of the page's table: identity, label, what each model says, and its fate."""

import math
from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from sonomics.report.cases.decisions import judged_models
from sonomics.report.cases.narrative import LABELS, case_text, images_text
from sonomics.report.study.evaluation import Evaluation
from sonomics.report.study.flow_of_cases import excluded_because

FOLLOW_UP = {"time": "follow-up (months)", "event": "event"}


def task_data(
    evaluation: Evaluation, screening: pd.DataFrame, clinical: pd.DataFrame, names: Mapping[str, str], share: bool
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
    names : mapping
        Case to what the page calls it.
    share : bool
        Leave out whatever could identify a patient: the clinical row, follow-up, patient and images.

    Returns
    -------
    dict
        `primary, splits, models, clinical` (names) and `rows`; a row is `case, patient, split, label, values` (one a
        model), `decision, fate, clinical` (text in the order of the names) and `text`. null where nothing is known.
    """
    models = judged_models(evaluation)
    cases = evaluation.tables["cases"].assign(fate=excluded_because(screening, evaluation))
    images: dict[str, list[dict[Hashable, Any]]] = {}
    for image in screening[screening["level"] == "image"].to_dict("records"):
        images.setdefault(image["case"], []).append(image)
    columns = [] if share else [*clinical, *(FOLLOW_UP[name] for name in FOLLOW_UP if name in cases)]
    rows = []
    for case in cases.to_dict("records"):
        facts = {} if share else _facts(case, clinical)
        seen = "" if share else images_text(images.get(case["case"], []))
        values = [float(case[model.column]) for model in models]
        rows.append(
            {
                "case": names[case["case"]],
                "patient": "" if share else case["patient"],
                "split": case["split"],
                "label": LABELS.get(case["label"], ""),
                "values": [None if math.isnan(value) else value for value in values],
                "decision": models[0].decision(values[0]),
                "fate": case["fate"] or "analysed",
                "clinical": [facts.get(name, "") for name in columns],
                "text": case_text(names[case["case"]], case, models, case["fate"], facts, seen),
            }
        )
    return {
        "primary": evaluation.primary,
        "splits": evaluation.splits,
        "models": [
            {"name": one.name, "kind": one.kind, "cutoff": None if math.isnan(one.cutoff) else one.cutoff}
            for one in models
        ],
        "clinical": columns,
        "rows": sorted(rows, key=lambda row: int(row["case"])) if share else rows,
    }


def _facts(case: Mapping[Hashable, Any], clinical: pd.DataFrame) -> dict[str, str]:
    known = clinical.loc[case["case"]].to_dict() if case["case"] in clinical.index else {}
    known |= {title: case[name] for name, title in FOLLOW_UP.items() if name in case}
    return {str(name): _as_text(value) for name, value in known.items() if not pd.isna(value)}


def _as_text(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
