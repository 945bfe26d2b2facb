"""How the images of the cases were acquired, by split, and whether the splits differ."""

import numpy as np
import pandas as pd

from sonomics.core.schemas import SCREENED, TRAIN
from sonomics.core.tables import read_table
from sonomics.evaluate.cohort.baseline import BY_SPLIT, COLUMNS, describe_groups
from sonomics.evaluate.study.context import Context
from sonomics.evaluate.tables.columns import Tables

TEXTS = ("device", "transducer")
NUMBERS = ("frequency_mhz", "depth_mm", "spacing_mm", "mechanical_index")
SEVERAL = "several"


def acquisition_tables(context: Context) -> Tables:
    """Make the table of acquisition; without a row where nothing is known of any image."""
    acquired = describe_acquisition(read_table(context.files.images, SCREENED))
    known = [name for name in (*TEXTS, *NUMBERS) if acquired[name].notna().any()]
    scored = [sample.where(sample.is_scored) for sample in context.samples.primary_samples]
    splits = {sample.split: acquired.reindex(sample.rows["case"])[known] for sample in scored if sample.n}
    numeric = [name for name in known if name in NUMBERS]
    rows = describe_groups(BY_SPLIT, splits, TRAIN, known, numeric)
    return {"acquisition": pd.DataFrame(rows, columns=COLUMNS.split())}


def describe_acquisition(images: pd.DataFrame) -> pd.DataFrame:
    """Describe how the kept images of every case were acquired.

    Parameters
    ----------
    images : DataFrame
        Schema `SCREENED`.

    Returns
    -------
    DataFrame
        Indexed by case. `device, transducer`: text, "several" where images of a case differ; `frequency_mhz, depth_mm,
        spacing_mm, mechanical_index`: the mean over the images that state it. Missing where no image does.
    """
    kept = images[images["keep"]].groupby("case")
    texts = {name: kept[name].agg(_name_one) for name in TEXTS}
    return pd.DataFrame({**texts, **{name: kept[name].mean() for name in NUMBERS}})


def _name_one(values: pd.Series) -> object:
    names = set(values) - {""}
    return np.nan if not names else names.pop() if len(names) == 1 else SEVERAL
