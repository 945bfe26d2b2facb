"""From feature tables to the rows a model sees: one an image or one a case."""

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

IMAGE, CASE = "image", "case"
ORIGIN: list[Hashable] = ["device", "centre"]
_ABOUT = ["patient", "case", "image", "reader", "session", "view"]


def rows_of(features: pd.DataFrame, unit: str, outline: Mapping[str, Any]) -> pd.DataFrame:
    """Take the features that one reader's outlines gave in one session, one row a unit.

    Parameters
    ----------
    features : DataFrame
        A FEATURES table of kept images.
    unit : {"image", "case"}
        With "case", features are averaged over a case's images of one view, and views stand side by side as
        `view__family__name`.
    outline : mapping
        `reader` and `session`.

    Returns
    -------
    DataFrame
        Indexed by (patient, case, image), sorted; image is "" when the unit is the case. Undefined features are NaN.
    """
    own = features[(features["reader"] == outline["reader"]) & (features["session"] == outline["session"])]
    names = [name for name in features if name not in _ABOUT]
    if unit == IMAGE:
        return own.set_index(["patient", "case", "image"])[names].sort_index()
    wide = own.groupby(["patient", "case", "view"])[names].mean().unstack("view")
    wide.columns = [f"{view}__{name}" for name, view in wide.columns]
    wide = wide[sorted(wide.columns)].assign(image="")
    return wide.set_index("image", append=True).sort_index()


def repeats_of(
    features: pd.DataFrame, unit: str, analysis: Mapping[str, Any]
) -> dict[str, tuple[pd.DataFrame, pd.DataFrame]]:
    """Pair the rows of the analysis outlines with those of every other reader and session.

    Returns
    -------
    dict
        Name such as "reader_2/1" to two frames with the same index and columns: the analysis rows and the repeat's, of
        the images that both outlined. The columns are those of all analysis rows: NaN for a view not outlined twice.
    """
    names = rows_of(features, unit, analysis).columns
    own = features[(features["reader"] == analysis["reader"]) & (features["session"] == analysis["session"])]
    others = features[["reader", "session"]].drop_duplicates().sort_values(["reader", "session"])
    pairs = {}
    for reader, session in others.itertuples(index=False):
        if (reader, session) == (analysis["reader"], analysis["session"]):
            continue
        repeat = features[(features["reader"] == reader) & (features["session"] == session)]
        twice = features[features["image"].isin(own["image"]) & features["image"].isin(repeat["image"])]
        first = rows_of(twice, unit, analysis)
        second = rows_of(twice, unit, {"reader": reader, "session": session})
        pairs[f"{reader}/{session}"] = (first.reindex(columns=names), second.reindex(columns=names))
    return pairs


def located(rows: pd.DataFrame, images: pd.DataFrame) -> pd.DataFrame:
    """Add to the index of rows the device and the centre that they come from.

    Parameters
    ----------
    rows : DataFrame
        From `rows_of`.
    images : DataFrame
        The kept images of a SCREENED table.

    Returns
    -------
    DataFrame
        Indexed by (patient, case, image, device, centre). A case of several devices comes from all of them, which
        counts as another one: `A + B`.
    """
    level = CASE if (rows.index.get_level_values("image") == "").all() else IMAGE
    origins = images.groupby(level)[ORIGIN].agg(_joined)
    found = origins.reindex(rows.index.get_level_values(level))
    return rows.set_index([pd.Index(found[name], name=name) for name in ORIGIN], append=True)


def _joined(names: "pd.Series[str]") -> str:
    return " + ".join(sorted(set(names)))
