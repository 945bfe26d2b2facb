"""What each phase has produced."""

from typing import Any

from sonomics.core.params import PHASES
from sonomics.core.settings.parameters import Parameters
from sonomics.report.page.phase_diagram import count_products, describe_phases, draw_phases
from tests.report.synthetic import PARAMS

METRICS: dict[str, Any] = {
    "export": {"cases": 1200, "files": 3000},
    "clean": {"images": {"kept": 30, "exported": 40}},
    "crop": {"main": {"crops": 28}},
    "extract": {"main": {"texture": {"features": 100}, "deep": {"features": 512}}},
    "select": {"features": {"main": {"recurrence": {"texture": {"kept": 3}, "deep": {"kept": 1}}}}},
    "train": {},
    "stack": {},
    "evaluate": {},
}
PARAMETERS = Parameters.partial(PARAMS)


def test_the_phases_are_drawn_with_what_they_produced() -> None:
    products = count_products(METRICS, PARAMETERS)
    assert tuple(products) == PHASES
    assert list(products.values()) == [
        "1,200 cases, 3,000 files",
        "30 of 40 images kept",
        "28 crops",
        "612 features",
        "4 features kept",
        "2 models",
        "2 final models",
        "2 runs, 1 task",
        "this page",
    ]
    drawn = str(draw_phases({**products, "crop": "<b>"}))
    assert drawn.count("<rect") == 9
    assert drawn.count('class="arrow"') == 8
    assert "&lt;b&gt;" in drawn
    assert describe_phases({"export": "2 files", "clean": ""}) == "Phases of the run: export (2 files); clean"


def test_a_phase_whose_metrics_do_not_say_is_drawn_without_words() -> None:
    products = count_products({"select": {"kept": 2}, "crop": None}, PARAMETERS)
    assert products["select"] == products["crop"] == products["export"] == ""
