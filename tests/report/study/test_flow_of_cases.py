"""The flow of cases and images."""

import pandas as pd

from sonomics.core.settings.crop import Analysis
from sonomics.report.study.flow_of_cases import UNKNOWN, UNSCORED, count_flow, count_uncropped
from tests.report.hand_made import NAN, evaluation_of


def test_every_case_has_one_place_in_the_flow() -> None:
    cases = pd.DataFrame(
        {
            "case": ["P1", "P2", "P3", "P4", "P5"],
            "split": "internal",
            "label": [1.0, 0.0, NAN, NAN, 0.0],
            "stacked__probability": [0.7, NAN, 0.4, NAN, 0.2],
        }
    )
    evaluation = evaluation_of("main", {"internal": (0.8, 0.6, 0.9)})
    evaluation.tables["cases"] = cases
    outcomes = {"P1": "", "P2": "no_image", "P3": "", "P4": "", "P5": ""}
    screening = pd.DataFrame(
        [
            {"level": "case", "case": case, "fate": "excluded" if r else "kept", "reason": r}
            for case, r in outcomes.items()
        ]
    )
    (flow,) = count_flow(screening, evaluation)
    assert (flow.listed, flow.analysed, flow.outcomes) == (5, 2, "1 positive, 1 negative")
    assert flow.excluded == {"no image": 1, UNKNOWN: 1, UNSCORED: 1}


def test_only_kept_images_and_the_crops_that_models_use_are_counted() -> None:
    crops = pd.DataFrame(
        {
            "image": ["a", "b", "b", "c"],
            "reader": ["r1", "r1", "r2", "r1"],
            "session": "1",
            "keep": [True, False, False, False],
            "reason": ["", "outline_small", "x", "no_outline"],
        }
    )
    outcomes = {"a": "kept", "b": "kept", "c": "excluded"}
    screening = pd.DataFrame([{"level": "image", "image": image, "fate": fate} for image, fate in outcomes.items()])
    assert count_uncropped(crops, screening, Analysis.partial({"reader": "r1", "session": "1"})) == {"outline small": 1}
