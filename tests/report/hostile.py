"""A study whose cohort holds text that could harm a careless page."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from sonomics.report import render
from tests.evaluate.synthetic import SETTINGS
from tests.report.synthetic import PARAMS, report_arguments, write_inputs

SCRIPT = "<script>window.attacked=1</script>"
IMAGE = '"><img src=x onerror="window.attacked=2">'
CLOSING = "</script><!-- & \u2028 '"
RIGHT_TO_LEFT = "שלום \u202eevil"
EMOJI = "🩺👩🏽‍⚕️"
LONG = "x" * 400
HOSTILE = (SCRIPT, IMAGE, CLOSING, RIGHT_TO_LEFT, EMOJI, LONG)
COLUMN = "note <b>&'\""


def write_hostile_study(folder: Path, templates: Path) -> None:
    """Write a study with a report, one of whose clinical columns has hostile levels and a hostile name."""
    study = {**PARAMS["study"], "clinical": ["age", COLUMN], "title": f"{SCRIPT}{EMOJI}", "question": CLOSING + LONG}
    settings = {**SETTINGS, "study": {**SETTINGS["study"], "clinical": study["clinical"]}}

    def spoil(cohort: pd.DataFrame) -> pd.DataFrame:
        return cohort.assign(**{COLUMN: np.resize(HOSTILE, len(cohort))})

    write_inputs(folder, {"train": 18, "internal": 12}, json.dumps(settings), spoil)
    params = {**PARAMS, "study": study}
    render.main([f"--settings={json.dumps(params)}", *report_arguments(folder, templates)])
