"""The QC classifier: how well its heads do on held-out patients, and how fast it judges.

uv run python benchmarks/qc.py heads --patients 72   # simulated adnexal exams, every head
uv run python benchmarks/qc.py organ                 # real images: breast, ovary, others; needs $SONOMICS_REALDATA
uv run python benchmarks/qc.py speed                 # judging against the bare forward pass
"""

import sonomics  # noqa: F401  # isort: skip  # before numpy: it sets the pins of core/pins.py

import argparse
import json
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray

from sonomics.clean import clean_chunk, fit_qc
from sonomics.clean.images.decode import open_recording
from sonomics.clean.qc.classifier import State, apply, assign_folds, cross_validate, fit_state, shrink_to_squares
from sonomics.clean.qc.held_out import report_head
from sonomics.clean.qc.thresholds import call_images, set_limit
from sonomics.core.files import read_json
from sonomics.core.images import read_colour, write_png
from sonomics.core.settings.clean import Head, Network
from sonomics.export import simulator
from sonomics.kinds.sources.simulator import Simulator
from sonomics.simulate.cohorts.liver import draft_cohort
from sonomics.simulate.cohorts.liver_qc_labels import draft_qc_labels
from sonomics.simulate.exams.liver import PLAIN
from sonomics.simulate.exams.scenes import draw_still
from sonomics.simulate.exams.screen import still_screen
from sonomics.simulate.scanner.devices import DEVICES

SEED = 42
NETWORK = {
    "architecture": "test_resnet",
    "weights": "none",
    "size": 64,
    "epochs": 20,
    "batch": 16,
    "learning_rate": 0.003,
}
HEADS = {
    "target": {"exclude_below": 0.5},
    "lesion": {"sensitivity": 0.95, "needs_case": "lesion"},
    "ascites": {},
    "blood_flow": {},
    "three_d": {"exclude_above": 0.5},
    "undeterminable": {"exclude_above": 0.5},
}
DESCRIBE = Head.partial({})
BREASTS, FRAMES_A_FILE = 150, 4
NEIGHBOURS = 10


def simulated_heads(patients: int, network: dict[str, Any]) -> dict[str, Any]:
    """Fit all heads on simulated adnexal exams; return what `state.json` says of each, held out by patient."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            Path("data").mkdir()
            settings = {"patients": {"train": patients}, "repeat_outlines": 0, "scene": "adnexal"}
            cohort = draft_cohort(Simulator.partial(settings), SEED)
            cohort.to_csv("data/cohort.csv", index=False)
            draft_qc_labels(cohort, SEED).to_csv("data/qc_labels.csv", index=False)
            study = {"seed": SEED, "chunks": 1}
            clean = {
                "views": {"grey": {"from": "still"}},
                "overlays": "remove",
                "qc": {"network": network, "heads": HEADS},
            }
            given = ["--settings", json.dumps({"study": study, "clean": clean})]
            simulator.main([*given, "--cohort", "data/cohort.csv", "--chunk", "0", "--out", "data/export/0"])
            tables = ["--images", "data/clean/0/images.parquet"]
            curves = ["--curves", "data/clean/0/curves.parquet"]
            clean_chunk.main([*given, "--exams", "data/export/0", "--frames", "data/clean/0/frames", *tables, *curves])
            cohort_and_labels = ["--cohort", "data/cohort.csv", "--labels", "data/qc_labels.csv"]
            fit_qc.main([*given, *cohort_and_labels, *tables, "--out", "data/clean/qc"])
            return read_json(Path("data/clean/qc/state.json"))["heads"]
        finally:
            os.chdir(before)


def organ_heads(network: dict[str, Any]) -> dict[str, Any]:
    """Tell breast, ovary and other real ultrasound apart: a head each, held out by patient.

    Groups are BUS-BRA's cases, neighbouring numbers of OTU-2D (it names no patients) and DICOM files.
    """
    listed = list(real_images(Path(os.environ["SONOMICS_REALDATA"])))
    organs = pd.Series([organ for organ, _, _ in listed])
    groups = [group for _, group, _ in listed]
    inputs = shrink_to_squares((pixels for _, _, pixels in listed), network["size"])
    answers = pd.DataFrame({organ: np.where(organs == organ, "yes", "no") for organ in ("breast", "ovary", "other")})
    targets = (answers == "yes").astype(float)
    folds = assign_folds(groups, SEED)
    scores = cross_validate(inputs, targets, folds, Network.partial(network), SEED)
    reports = {}
    for organ in targets:
        truth, score = targets[organ].to_numpy(), scores[organ].to_numpy()
        called = call_images(DESCRIBE, set_limit(DESCRIBE, truth, score, organ), truth, score, folds)
        reports[organ] = report_head(answers[organ], truth, score, called, np.array(groups), SEED)
    return reports


def real_images(root: Path) -> Iterator[tuple[str, str, NDArray[np.uint8]]]:
    """Yield organ, group and pixels (rows, columns, 3) of the real images."""
    breasts = pd.read_csv(root / "bus-bra" / "bus_data.csv").sample(BREASTS, random_state=SEED).sort_values("ID")
    for name, case in zip(breasts["ID"], breasts["Case"], strict=True):
        yield "breast", f"breast {case}", read_colour(root / "bus-bra" / "Images" / f"{name}.png")
    for path in sorted((root / "otu-2d-sample" / "images").iterdir()):
        yield "ovary", f"ovary {int(re.sub(r'[^0-9]', '', path.stem)) // NEIGHBOURS}", read_colour(path)
    for path in sorted(file for file in (root / "us-dicom").rglob("*") if file.is_file()):
        try:
            recording = open_recording(path)
            numbers = np.linspace(0, recording.count - 1, min(FRAMES_A_FILE, recording.count)).astype(int)
            decoded = list(recording.frames(sorted(set(numbers.tolist()))))
        except Exception:  # the folder holds notes too
            continue
        for pixels in decoded:
            yield "other", f"other {path.name}", pixels if pixels.ndim == 3 else np.repeat(pixels[..., None], 3, axis=2)


def print_heads(reports: dict[str, Any]) -> None:
    """Print a row a head, as Markdown."""
    print("| head | yes | no | AUC (95 % interval) | sensitivity | specificity |\n|---|---|---|---|---|---|")
    for head, report in reports.items():
        measures = [report[name] for name in ("auc", "sensitivity", "specificity")]
        cells = [m["reason"] or f"{m['estimate']:.3f} ({m['lower']:.3f} to {m['upper']:.3f})" for m in measures]
        print(f"| {head} | {report['yes']} | {report['no']} | {' | '.join(cells)} |")


def print_speed(architecture: str, size: int, images: int) -> None:
    """Time judging, with and without reading the files, against the bare forward pass on the same inputs."""
    network = NETWORK | {"architecture": architecture, "size": size, "epochs": 1}
    device = DEVICES["SIM-A1"]
    stills = [still_screen(draw_still(device, PLAIN, (number,))[0], device, "", "P", None) for number in range(16)]
    pictures = [np.repeat(still[..., None], 3, axis=2) for still in stills]
    targets = pd.DataFrame({head: np.arange(16) % 2.0 for head in HEADS})
    state = fit_state(shrink_to_squares(pictures, size), targets, Network.partial(network), SEED)
    inputs = np.repeat(shrink_to_squares(pictures, size), images // 16, axis=0)
    bare = best(lambda: forward(state, inputs))
    judged = best(lambda: apply(state, inputs))
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / f"{number}.png" for number in range(16)]
        for file, pixels in zip(files, stills, strict=True):
            write_png(file, pixels)
        read = best(
            lambda: apply(state, shrink_to_squares((read_colour(files[n % 16]) for n in range(len(inputs))), size))
        )
    print(f"{architecture} at {size}: bare forward pass {len(inputs) / bare:.0f} images/s,", end=" ")
    print(f"judging {len(inputs) / judged:.0f} ({bare / judged:.0%}),", end=" ")
    print(f"reading PNG of 384 x 512 and judging {len(inputs) / read:.0f} ({bare / read:.0%})")


@torch.inference_mode()
def forward(state: State, inputs: NDArray[np.uint8]) -> None:
    """Pass ready-made batches through the network, and nothing else."""
    for batch in torch.from_numpy(inputs).permute(0, 3, 1, 2).float().div(255).split(64):
        state.model(batch)


def best(job: Callable[[], object], times: int = 3) -> float:
    """Return the shortest of several wall times, s."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        job()
        taken.append(time.perf_counter() - start)
    return min(taken)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["heads", "organ", "speed"])
    parser.add_argument("--patients", type=int, default=72)
    parser.add_argument("--epochs", type=int, default=20)
    args = parser.parse_args()
    network = NETWORK | {"epochs": args.epochs}
    if args.what == "heads":
        print_heads(simulated_heads(args.patients, network))
    elif args.what == "organ":
        print_heads(organ_heads(network))
    else:
        torch.set_num_threads(1)
        for architecture, size, images in (("test_resnet", 64, 512), ("resnet18", 224, 32)):
            print_speed(architecture, size, images)


if __name__ == "__main__":
    main()
