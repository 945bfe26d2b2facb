import json
import subprocess
import sys

LIGHT = [
    *(
        "discrimination.auc",
        "agreement.icc",
        "selection.correlation",
        "selection.lasso",
        "classification.cutoffs",
        "classification.confusion",
        "resampling.bootstrap",
        "comparison.mcnemar",
        "discrimination.auc_comparison",
    ),
    *(
        "discrimination.clustered_auc",
        "clinical_utility.reclassification",
        "comparison.effect_sizes",
        "agreement.kappa",
        "readers.mrmc",
        "agreement.overlap",
        "planning.sample_size",
        "survival.partial_likelihood",
    ),
]
WITH_FRAMES = [
    *(
        "calibration.intercept_slope",
        "calibration.calibrators",
        "clinical_utility.decision_curve",
        "survival.kaplan_meier",
        "survival.cox",
        "comparison.group_tests",
        "calibration.probability_scores",
        "survival.cox_tests",
    ),
    *(
        "survival.concordance",
        "survival.horizon",
        "survival.cutpoint",
        "comparison.subgroups",
        "classification.multiclass",
        "classification.lead_time",
        "resampling.metric_bootstrap",
    ),
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
