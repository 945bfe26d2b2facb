"""What evaluate costs: seconds of computing, wall time and peak memory of the job, for a small and a large study.

Run from the repository: `uv run python benchmarks/evaluate.py [--patients 500 5000]`. It writes synthetic predictions
of two models, runs the job in a process of its own, then names the tables that take longest.
"""

import argparse
import cProfile
import json
import os
import pstats
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "workflow/lib")]

from sonomics.evaluate import task  # noqa: E402
from sonomics.evaluate.figures import sheet  # noqa: E402
from tests.evaluate.synthetic import SETTINGS, arguments, write_study  # noqa: E402

SLOWEST = 5
MORE = {"horizons": [12, 24], "subgroups": {"age": "median", "sex": "levels"}}


def job(options: list[str]) -> dict[str, float]:
    """Run the job; return its wall time, computing time (both seconds) and peak memory (MB)."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "workflow/lib"), "OMP_NUM_THREADS": "1"}
    start = time.perf_counter()
    command = [sys.executable, "-m", "sonomics.evaluate.task", *options]
    child = subprocess.Popen(command, stderr=subprocess.DEVNULL, env=environment)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit("the job failed")
    wall = time.perf_counter() - start
    return {"wall_s": wall, "cpu_s": usage.ru_utime + usage.ru_stime, "memory_mb": usage.ru_maxrss / 1024}


def slowest(options: list[str]) -> dict[str, float]:
    """Run the job here without figures; return the seconds of the functions that make the slowest tables."""
    sheet.draw_panels = lambda *_: None
    profile = cProfile.Profile()
    profile.runcall(task.main, options)
    stats: Any = pstats.Stats(profile)
    spent = {key[2]: row[3] for key, row in stats.stats.items() if "evaluate" in key[0] and _makes_table(key[2])}
    return dict(sorted(spent.items(), key=lambda item: -item[1])[:SLOWEST])


def _makes_table(name: str) -> bool:
    return name.endswith("_table")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--patients", type=int, nargs="+", default=[500, 5000])
    parser.add_argument("--bootstrap", type=int, default=1000)
    args = parser.parse_args()
    settings = {**SETTINGS, "evaluate": {**SETTINGS["evaluate"], "bootstrap": args.bootstrap, **MORE}}
    for patients in args.patients:
        with tempfile.TemporaryDirectory() as folder:
            study = Path(folder) / "study"
            fifth = patients // 5
            write_study(study, {"train": patients - 2 * fifth, "internal": fifth, "external_1": fifth})
            options = [f"--settings={json.dumps(settings)}", *arguments(study), f"--out={study / 'out'}"]
            cost = job(options)
            print(f"{patients} patients:", ", ".join(f"{name} {value:.1f}" for name, value in cost.items()))
            print("  slowest:", ", ".join(f"{name} {value:.1f}" for name, value in slowest(options).items()))


if __name__ == "__main__":
    main()
