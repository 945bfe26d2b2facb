"""Join the images of an exam to rows of one image a view."""

from collections.abc import Callable, Iterator, Sequence
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.core.errors import StudyError
from sonomics.core.settings.fusion import Fusion

MISSING = -1
# A row of places, one a view.
Places = tuple[int, ...]


def join_images(crops: pd.DataFrame, fusion: Fusion) -> tuple[pd.DataFrame, NDArray[np.int64]]:
    """Join crops to rows: images of different exams, or of different patients, are never joined.

    Parameters
    ----------
    crops : DataFrame
        With `patient`, `case`, `exam`, `instance`, `frame`, `image`, `view`, `time_s` (NaN where unknown) and
        `sharpness`.
    fusion : Fusion

    Returns
    -------
    rows : DataFrame
        `patient`, `case` and `image`: the images of a row, joined by a plus sign.
    places : (rows, views) int64 array
        Of each row and view, the place of its crop in `crops`; -1 where the exam has no image of the view.

    Raises
    ------
    StudyError
        With `nearest`, when an image that could be joined has no time.
    """
    choose = RULES[fusion.images]
    ordered = crops.reset_index(drop=True).sort_values(["case", "exam", "image"], kind="stable")
    places = [
        row
        for _, exam in ordered[ordered["view"].isin(fusion.views)].groupby(["case", "exam"], sort=True)
        for row in choose(exam, fusion.views)
    ]
    named = [[crops["image"].iloc[place] for place in row if place != MISSING] for row in places]
    first = [next(place for place in row if place != MISSING) for row in places]
    rows = crops.iloc[first][["patient", "case"]].reset_index(drop=True)
    rows["image"] = pd.Series(["+".join(images) for images in named], dtype=object)
    return rows, np.array(places, dtype=np.int64).reshape(len(places), len(fusion.views))


def count_joined(rows: pd.DataFrame, places: NDArray[np.int64], views: Sequence[str]) -> dict[str, object]:
    """Count the rows, the cases, the rows that have every view, and by view the rows that lack it."""
    is_missing = places == MISSING
    return {
        "rows": len(rows),
        "cases": int(rows["case"].nunique()),
        "complete": int((~is_missing.any(axis=1)).sum()),
        "missing": {view: int(is_missing[:, column].sum()) for column, view in enumerate(views)},
    }


def _choose_first(exam: pd.DataFrame, views: Sequence[str]) -> Iterator[Places]:
    yield tuple(next(iter(_of_view(exam, view)), MISSING) for view in views)


def _choose_sharpest(exam: pd.DataFrame, views: Sequence[str]) -> Iterator[Places]:
    yield from _choose_first(exam.sort_values("sharpness", ascending=False, kind="stable"), views)


def _choose_nearest(exam: pd.DataFrame, views: Sequence[str]) -> Iterator[Places]:
    times = exam["time_s"]
    if times.isna().any():
        rule = f"{exam.loc[times.isna(), 'image'].iloc[0]} is no frame of a clip, so that nothing is near it in time"
        raise StudyError("params.yaml, fusion.images", rule, "join the first or the sharpest images")
    rows = list(_combine(exam, views))
    spans = [np.ptp([times[place] for place in row if place != MISSING]) for row in rows]
    yield rows[int(np.argmin(spans))]


def _combine(exam: pd.DataFrame, views: Sequence[str]) -> Iterator[Places]:
    yield from product(*(_of_view(exam, view) or [MISSING] for view in views))


def _join_pictures(exam: pd.DataFrame, views: Sequence[str]) -> Iterator[Places]:
    for _, picture in exam.groupby(["instance", "frame"], sort=True):
        yield from _combine(picture, views)


def _of_view(exam: pd.DataFrame, view: str) -> list[int]:
    return [int(place) for place in exam.index[exam["view"] == view]]


RULES: dict[str, Callable[[pd.DataFrame, Sequence[str]], Iterator[Places]]] = {
    "first": _choose_first,
    "sharpest": _choose_sharpest,
    "nearest": _choose_nearest,
    "combinations": _combine,
    "pictures": _join_pictures,
}
