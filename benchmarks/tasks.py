"""What a study of several tasks costs, against as many studies of one task.

Run from the repository: `uv run python benchmarks/tasks.py [--tasks 8] [--cores 1]`. The study is `studies/smoke` with
its binary task and classifier alone (no network, no survival task, no negative control). The further tasks are
recurrence within other months. Both studies run from their committed files in temporary folders, one after the other.
Printed are seconds on the clock and of the processor (user and system, of all processes), and the ratio of the one
study of all tasks to that many studies of one task. On a machine that others use, too, compare the processor's.
"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml
from waiting import Spent, spend

ROOT = Path(__file__).resolve().parents[1]
CHECKOUT = Path(sys.prefix).parent  # whose environment runs this script
FIRST = 12  # months of the first rule; up to 19, both labels are in every fold
NAMES = ("clock", "processor")


def state_tasks(count: int) -> dict[str, Any]:
    """State the parameters of the smoke study with so many binary tasks and nothing else to learn."""
    params: dict[str, Any] = yaml.safe_load((ROOT / "studies/smoke/params.yaml").read_text())
    months = range(FIRST, FIRST + count)
    params["study"] |= {
        "tasks": {f"within_{month}": {"type": "binary", "rule": f"time < {month} & event"} for month in months},
        "variants": {"main": {}},
    }
    params["select"]["steps"] = params["select"]["steps"]["binary"]
    params["train"]["models"] = {"rf": params["train"]["models"]["rf"]}
    params["stack"] |= {"threshold": "youden", "models": {"stacked": {"of": ["rf"]}}}
    params["evaluate"]["primary"] = "stacked"
    return params


def measure(count: int, cores: int) -> Spent:
    """Run a study of so many tasks from its exams to its report."""
    with tempfile.TemporaryDirectory() as folder:
        study = Path(folder, "study")
        (study / "data/outlines").mkdir(parents=True)
        for name in ("cohort", "qc_labels"):
            shutil.copy(ROOT / "studies/smoke/data" / f"{name}.csv", study / "data")
        readings = (ROOT / "studies/smoke/data/readers.csv").read_text()
        (study / "data/readers.csv").write_text(readings.splitlines()[0] + "\n")  # they are of a task of another name
        (study / "params.yaml").write_text(yaml.safe_dump(state_tasks(count), sort_keys=False))
        run = ["snakemake", "-s", str(ROOT / "Snakefile"), "--cores", str(cores), "--", "results/report.html"]
        return spend(run, CHECKOUT, study)


def main() -> None:
    """Print a row for each of the two studies, and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tasks", type=int, default=8)
    parser.add_argument("--cores", type=int, default=1)
    args = parser.parse_args()
    one, several = measure(1, args.cores), measure(args.tasks, args.cores)
    for name, alone, together in zip(NAMES, one, several, strict=True):
        ratio = together / (args.tasks * alone)
        print(f"{name:<10} one task {alone:6.1f} s, {args.tasks} tasks {together:6.1f} s, ratio {ratio:.2f}")


if __name__ == "__main__":
    main()
