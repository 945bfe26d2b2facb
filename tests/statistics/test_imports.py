import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import sonomics.statistics

FOLDER = Path(sonomics.statistics.__file__).parent
MODULES = sorted(".".join(path.relative_to(FOLDER).with_suffix("").parts) for path in FOLDER.glob("*/[!_]*.py"))
WITH_FRAMES = [
    *("calibration.at_horizon", "calibration.grouped", "resampling.class_auc_bootstrap", "resampling.metric_bootstrap"),
    *("classification.class_bootstrap", "survival.risk_model"),
    *("classification.lead_time", "classification.multiclass", "clinical_utility.decision_curve"),
    *("comparison.description", "comparison.subgroups", "regression.nomogram"),
    *("survival.cox", "survival.cox_model", "survival.cox_tests", "survival.cutpoint"),
    *("survival.kaplan_meier", "survival.log_rank", "survival.proportional_hazards"),
]
LIGHT = [name for name in MODULES if name not in WITH_FRAMES]
HEAVY = ["lifelines", "statsmodels", "skmisc", "sklearn", "torch", "matplotlib"]

PROBE = """
import importlib, json, sys
loaded = []
for group in json.loads(sys.argv[1]):
    for name in group:
        importlib.import_module(f"sonomics.statistics.{name}")
    loaded.append(sorted({name.split(".")[0] for name in sys.modules}))
print(json.dumps(loaded))
"""


CALLS = """
import json, sys
from sonomics.statistics.discrimination.auc import auc_interval
from sonomics.statistics.survival.cox import fit_cox
from sonomics.statistics.survival.kaplan_meier import kaplan_meier
import pandas as pd
loaded = []
for call in (
    lambda: auc_interval([0, 1, 0, 1], [0.1, 0.4, 0.3, 0.9]),
    lambda: fit_cox([1, 2, 3, 4], [1, 0, 1, 1], pd.DataFrame({"x": [1.0, 0.0, 0.0, 1.0]})),
    lambda: kaplan_meier([1, 2, 3, 4], [1, 0, 1, 1]),
):
    call()
    loaded.append("lifelines" in sys.modules)
print(json.dumps(loaded))
"""


def answer_of(program: str, *arguments: str) -> Any:
    """What a program prints as JSON in an interpreter of its own."""
    environment = {"PYTHONPATH": ":".join(path for path in sys.path if path)}
    command = [sys.executable, "-c", program, *arguments]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout)


def test_no_module_loads_a_heavy_library_and_the_light_ones_not_even_pandas():
    assert set(WITH_FRAMES) < set(MODULES)
    light, with_frames = answer_of(PROBE, json.dumps([LIGHT, WITH_FRAMES]))
    assert "scipy" in light
    assert not {"pandas", *HEAVY} & set(light)
    assert not set(HEAVY) & set(with_frames)


def test_lifelines_is_loaded_by_the_first_curve_only():
    assert answer_of(CALLS) == [False, False, True]
