"""What deep features keep of a network's bare speed: from files of crops to a table, against the forward pass alone.

Run from the repository: `uv run python benchmarks/deep.py [--architecture NAME] [--size PIXELS] [--crops N]`.
The bare pass gets its inputs ready-made in memory, as floats, batch by batch, in the same process and on as many
threads (one, or OMP_NUM_THREADS); both are repeated in turn, and the ratio is that of the medians. On a CPU the reading
of the next batch wants a second core; `--cores 1` shows what is left without.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path

import numpy as np


def crops_in(folder: Path, count: int) -> list[str]:
    """Write speckled crops of the sizes that lesions have, as PNG."""
    from sonomics.core.images import write_png

    chance = np.random.default_rng(0)
    files = []
    for number in range(count):
        rows, columns = chance.integers(120, 360, 2)
        echo = np.hypot(*chance.standard_normal((2, rows, columns)))
        write_png(folder / f"{number}.png", np.clip(60 * echo, 0, 255).astype(np.uint8))
        files.append(str(folder / f"{number}.png"))
    return files


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--architecture", default="resnet18")
    parser.add_argument("--size", type=int, default=112)
    parser.add_argument("--crops", type=int, default=256)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--cores", type=int, default=0, help="cores this process may use (all)")
    args = parser.parse_args()
    if args.cores:
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: args.cores])
    import torch

    from sonomics.extract.deep import apply, build_network, read_ahead
    from sonomics.kinds.families.deep import Deep

    stated = {"kind": "deep", "architecture": args.architecture, "weights": "none", "size": args.size}
    family = Deep.model_validate({**stated, "batch": args.batch})
    network = build_network(family, "deep", 1).eval()
    with tempfile.TemporaryDirectory() as folder:
        files = crops_in(Path(folder), args.crops)
        ready = [torch.from_numpy(images)[:, None].float() / 255 for images in read_ahead(files, args.size, args.batch)]

        @torch.inference_mode()
        def bare() -> None:
            for images in ready:
                network(images)

        def whole() -> None:
            apply(network, files, args.size, args.batch)

        apply(network, files[: args.batch], args.size, args.batch)
        wall: dict[str, list[float]] = {"bare": [], "whole": []}
        busy: dict[str, list[float]] = {"bare": [], "whole": []}
        for _ in range(args.repeats):
            for name, run in (("bare", bare), ("whole", whole)):
                start, began = time.perf_counter(), time.process_time()
                run()
                wall[name].append(time.perf_counter() - start)
                busy[name].append(time.process_time() - began)
    for name, seconds in wall.items():
        print(f"{name:6} {args.crops / np.median(seconds):7.1f} crops/s")
    print(f"{args.architecture} at {args.size}, of the bare forward pass: {kept(wall)} of its speed, ", end="")
    print(f"{kept(busy)} by processor time (as if reading had no core of its own)")


def kept(seconds: dict[str, list[float]]) -> str:
    """Say what the whole keeps of the bare pass."""
    return f"{100 * np.median(seconds['bare']) / np.median(seconds['whole']):.0f} %"


if __name__ == "__main__":
    main()
