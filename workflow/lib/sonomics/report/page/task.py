"""What the page says of one task."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from sonomics.report.cases.examples import Picture, gallery, pictures, shown_cases
from sonomics.report.elements import figures, tables
from sonomics.report.prose import summary
from sonomics.report.sections.learned import learned_sections
from sonomics.report.sections.maps import heat_pictures, maps_sections
from sonomics.report.sections.registry import sections
from sonomics.report.study.evaluation import Evaluation
from sonomics.report.study.variants import Pooled, expectation


def task_section(
    evaluations: Sequence[Evaluation],
    shown: Mapping[str, list[Picture]],
    maps: pd.DataFrame,
    learned: Sequence[Path],
    pooled: Pooled,
    params: Mapping[str, Any],
) -> dict[str, Any]:
    """Gather what the page says of one task; the main run comes first in `evaluations`, `pooled` is of dealt labels."""
    main = evaluations[0]
    level = params["evaluate"]["level"]
    expectations = {other.variant: expectation(other.variant, params) for other in evaluations}
    descriptive = "Mean (SD) with median (quartiles), or counts with share of the known values."
    by_split = tables.baseline_table(
        main,
        "split",
        main.splits,
        "Scored cases by set",
        f"{descriptive} P: each test set against training." if len(main.splits) > 1 else descriptive,
    )
    by_label = tables.baseline_table(
        main,
        "label",
        {"positive": "Positive", "negative": "Negative"},
        "Training cases by label",
        f"{descriptive} P: positive against negative.",
    )
    return {
        "name": main.task,
        "suffix": "" if len(params["study"]["tasks"]) == 1 else f": {main.task}",
        "headlines": summary.headlines(main, level),
        "findings": summary.findings(main, evaluations, pooled, params),
        # Without clinical columns there is nothing to compare by label.
        "baseline": [table for table in (by_split, by_label) if table.rows],
        "performance": [tables.auc_table(main), *(tables.performance_table(main, split) for split in main.splits)],
        "further": [tables.further_table(main, split) for split in main.splits],
        "comparison": tables.comparison_table(main) if len(main.models) > 1 else None,
        "cox": [tables.cox_table(main, split) for split in main.splits] if "cox" in main.tables else [],
        "figures": figures.plates(main),
        "sections": [*sections(main, params), *maps_sections(maps, main), *learned_sections(learned, main.task)],
        "control": tables.control_table(evaluations, expectations, pooled),
        "verdicts": summary.verdicts(evaluations, pooled, params),
        "examples": gallery(main, shown, params["report"]["shown_cases"]),
        "example_set": main.splits[summary.unseen(main)[0]],
        "primary": main.primary,
        "several": main.tables["performance"]["unit"].iloc[0] == "case",
    }


def pictures_shown(
    mains: Sequence[Evaluation], crops: pd.DataFrame, maps: pd.DataFrame, params: Mapping[str, Any]
) -> dict[str, list[Picture]]:
    """Read the pictures of the cases that the page shows of any task: crops, and after them the maps of networks."""
    count = params["report"]["shown_cases"]
    wanted = dict.fromkeys(case for main in mains for case in shown_cases(main, count)["case"])
    cropped = pictures(wanted, crops, params["crop"]["analysis"])
    heat = heat_pictures(maps, cropped)
    return {case: [*found, *heat.get(case, [])] for case, found in cropped.items()}
