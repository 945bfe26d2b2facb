"""What the start of a job costs: import of its module and reading of its settings, against another checkout.

Run from the repository: `uv run python benchmarks/job_start.py <other checkout> [--runs 10]`. The two checkouts take
turns, each run in a process of its own; the times are those of the processor, so that other programs do not count.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from statistics import median

import yaml

ROOT = Path(__file__).resolve().parents[1]
# A few jobs, and the keys that their rules hand over.
JOBS = {
    "export.simulator": ("study.seed", "study.chunks", "export"),
    "clean.screen": ("clean",),
    "crop.crops": ("study.seed", "crop"),
    "train.clinical": ("study.seed", "study.tasks", "study.clinical", "study.shuffle_labels", "train.models.clinical"),
}


def settings_of(keys: tuple[str, ...]) -> str:
    """Cut the default study to the keys of a job."""
    sys.path.insert(0, str(ROOT / "workflow" / "lib"))
    from sonomics.core.params import fill, pick

    return json.dumps(pick(fill(yaml.safe_load((ROOT / "params.yaml").read_text())), keys))


def seconds(checkout: Path, job: str, settings: str) -> float:
    """Start a job, let it read its settings and print its help, and return the processor time."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {**os.environ, "PYTHONPATH": str(checkout / "workflow" / "lib"), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", f"sonomics.{job}", "--settings", settings, "--help"]
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print a row per job."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("other", type=Path, help="another checkout, such as one of an earlier commit")
    parser.add_argument("--runs", type=int, default=10)
    args = parser.parse_args()
    print(f"{'job':<20}{'this':>8}{'other':>8}{'ratio':>8}")
    for job, keys in JOBS.items():
        settings = settings_of(keys)
        times: dict[Path, list[float]] = {ROOT: [], args.other: []}
        for number in range(args.runs + 1):
            for checkout, found in times.items():
                spent = seconds(checkout, job, settings)
                if number:  # the first compiles
                    found.append(spent)
        this, other = (median(found) for found in times.values())
        print(f"{job:<20}{this:>8.2f}{other:>8.2f}{this / other:>8.2f}")


if __name__ == "__main__":
    main()
