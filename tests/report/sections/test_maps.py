"""Maps of networks on the page."""

import base64
import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from sonomics.core.schemas import MAPS
from sonomics.core.tables import empty_table, read_table
from sonomics.report.elements.pictures import draw_heat, draw_outline
from sonomics.report.sections.maps import build_maps_section, draw_heat_pictures
from sonomics.report.study.evaluation import Evaluation, read_evaluation


@pytest.fixture
def maps(study: Path) -> pd.DataFrame:
    return read_table(study / "results" / "train" / "main" / "cnn" / "recurrence" / "all" / "maps.parquet", MAPS)


@pytest.fixture
def evaluation(study: Path) -> Evaluation:
    return read_evaluation(study / "results" / "evaluate" / "main" / "recurrence", "main", "recurrence")


def test_the_table_counts_maps_and_says_why_there_is_none(maps: pd.DataFrame, evaluation: Evaluation) -> None:
    section = build_maps_section(maps, evaluation)
    assert section
    train, internal = section.tables[0].rows
    assert [cell.main for cell in train] == ["cnn, Training (out of fold)", "0", "not estimable", "not estimable"]
    assert internal[1] == (str(len(maps) - 1), "1 without: no heat")
    low, middle, high = maps["dice"].quantile([0.25, 0.5, 0.75])
    assert internal[2] == (f"{middle:.2f}", f"{low:.2f} to {high:.2f}")


def test_a_study_without_networks_has_no_such_section(evaluation: Evaluation) -> None:
    assert build_maps_section(empty_table(MAPS), evaluation) is None
    assert draw_heat_pictures(empty_table(MAPS), ["P0041"]) == {}


def test_shown_cases_have_the_heat_over_their_crops(maps: pd.DataFrame) -> None:
    case = maps["case"].iloc[-1]
    shown = draw_heat_pictures(maps, [case])
    assert list(shown) == [case]
    assert [picture.title for picture in shown[case]] == ["arterial, heat of cnn", "grey, heat of cnn"]
    data = base64.b64decode(shown[case][0].link.removeprefix("data:image/webp;base64,"))
    with Image.open(io.BytesIO(data)) as image:
        assert image.size == (220, 165)


def test_heat_tints_where_it_is_hot_and_leaves_the_rest() -> None:
    crop, mask = np.full((20, 22), 100, dtype=np.uint8), np.zeros((20, 22), dtype=bool)
    mask[6:14, 6:16] = True
    heat = np.zeros((20, 22), dtype=np.uint8)
    heat[:, 11:] = 255
    drawn = draw_heat(crop, mask, heat).astype(int)
    assert drawn.shape == draw_outline(crop, mask).shape
    assert (drawn[:30, :60] == 100).all()
    assert (drawn[:30, 180:, 0] > drawn[:30, 180:, 2] + 50).all()
