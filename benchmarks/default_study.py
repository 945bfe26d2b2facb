"""What the default study costs: wall time, orchestration, no-op, what a changed value reruns, disk.

Run from the repository: `uv run python benchmarks/default_study.py [--cores 2] [--study studies/smoke]`. It works in a
temporary copy. Seconds depend on the machine; the shares are measured within the one run.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TARGET = ("--", "results/report.html")


def snakemake(study: Path, *arguments: str) -> tuple[float, str]:
    """Run Snakemake in a study; return the seconds it took and what it printed."""
    command = [sys.executable, "-m", "snakemake", "-s", str(ROOT / "Snakefile"), *arguments]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    start = time.perf_counter()
    done = subprocess.run(
        command, cwd=study, text=True, capture_output=True, check=True, env={**os.environ, "PATH": path}
    )
    return time.perf_counter() - start, done.stdout + done.stderr


def jobs(study: Path) -> dict[tuple[float, float], str]:
    """List the jobs that ran: start and end, and the rule."""
    records = [json.loads(path.read_text()) for path in (study / ".snakemake/metadata").rglob("*") if path.is_file()]
    spans: dict[tuple[str, str], tuple[float, float]] = {}
    for record in records:
        job = (record["rule"], str(record["log"]))  # one record an output, one log a job
        start, end = spans.get(job, (record["starttime"], record["endtime"]))
        spans[job] = (min(start, record["starttime"]), max(end, record["endtime"]))
    return {span: rule for (rule, _), span in spans.items()}


def covered(spans: list[tuple[float, float]]) -> float:
    """Measure the time during which at least one of the jobs was running."""
    total, reached = 0.0, 0.0
    for start, end in sorted(spans):
        total += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return total


def megabytes(folder: Path) -> float:
    """Add up the files under a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--study", type=Path, default=ROOT)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        study = Path(folder)
        (study / "data/outlines").mkdir(parents=True)
        for file in ("params.yaml", "data/cohort.csv", "data/qc_labels.csv", "data/readers.csv"):
            shutil.copy(args.study / file, study / file)
        wall, _ = snakemake(study, "--cores", str(args.cores), *TARGET)
        ran = jobs(study)
        busy = sum(end - start for start, end in ran)
        print(f"end to end                     {wall:7.0f} s  ({len(ran)} jobs, {busy:.0f} s of job time)")
        print(f"orchestration                  {1 - busy / (args.cores * wall):7.1%}    of {args.cores} cores x wall")
        by_rule: dict[str, list[tuple[float, float]]] = {}
        for span, rule in ran.items():
            by_rule.setdefault(rule, []).append(span)
        for rule, spans in sorted(by_rule.items(), key=lambda item: -sum(end - start for start, end in item[1])):
            seconds = sum(end - start for start, end in spans)
            print(
                f"  {rule:<28} {seconds:7.0f} s  {seconds / busy:5.1%}  {len(spans):3d} jobs in {covered(spans):.0f} s"
            )
        idle, printed = snakemake(study, "--cores", str(args.cores), *TARGET)
        assert "Nothing to be done" in printed
        print(f"nothing to do                  {idle:7.1f} s")
        (study / "changed.yaml").write_text("select: {steps: [{step: mrmr, count: 5}]}")
        _, printed = snakemake(study, "--dry-run", "--configfile", "params.yaml", "changed.yaml", *TARGET)
        reruns = sorted(
            {line.split()[1].rstrip(":") for line in printed.splitlines() if line.startswith(("rule ", "localrule "))}
        )
        print(f"a changed select value reruns  {', '.join(reruns)}")
        print(f"disk                           {megabytes(study / 'data') + megabytes(study / 'results'):7.0f} MB")


if __name__ == "__main__":
    main()
