"""What the jobs that extract a family share: read the crops of a chunk, compute one row per crop, write the table."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.core import schemas
from sonomics.core.images import read_grey, read_mask
from sonomics.core.jobs import job_parser, progress
from sonomics.core.settings.extract import Family
from sonomics.core.tables import read_table, write_table
from sonomics.extract.crops.resample import resample_to_spacing
from sonomics.extract.crops.table import DOUBTFUL, join_identity, select_kept

log = logging.getLogger(__name__)

# Computes the features of one crop: pixels (rows, columns) float, mask (rows, columns) bool, edge of a pixel.
Compute = Callable[[NDArray[np.float64], NDArray[np.bool_], float], NDArray[np.float64]]
Settings = TypeVar("Settings", bound=Family, covariant=True)


class DoubtfulValue(NamedTuple):
    """A value of a feature that two right computations give differently, because rounding moves it that far.

    Attributes
    ----------
    image, feature : str
    value, reference : float
        Ours, and that of the reference implementation.
    bound : float
        The largest difference that rounding can make.
    """

    image: str
    feature: str
    value: float
    reference: float
    bound: float


@dataclass(frozen=True)
class Job(Generic[Settings]):
    """A family and the crops of a chunk.

    Attributes
    ----------
    name : str
        Name of the family.
    family : Family
        Settings of the family.
    seed : int
        The study's.
    crops : DataFrame
        The kept ones, schema `CROPS`.
    out : Path
        File of the table of features.
    """

    name: str
    family: Settings
    seed: int
    crops: pd.DataFrame
    out: Path

    def compute(
        self, crops: pd.DataFrame, names: Sequence[str], compute: Compute, resample_mm: float | None
    ) -> NDArray[np.float64]:
        """Compute the features of crops.

        Without resampling every length is in pixels, with it in mm, so that one column never mixes the two.

        Parameters
        ----------
        crops : DataFrame
            Schema `CROPS`.
        names : sequence of str
            Names of the features.
        compute : callable
            Computes the features of one crop, as `Compute`.
        resample_mm : float or None
            Pixel spacing in mm that crops are resampled to; None leaves the pixels as they are.

        Returns
        -------
        (crops, names) float array
            A row is all NaN when crops are resampled and the spacing of this one is unknown.
        """
        values = np.full((len(crops), len(names)), np.nan)
        for row, crop in enumerate(progress(crops.itertuples(), self.name, total=len(crops))):
            pixels, mask = read_grey(Path(crop.file)), read_mask(Path(crop.mask))
            resampled = resample_to_spacing(pixels, mask, crop.spacing_mm, resample_mm)
            if resampled is not None:
                pixels, mask = resampled
                values[row] = compute(pixels.astype(np.float64), mask, resample_mm or 1.0)
            if undefined := int(np.isnan(values[row]).sum()):
                log.warning("%s, %s: %d of %d features are undefined", crop.image, crop.file, undefined, len(names))
        return values

    def write(self, names: Sequence[str], values: NDArray[np.float64], doubtful: Sequence[DoubtfulValue] = ()) -> None:
        """Write the table of features; `values` (crops, names) has one row per crop of the job.

        Doubtful values stand in the table as computed; which they are is noted in its metadata, where there are any.
        """
        features = join_identity(self.crops, pd.DataFrame(values, columns=list(names)), self.name, self.family)
        if doubtful:
            log.warning("%d values are known no better than to the bound of their rounding", len(doubtful))
            features.attrs[DOUBTFUL] = [value._asdict() for value in doubtful]
        write_table(features, self.out, schemas.FEATURES)


def read_job(doc: str | None, argv: Sequence[str] | None, settings: type[Settings]) -> Job[Settings]:
    """Read the command line of a job and its crops.

    Parameters
    ----------
    doc : str
        What the job does.
    argv : sequence of str, optional
        The command line; that of the process if not given.
    settings : type of Family
        Settings of the kind of family that the job extracts.

    Raises
    ------
    TypeError
        When the family is of another kind.
    """
    parser = job_parser(doc)
    parser.add_argument("--family", required=True)
    parser.add_argument("--crops", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args(argv)
    family = args.settings.extract.families[args.family]
    if not isinstance(family, settings):
        raise TypeError(f"{args.family} is a family of kind {family.kind}, which another job extracts")
    crops = select_kept(read_table(args.crops, schemas.CROPS))
    return Job(args.family, family, args.settings.study.seed, crops, args.out)
