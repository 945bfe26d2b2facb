"""Run a study here and on an emulated processor, and compare every byte: `python benchmarks/portable.py --cpu Haswell`.

The reduced study has a job of every kind: quality-control network, texture, lexicon and deep features, selection, every
kind of classifier, a network, a stack, evaluation and report. `--study FOLDER` takes another one, such as
`studies/smoke`. The second run is the same workflow, but the `python` of its jobs runs in `qemu-x86_64` (Debian:
qemu-user, from version 10 on: older ones fail at numpy's sort). Every file of `data/` and `results/` must be equal; of
a difference the job and the first table and column are named.
"""

import argparse
import csv
import io
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from time import monotonic

import yaml
from compare_runs import describe_difference, files_of

ROOT = Path(__file__).resolve().parents[1]
SNAKEMAKE = (sys.executable, "-m", "snakemake", "-s", str(ROOT / "Snakefile"))
TABLES = ("cohort.csv", "qc_labels.csv", "readers.csv")
REDUCED = Path(__file__).with_suffix(".yaml")


def merged(base: dict, changes: dict) -> dict:
    """Lay changes over a map, key by key."""
    result = dict(base)
    for key, value in changes.items():
        deeper = isinstance(value, dict) and isinstance(base.get(key), dict) and key != "variants"
        result[key] = merged(base[key], value) if deeper else value
    return result


def write_study(source: Path, to: Path, changes: dict) -> None:
    """Copy what a user states of a study, with changed parameters."""
    (to / "data/outlines").mkdir(parents=True)
    for table in TABLES:
        shutil.copy(source / "data" / table, to / "data" / table)
    params = yaml.safe_load((source / "params.yaml").read_text())
    (to / "params.yaml").write_text(yaml.safe_dump(merged(params, changes), sort_keys=False))


def run(study: Path, cores: int, path: str, cache: Path) -> float:
    """Run a study from exams to report, with a `python` of one's own; return the seconds."""
    start = monotonic()
    command = [*SNAKEMAKE, "--cores", str(cores), "--quiet", "all"]
    # Each job in a process of its own: an emulator cannot hand over what is open.
    environment = {**os.environ, "PATH": path, "NUMBA_CACHE_DIR": str(cache), "SONOMICS_WARM": "false"}
    subprocess.run([*command, "--", "results/report.html"], cwd=study, env=environment, check=True)
    return monotonic() - start


def write_emulated_python(folder: Path, emulator: str, cpu: str) -> None:
    """Write a `python` that runs this one on an emulated processor; what the emulator itself says is left out."""
    folder.mkdir()
    wrapper = folder / "python"
    said = '2> >(grep -v "^qemu-x86_64: warning" >&2)'
    wrapper.write_text(f'#!/bin/bash\nexec {emulator} -cpu {cpu} {sys.executable} "$@" {said}\n')
    wrapper.chmod(0o755)


def jobs_of(study: Path) -> dict[str, str]:
    """Name the rule behind every output of a study."""
    command = [*SNAKEMAKE, "--detailed-summary", "--", "results/report.html"]
    listed = subprocess.run(command, cwd=study, capture_output=True, text=True, check=True)
    rows = csv.DictReader(io.StringIO(listed.stdout), delimiter="\t")
    return {row["output_file"]: row["rule"] for row in rows}


def differences(native: Path, emulated: Path) -> list[str]:
    """List the files that are not equal byte by byte: job, file, and the first table and column."""
    here, there, rules = files_of(native), files_of(emulated), jobs_of(native)
    lines = []
    for name in sorted(here.keys() | there.keys()):
        if name in here and name in there and here[name].read_bytes() == there[name].read_bytes():
            continue
        both = name in here and name in there
        reason = (describe_difference(here[name], there[name]) or "bytes differ") if both else "only in one run"
        rule = next((rule for output, rule in rules.items() if name == output or name.startswith(f"{output}/")), "?")
        lines.append(f"{rule}: {name}: {reason}")
    return lines


def main() -> None:
    """Print both times, what differs, and the number of files compared; exit 1 when one differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cpu", default="Haswell", help="processor, as `qemu-x86_64 -cpu help` lists them")
    parser.add_argument("--emulator", default="qemu-x86_64")
    parser.add_argument("--study", type=Path, help="a study folder; without it, the reduced study")
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--keep", type=Path, help="folder for both runs; without it, a temporary one")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = args.keep or Path(temporary)
        native, emulated = folder / "native", folder / "emulated"
        for study in (native, emulated):
            write_study(
                args.study or ROOT / "studies/smoke", study, {} if args.study else yaml.safe_load(REDUCED.read_text())
            )
        python = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        seconds = run(native, args.cores, python, folder / "numba")
        print(f"here: {seconds:.0f} s", flush=True)
        write_emulated_python(folder / "bin", args.emulator, args.cpu)
        seconds = run(emulated, args.cores, f"{folder / 'bin'}{os.pathsep}{python}", folder / "numba")
        print(f"{args.cpu}: {seconds:.0f} s", flush=True)
        lines = differences(native, emulated)
        print(*lines, sep="\n")
        print(f"{len(files_of(native))} files compared, {len(lines)} differ")
    raise SystemExit(bool(lines))


if __name__ == "__main__":
    main()
