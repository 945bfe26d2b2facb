"""The rows of a network: images one by one or joined, with what it is given of each."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray

from sonomics.networks.inputs import Inputs, to_planes
from sonomics.train.inputs.joined import MISSING, count_joined, join_images
from sonomics.train.inputs.pixels import read_crops
from sonomics.train.inputs.variables import Scale, fit_scale, scale_columns


@dataclass(frozen=True)
class NetworkRows:
    """The rows of a network, before a fold divides them.

    Attributes
    ----------
    table : DataFrame
        `patient`, `case` and `image` of each row.
    images : tensor
        As in `Inputs`.
    present : (rows, views) float32 array or None
        Which views a row has; None where a row is one image alone.
    clinical : DataFrame
        The clinical columns that the network takes, row by row.
    counts : dict
        What was joined, for the state of the network; empty where nothing was.
    """

    table: pd.DataFrame
    images: torch.Tensor
    present: NDArray[np.float32] | None
    clinical: pd.DataFrame
    counts: dict[str, Any]

    def fit_scales(self, is_fitted: NDArray[np.bool_]) -> dict[str, Scale]:
        """Learn how clinical columns become numbers, each case counted once, from the rows that a fold fits on."""
        of_cases = self.clinical[is_fitted & ~self.table["case"].duplicated().to_numpy()]
        return {name: fit_scale(of_cases[name]) for name in self.clinical.columns}

    def give(self, scales: dict[str, Scale]) -> Inputs:
        """Make the inputs of the network, of all rows."""
        if self.present is None:
            return Inputs(self.images)
        variables = torch.from_numpy(scale_columns(self.clinical, scales))
        return Inputs(self.images, (torch.from_numpy(self.present), variables))


def read_rows(crops: pd.DataFrame, cohort: pd.DataFrame, network: Any) -> NetworkRows:
    """Read the rows of a network.

    Parameters
    ----------
    crops : DataFrame
        As `CROPS`; with `exam`, `instance`, `frame`, `time_s` and `sharpness` of the images where views are joined.
    cohort : DataFrame
        With the clinical columns.
    network : settings
        `size`, `mask`, `fusion` and `columns` of the network.
    """
    planes = to_planes(read_crops(crops["file"], crops["mask"], network.size, network.mask))
    table, present, counts = crops[["patient", "case", "image"]].reset_index(drop=True), None, {}
    if network.fusion is not None:
        table, places = join_images(crops, network.fusion)
        planes = torch.cat([planes, torch.zeros_like(planes[:1])])[places]  # the last one stands for a missing view
        present = (places != MISSING).astype(np.float32)
        counts = count_joined(table, places, network.fusion.views)
    elif network.columns:
        planes, present = planes[:, None], np.ones((len(planes), 1), np.float32)
    clinical = cohort.set_index("case")[list(network.columns)].loc[table["case"]].reset_index(drop=True)
    return NetworkRows(table, planes, present, clinical, counts)
