"""What the page shows of one task."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from sonomics.core.predictor import FOLDS
from sonomics.core.registry import load
from sonomics.core.settings.parameters import Parameters
from sonomics.kinds.tasks import TASKS
from sonomics.report.cases.examples import choose_cases, choose_examples, draw_crops
from sonomics.report.elements.pictures import Picture
from sonomics.report.elements.section import Section
from sonomics.report.prose import summary
from sonomics.report.sections.attributions import build_attributions_section
from sonomics.report.sections.baseline import tabulate_characteristics
from sonomics.report.sections.controls import tabulate_controls
from sonomics.report.sections.follow_up import gather_kaplan_meier, tabulate_cox
from sonomics.report.sections.learned import LearnedTable, build_learned_sections
from sonomics.report.sections.maps import build_maps_section, draw_heat_pictures
from sonomics.report.sections.registry import build_sections
from sonomics.report.study.evaluation import Evaluation
from sonomics.report.study.variants import ShuffledMeans, describe_variant


def gather_task(
    evaluations: Sequence[Evaluation],
    pictures: Mapping[str, list[Picture]],
    maps: pd.DataFrame,
    attributions: pd.DataFrame,
    learned: Sequence[LearnedTable],
    shuffled_means: ShuffledMeans,
    params: Parameters,
    shared_images: str,
) -> dict[str, Any]:
    """Gather what the page shows of one task; the main run comes first in `evaluations`."""
    main = evaluations[0]
    descriptions = {evaluation.variant: describe_variant(evaluation.variant, params) for evaluation in evaluations}
    return {
        "name": main.task,
        "suffix": "" if len(params.study.tasks) == 1 else f": {main.task}",
        "headlines": summary.list_headlines(main, params.evaluate.level),
        "findings": summary.answer_questions(main, evaluations, shuffled_means, params, shared_images),
        "baseline": tabulate_characteristics(main, params.evaluate.characteristics),
        "auc": "AUC" if main.is_binary else "mean AUC" if main.has_classes else "C",
        "decides": main.is_binary,
        **load(TASKS.get(params.study.tasks[main.task].type).page)(main),
        "kaplan_meier": gather_kaplan_meier(main),
        "cox": [tabulate_cox(main, split) for split in main.splits] if "cox" in main.tables else [],
        "sections": _build_sections(main, maps, attributions, learned, params),
        "control": tabulate_controls(evaluations, descriptions, shuffled_means),
        "verdicts": summary.judge_controls(evaluations, shuffled_means, params),
        "examples": choose_examples(main, pictures, params.report.shown_cases),
        "example_set": main.splits[main.tested_splits[0]],
        "primary": main.primary,
        "several": main.tables["performance"]["unit"].iloc[0] == "case",
    }


def draw_pictures(
    mains: Sequence[Evaluation], crops: pd.DataFrame, maps: pd.DataFrame, params: Parameters
) -> dict[str, list[Picture]]:
    """Draw the pictures of the cases that the page shows of any task: crops, then the maps of networks."""
    count = params.report.shown_cases
    cases = dict.fromkeys(case for main in mains for case in choose_cases(main, count)["case"])
    of_crops = draw_crops(cases, crops, params.crop.analysis)
    of_maps = draw_heat_pictures(maps, of_crops)
    return {case: [*pictures, *of_maps.get(case, [])] for case, pictures in of_crops.items()}


def _build_sections(
    main: Evaluation,
    maps: pd.DataFrame,
    attributions: pd.DataFrame,
    learned: Sequence[LearnedTable],
    params: Parameters,
) -> list[Section]:
    averaged = [name for name, model in params.train.models.items() if model.predictor == FOLDS]
    explained = [build_attributions_section(attributions, main), build_maps_section(maps, main)]
    return [
        *build_sections(main, params),
        *(section for section in explained if section),
        *build_learned_sections(learned, main.task, params.study.tasks[main.task], averaged),
    ]
