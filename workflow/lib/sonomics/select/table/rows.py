"""From feature tables to the rows that a model sees: one row per image or per case."""

from collections.abc import Hashable, Iterable
from typing import Any

import pandas as pd

IMAGE, CASE = "image", "case"
# A reader and a session.
Reading = tuple[str, str]
ORIGIN: list[Hashable] = ["device", "centre"]
_NOT_FEATURES = ["patient", "case", "image", "reader", "session", "view", "hash"]


def arrange_rows(features: pd.DataFrame, unit: str, reading: Reading) -> pd.DataFrame:
    """Arrange the features of one reader's outlines of one session, one row per unit.

    Parameters
    ----------
    features : DataFrame
        A FEATURES table of kept images.
    unit : {"image", "case"}
        With "case", features are averaged over the images of a case in one view, and the views stand next to each other
        as `view__family__name`.
    reading : tuple of str
        Reader and session of the outlines.

    Returns
    -------
    DataFrame
        Indexed by (patient, case, image), sorted; image is "" when the unit is the case. Undefined features are NaN.
    """
    outlined = _outlined_by(features, reading)
    names = [name for name in features if name not in _NOT_FEATURES]
    if unit == IMAGE:
        return outlined.set_index(["patient", "case", "image"])[names].sort_index()
    wide = pd.DataFrame(outlined.groupby(["patient", "case", "view"])[names].mean().unstack("view"))
    columns: Iterable[Any] = wide.columns  # pairs of name and view
    wide.columns = pd.Index([f"{view}__{name}" for name, view in columns])
    wide = wide[sorted(wide.columns)].assign(image="")
    return wide.set_index("image", append=True).sort_index()


def pair_repeats(features: pd.DataFrame, unit: str, analysis: Reading) -> dict[str, tuple[pd.DataFrame, pd.DataFrame]]:
    """Pair the rows of the analysis outlines with those of every other reader and session.

    Parameters
    ----------
    features, unit
        As for `arrange_rows`.
    analysis : tuple of str
        Reader and session of the outlines that models see.

    Returns
    -------
    dict
        Name such as "reader_2/1" to two frames with the same index and columns: the analysis rows and the repeat's, of
        the images that both outlined. The columns are those of all analysis rows: NaN for a view not outlined twice.
    """
    names = arrange_rows(features, unit, analysis).columns
    outlined = _outlined_by(features, analysis)
    readings = features[["reader", "session"]].drop_duplicates().sort_values(["reader", "session"])
    pairs = {}
    for reading in readings.itertuples(index=False, name=None):
        if reading == analysis:
            continue
        repeated = _outlined_by(features, reading)
        twice = features[features["image"].isin(outlined["image"]) & features["image"].isin(repeated["image"])]
        first, second = arrange_rows(twice, unit, analysis), arrange_rows(twice, unit, reading)
        pairs["/".join(reading)] = (first.reindex(columns=names), second.reindex(columns=names))
    return pairs


def add_origin(rows: pd.DataFrame, images: pd.DataFrame) -> pd.DataFrame:
    """Add to the index of rows the device and the centre that they come from.

    Parameters
    ----------
    rows : DataFrame
        From `arrange_rows`.
    images : DataFrame
        The kept images of a SCREENED table.

    Returns
    -------
    DataFrame
        Indexed by (patient, case, image, device, centre). A case of several devices comes from all of them, which
        counts as a device of its own: `A + B`.
    """
    level = CASE if (rows.index.get_level_values("image") == "").all() else IMAGE
    origins = images.groupby(level)[ORIGIN].agg(_join)
    origin = origins.reindex(rows.index.get_level_values(level))
    return rows.set_index([pd.Index(origin[name], name=name) for name in ORIGIN], append=True)


def _outlined_by(features: pd.DataFrame, reading: Reading) -> pd.DataFrame:
    reader, session = reading
    is_outlined = (features["reader"] == reader) & (features["session"] == session)
    outlined: pd.DataFrame = features[is_outlined]
    return outlined


def _join(names: "pd.Series[str]") -> str:
    return " + ".join(sorted(set(names)))
