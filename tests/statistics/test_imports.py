import json
import subprocess
import sys
from pathlib import Path

import sonomics.statistics

FOLDER = Path(sonomics.statistics.__file__).parent
MODULES = sorted(".".join(path.relative_to(FOLDER).with_suffix("").parts) for path in FOLDER.glob("*/[!_]*.py"))
WITH_FRAMES = [
    *("calibration.grouped", "resampling.metric_bootstrap"),
    *("classification.lead_time", "classification.multiclass", "clinical_utility.decision_curve"),
    *("comparison.description", "comparison.subgroups", "regression.nomogram"),
    *("survival.cox", "survival.cox_tests", "survival.cutpoint", "survival.kaplan_meier", "survival.log_rank"),
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


def test_no_module_loads_a_heavy_library_and_the_light_ones_not_even_pandas():
    assert set(WITH_FRAMES) < set(MODULES)
    environment = {"PYTHONPATH": ":".join(path for path in sys.path if path)}
    command = [sys.executable, "-c", PROBE, json.dumps([LIGHT, WITH_FRAMES])]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    light, with_frames = json.loads(done.stdout)
    assert "scipy" in light
    assert not {"pandas", *HEAVY} & set(light)
    assert not set(HEAVY) & set(with_frames)
