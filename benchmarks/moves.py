"""What moves when a study is computed otherwise: `python benchmarks/moves.py BASE NAME=RUN [NAME=RUN ...]`.

BASE and every RUN are study folders in which one study was computed: with other libraries, on another processor without
`study.portable`, on a GPU. Printed, as a Markdown table: how many numbers of `results/metrics` are not those of BASE,
phase by phase, and the largest move of what a paper quotes (areas under the curve, sensitivity, specificity, Brier
score). One key a line follows: the largest moves with their place.
"""

import argparse
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PHASES = ("export", "clean", "crop", "extract", "select", "train", "stack", "evaluate")
QUOTED = ("auc", "sensitivity", "specificity", "brier")
SHOWN = 5


def numbers_of(tree: Any, key: str = "") -> Iterator[tuple[str, float]]:
    """Yield every number of a JSON tree with its place."""
    if isinstance(tree, dict):
        for name, below in tree.items():
            yield from numbers_of(below, f"{key}.{name}" if key else name)
    elif isinstance(tree, list):
        for place, below in enumerate(tree):
            yield from numbers_of(below, f"{key}[{place}]")
    elif isinstance(tree, int | float):
        yield key, float(tree)


def read_metrics(study: Path, phase: str) -> dict[str, float]:
    """Read the numbers of one phase."""
    return dict(numbers_of(json.loads((study / f"results/metrics/{phase}.json").read_text())))


def moves_of(base: Path, run: Path, phase: str) -> dict[str, float]:
    """Return, for every number that both runs have, by how much it moved; where it moved."""
    first, second = read_metrics(base, phase), read_metrics(run, phase)
    moved = {key: second[key] - first[key] for key in first.keys() & second.keys()}
    return {key: by for key, by in moved.items() if by != 0 and not math.isnan(by)}


def is_quoted(key: str) -> bool:
    """Tell whether a number of evaluate is one that a paper quotes."""
    return key.startswith("auc_of_others") or key.rpartition(".")[2] in QUOTED


def main() -> None:
    """Print the table, and the largest moves of every run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base", type=Path)
    parser.add_argument("runs", nargs="+", metavar="NAME=RUN")
    args = parser.parse_args()
    runs = {name: Path(folder) for name, _, folder in (run.partition("=") for run in args.runs)}
    print(f"| computed with | {' | '.join(PHASES)} | largest move of a quoted value |")
    print("|---|" + "---|" * (len(PHASES) + 1))
    largest = {}
    for name, run in runs.items():
        moved = {phase: moves_of(args.base, run, phase) for phase in PHASES}
        counts = [f"{len(moved[phase])} of {len(read_metrics(args.base, phase))}" for phase in PHASES]
        quoted = {key: by for key, by in moved["evaluate"].items() if is_quoted(key)}
        largest[name] = sorted(quoted.items(), key=lambda item: -abs(item[1]))
        print(f"| {name} | {' | '.join(counts)} | {abs(largest[name][0][1]) if largest[name] else 0:.4f} |")
    for name, quoted_moves in largest.items():
        print(f"\n{name}")
        for key, by in quoted_moves[:SHOWN]:
            print(f"  {key}: {by:+.4f}")


if __name__ == "__main__":
    main()
