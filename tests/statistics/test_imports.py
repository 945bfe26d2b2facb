import json
import subprocess
import sys

LIGHT = [
    *("roc", "agreement", "filters", "lasso", "cutoffs", "classification", "bootstrap", "mcnemar", "auc_intervals"),
    *("clustered", "reclassification", "effects", "fleiss", "mrmc", "overlap", "sample_size", "partial_likelihood"),
]
WITH_FRAMES = [
    *("calibration", "recalibration", "decision", "survival", "cox", "summary", "reliability", "cox_tests"),
    *("concordance", "ipcw", "maxstat", "subgroups", "multiclass", "serial", "metric_bootstrap"),
]
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
    environment = {"PYTHONPATH": ":".join(path for path in sys.path if path)}
    command = [sys.executable, "-c", PROBE, json.dumps([LIGHT, WITH_FRAMES])]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    light, with_frames = json.loads(done.stdout)
    assert "scipy" in light
    assert not {"pandas", *HEAVY} & set(light)
    assert not set(HEAVY) & set(with_frames)
