"""Draw the heat maps of some crops by the network that scored them, or by several."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
import pandas as pd
from safetensors.torch import load_file

from sonomics.core.files import read_json
from sonomics.core.images import read_grey, read_mask, write_png
from sonomics.core.jobs import progress
from sonomics.kinds.models.network import Network as Settings
from sonomics.networks.architectures.heads import Classifier, OneTask, TaskClassifier
from sonomics.networks.fusion.build import BUILT_BY, build_for_rows
from sonomics.networks.inputs import find_box
from sonomics.networks.maps import grad_cam
from sonomics.networks.weights.state import from_tensors
from sonomics.train.heat_maps.measure import UNDEFINED, find_reason_for_no_map, measure_overlap
from sonomics.train.inputs.pixels import read_crops
from sonomics.train.inputs.variables import count_numbers

NO_TARGET_LAYER = "no_target_layer"
# Images whose crops are held at a time.
BATCH = 32


class Network(NamedTuple):
    """A fitted network, the side of its input in pixels, and how it sees outlines (`mask` of params)."""

    model: Classifier
    size: int
    mask: str


def read_network(state: Path, weights: Path, task: str) -> Network:
    """Rebuild a network from the files of its training job, as a task of it."""
    saved = read_json(state)
    settings = Settings.partial({key: saved[key] for key in BUILT_BY if key in saved})
    backbone = build_for_rows(settings, count_numbers(saved.get("scales", {})), 0)
    untrained = TaskClassifier(backbone, saved["heads"], 0)
    return Network(OneTask(from_tensors(untrained, load_file(weights)), task), saved["size"], settings.mask)


def choose_explained(predictions: pd.DataFrame) -> pd.DataFrame:
    """Choose of each image the prediction that its map explains.

    Parameters
    ----------
    predictions : DataFrame
        Schema PREDICTIONS, of one task.

    Returns
    -------
    DataFrame
        The positive label of two, the most probable of several classes (of equal ones the first), the risk of an event.
    """
    without_horizon = predictions[predictions["horizon"].isna()]
    best = without_horizon.sort_values("value", ascending=False, kind="stable").drop_duplicates("image")
    return best.sort_index()


def draw_maps(scored: pd.DataFrame, networks: Sequence[Network], share: float, folder: Path) -> pd.DataFrame:
    """Draw the maps of the crops that a network has scored, or the mean of several.

    Parameters
    ----------
    scored : DataFrame
        Predictions, with `view`, `file` and `mask` of the crops.
    networks : sequence of Network
        Those whose mean scored the crops, alike but for their weights: a map is the mean of theirs.
    share : float
        As for `measure_overlap`.
    folder : Path
        The maps go here, one picture per image.

    Returns
    -------
    DataFrame
        The rows of `scored`, the file of the crop as `crop`, with `file` (the name of the map), `reason` and the
        measures.
    """
    starts = progress(range(0, len(scored), BATCH), "maps")
    batches = (scored.iloc[start : start + BATCH] for start in starts)
    rows = [row for batch in batches for row in _draw_batch(batch, networks, share, folder)]
    about = scored.rename(columns={"file": "crop"}).reset_index(drop=True)
    return about.join(pd.DataFrame(rows))


def _draw_batch(
    crops: pd.DataFrame, networks: Sequence[Network], share: float, folder: Path
) -> Iterator[dict[str, Any]]:
    pixels = [read_grey(Path(file)) for file in crops["file"]]
    images = read_crops(crops["file"], crops["mask"], networks[0].size, networks[0].mask)
    drawn = [heats for network in networks if (heats := grad_cam(network.model, images)) is not None]
    if not drawn:
        yield from ({"file": "", "reason": NO_TARGET_LAYER, **UNDEFINED} for _ in pixels)
        return
    for crop, image, square in zip(crops.itertuples(), pixels, np.mean(drawn, axis=0), strict=True):
        heat = square[find_box(image.shape, networks[0].size)]
        if reason := find_reason_for_no_map(heat):
            yield {"file": "", "reason": reason, **UNDEFINED}
            continue
        name = f"{crop.image}.png"
        write_png(folder / name, np.rint(255 * heat / heat.max()).astype(np.uint8))
        stretched = cv2.resize(heat, image.shape[::-1], interpolation=cv2.INTER_LINEAR)
        measures = measure_overlap(stretched, read_mask(Path(str(crop.mask))), share)
        yield {"file": name, "reason": "", **measures}
