"""How long a study keeps its user waiting, against another checkout, in pairs.

Run from the repository: `uv run python benchmarks/waiting.py <other checkout> [--study studies/smoke] [--runs 3]`. The
two checkouts, each with an environment of its own (`uv sync --locked`), take turns at three things: `sonomics --help`,
a whole run of the study from its committed files, and a run that finds nothing to do. Printed are medians of seconds
on the clock and of the processor (user and system, of all processes), and the medians of the ratios pair by pair. On a
machine that others use, too, only those of the processor are worth comparing.
"""

import argparse
import os
import resource
import shutil
import subprocess
import tempfile
from pathlib import Path
from statistics import median
from time import monotonic

ROOT = Path(__file__).resolve().parents[1]
Spent = tuple[float, float]


def spend(command: list[str], checkout: Path, folder: Path) -> Spent:
    """Run a command with the environment of a checkout, and return seconds on the clock and of the processor."""
    path = f"{checkout / '.venv' / 'bin'}:{os.environ['PATH']}"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | {"PATH": path}
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), monotonic()
    subprocess.run(command, check=True, env=environment, cwd=folder, capture_output=True)
    took, after = monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    return took, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(checkout: Path, study: str, cores: int) -> dict[str, Spent]:
    """Measure a checkout once: the help, the whole study in a folder of its own, and nothing to do."""
    with tempfile.TemporaryDirectory() as folder:
        listed = ["git", "-C", str(checkout), "ls-files", "-z", "--", f"{study}/params.yaml", f"{study}/data"]
        files = subprocess.run(listed, check=True, capture_output=True, text=True).stdout.split("\0")
        for file in filter(None, files):
            copied = Path(folder) / os.path.relpath(file, study)
            copied.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(checkout / file, copied)
        run = ["snakemake", "-s", str(checkout / "Snakefile"), "--cores", str(cores), "--", "results/report.html"]
        return {
            "sonomics --help": spend(["sonomics", "--help"], checkout, Path(folder)),
            "whole run": spend(run, checkout, Path(folder)),
            "nothing to do": spend(run, checkout, Path(folder)),
        }


def main() -> None:
    """Print a row per command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("other", type=Path, help="another checkout, such as one of an earlier commit")
    parser.add_argument("--study", default="studies/smoke", help="folder of the study; . is the default study")
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--runs", type=int, default=3)
    args = parser.parse_args()
    pairs = []
    for number in range(args.runs):
        order = [ROOT, args.other.resolve()][:: 1 if number % 2 else -1]
        spent = {checkout: measure(checkout, args.study, args.cores) for checkout in order}
        pairs.append((spent[ROOT], spent[args.other.resolve()]))
    print(f"{'':<18}{'this':>8}{'other':>8}{'ratio':>8}    {'this, cpu':>10}{'other, cpu':>11}{'ratio':>8}")
    for name in pairs[0][0]:
        columns = []
        for clock in (0, 1):
            this, other = ([pair[side][name][clock] for pair in pairs] for side in (0, 1))
            ratio = median(one / two for one, two in zip(this, other, strict=True))
            columns += [median(this), median(other), ratio]
        print("{:<18}{:>8.1f}{:>8.1f}{:>8.2f}    {:>10.1f}{:>11.1f}{:>8.2f}".format(name, *columns))


if __name__ == "__main__":
    main()
