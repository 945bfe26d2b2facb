"""Compute a network's pooled features of every crop of one chunk."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.core.images import read_grey
from sonomics.core.jobs import run_job
from sonomics.core.seeds import seed_for
from sonomics.extract.crops.job import read_job
from sonomics.kinds.families.deep import Deep
from sonomics.networks.architectures.backbones import build
from sonomics.networks.architectures.layer_features import Features
from sonomics.networks.inputs import stack_images
from sonomics.networks.training.fit import embed
from sonomics.networks.weights.load import load_choice


def build_network(family: Deep, name: str, seed: int) -> Features:
    """Build the frozen network of a family; a random one is the same for every chunk of the study.

    Parameters
    ----------
    family : Deep
        `architecture`, `weights`, `size`, `layers` and `pooling` of the settings.
    name : str
        Name of the family.
    seed : int
        The study's.
    """
    weights = load_choice(family.weights, family.architecture)
    backbone = build(family.architecture, seed_for(seed, "extract", name), weights, family.size)
    return Features(backbone, family.layers or [], family.pooling, family.size)


def read_ahead(files: Sequence[str], size: int, batch: int) -> Iterator[NDArray[np.uint8]]:
    """Yield crops as network inputs, reading the next batch while the caller works on one.

    Parameters
    ----------
    files : sequence of str
        Grey images.
    size : int
        Side of the inputs, pixels.
    batch : int
        Images per batch.

    Yields
    ------
    (batch or fewer, size, size) uint8
    """

    def read(start: int) -> NDArray[np.uint8]:
        return stack_images([read_grey(Path(file)) for file in files[start : start + batch]], size)

    with ThreadPoolExecutor(max_workers=1) as reader:
        current: Future[NDArray[np.uint8]] | None = None
        for start in range(0, len(files), batch):
            coming = reader.submit(read, start)
            if current is not None:
                yield current.result()
            current = coming
        if current is not None:
            yield current.result()


def apply(network: Features, files: Sequence[str], size: int, batch: int) -> pd.DataFrame:
    """Compute the features of crops.

    Parameters
    ----------
    network : Features
        From `build_network`.
    files : sequence of str
        Grey images.
    size : int
        Side of the inputs, pixels.
    batch : int
        Images per batch; it changes memory, not meaning.

    Returns
    -------
    DataFrame of float64
        One row per file, one column per feature.
    """
    if not files:
        return pd.DataFrame(columns=network.names, dtype=np.float64)
    values = embed(network, read_ahead(files, size, batch))
    return pd.DataFrame(values.astype(np.float64), columns=network.names)


def main(argv: Sequence[str] | None = None) -> None:
    """Run the job."""
    job = read_job(__doc__, argv, Deep)
    network = build_network(job.family, job.name, job.seed)
    features = apply(network, job.crops["file"].tolist(), job.family.size, job.family.batch)
    job.write(network.names, features.to_numpy())


if __name__ == "__main__":
    run_job(main)
