"""One file through the whole of cleaning."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sonomics.clean.images.instance import Cleaned, clean_instance
from sonomics.clean.screening.fates import SENTENCES
from sonomics.core.seeds import generator
from sonomics.core.settings.clean import Clean
from sonomics.simulate.anatomy.contrast_agent import draw_perfusion, lesion_curve
from sonomics.simulate.anatomy.lesion import LesionTraits
from tests.clean.dicom_files import dicom, region_item
from tests.imaging.test_colour import painted

VIEWS = {
    "grey": {"from": "still"},
    "arterial": {"from": "clip", "window_s": [0, 30], "pick": "peak"},
    "portal": {"from": "clip", "window_s": [30, 120], "pick": "mean"},
}
# A frame every 5 s; contrast arrives at 20 s, peaks at 40 s.
LEVELS = np.interp(np.arange(0, 120, 5), [0, 20, 40, 120], [10, 10, 120, 60])


@pytest.fixture
def speckle() -> NDArray[np.uint8]:
    return np.random.default_rng(0).integers(20, 120, (200, 240), dtype=np.uint8)


@pytest.fixture
def clip() -> NDArray[np.uint8]:
    noise = np.random.default_rng(0).uniform(-8, 8, (len(LEVELS), 60, 80))
    return (LEVELS[:, None, None] + noise).round().astype(np.uint8)


def clean(content: bytes, folder: Path, listed_s: float = math.nan, view: str = "", **changes: Any) -> Cleaned:
    file = folder / "a.dcm"
    file.write_bytes(content)
    entry = {
        "patient": "P1", "case": "P1", "exam": "e1", "instance": "i1", "stem": "P1-e1-i1", "file": str(file),
        "view": view, "device": "d", "centre": "c", "spacing_mm": math.nan, "rows": 0, "columns": 0, "reason": "",
    }  # fmt: skip
    return clean_instance(entry, Clean.partial({"views": VIEWS, "overlays": "keep", **changes}), listed_s)


def test_a_still_is_cut_to_its_region_and_measured(speckle: NDArray[np.uint8], tmp_path: Path) -> None:
    item = region_item(RegionLocationMaxX1=209, RegionLocationMaxY1=179)
    ((row, pixels),) = clean(dicom(speckle, SequenceOfUltrasoundRegions=[item]), tmp_path).images
    np.testing.assert_array_equal(pixels, speckle[20:180, 10:210])
    assert (row["image"], row["region"], row["region_from"], row["keep"]) == ("P1-e1-i1-f0", 0, "stated", True)
    assert (row["spacing_mm"], row["spacing_from"], row["depth_mm"]) == (0.5, "region", 80)
    assert (row["flow"], row["dimension"], row["contrast"]) == ("no", "", "")
    assert row["sharpness"] > 0


def test_scan_depth_stated_wins(speckle: NDArray[np.uint8], tmp_path: Path) -> None:
    ((row, _),) = clean(dicom(speckle, DepthOfScanField=150), tmp_path).images
    assert row["depth_mm"] == 150
    assert (math.isnan(row["spacing_mm"]), row["spacing_from"]) == (True, "unknown")


def test_the_acquisition_is_read_where_it_is_stated(speckle: NDArray[np.uint8], tmp_path: Path) -> None:
    tissue = region_item(RegionLocationMaxX1=209, RegionLocationMaxY1=179, TransducerFrequency=7500)
    colour = region_item(RegionLocationMaxX1=80, RegionLocationMaxY1=80, RegionDataType=2, TransducerFrequency=4000)
    stated = {"TransducerType": "LINEAR", "MechanicalIndex": "0.7", "SequenceOfUltrasoundRegions": [tissue, colour]}
    ((row, _),) = clean(dicom(speckle, **stated), tmp_path).images
    assert (row["transducer"], row["frequency_mhz"], row["mechanical_index"]) == ("LINEAR", 7.5, 0.7)
    other = region_item(RegionLocationMaxX1=209, RegionLocationMaxY1=179, TransducerFrequency=5000)
    for silent in ({}, {"MechanicalIndex": "0"}, {"SequenceOfUltrasoundRegions": [tissue, other]}):
        row = clean(dicom(speckle, **silent), tmp_path).images[0][0]
        assert row["transducer"] == ""
        assert math.isnan(row["frequency_mhz"])
        assert math.isnan(row["mechanical_index"])


def test_a_dual_view_gives_two_images_of_one_frame(speckle: NDArray[np.uint8], tmp_path: Path) -> None:
    sides = [
        region_item(RegionLocationMinX0=left, RegionLocationMaxX1=left + 99, RegionLocationMaxY1=179)
        for left in (10, 120)
    ]
    (left, right) = clean(dicom(speckle, SequenceOfUltrasoundRegions=sides), tmp_path).images
    assert (left[0]["image"], right[0]["image"]) == ("P1-e1-i1-f0-r0", "P1-e1-i1-f0-r1")
    assert (right[0]["offset_row"], right[0]["offset_column"], right[0]["region"]) == (20, 120, 1)
    np.testing.assert_array_equal(right[1], speckle[20:180, 120:220])


def test_colour_is_kept_where_there_is_flow_and_only_there(speckle: NDArray[np.uint8], tmp_path: Path) -> None:
    tissue = np.repeat(speckle[..., None], 3, axis=2)
    vessel = painted(tissue, (255, 40, 0))
    ((row, pixels),) = clean(dicom(vessel), tmp_path).images
    np.testing.assert_array_equal(pixels, vessel)
    assert row["flow"] == "yes"
    ((row, pixels),) = clean(dicom(tissue), tmp_path).images
    np.testing.assert_array_equal(pixels, speckle)
    assert row["flow"] == "no"


def test_overlays_are_removed_from_flow_images_too(speckle: NDArray[np.uint8], tmp_path: Path) -> None:
    vessel = painted(np.repeat(speckle[..., None], 3, axis=2), (255, 40, 0))
    ((row, pixels),) = clean(dicom(vessel), tmp_path, overlays="remove").images
    assert pixels is not None
    assert pixels.shape == vessel.shape
    assert row["flow"] == "yes"


@pytest.mark.parametrize(("shown", "flow_view"), [((255, 40, 0), "doppler"), ((90, 90, 90), "grey")])
def test_views_may_ask_what_an_image_shows(
    speckle: NDArray[np.uint8], tmp_path: Path, shown: tuple[int, int, int], flow_view: str
) -> None:
    views = {"grey": {"from": "still", "shows": "tissue"}, "doppler": {"from": "still", "shows": "flow"}}
    picture = painted(np.repeat(speckle[..., None], 3, axis=2), shown)
    ((row, _),) = clean(dicom(picture), tmp_path, views=views).images
    assert row["view"] == flow_view


def test_a_clip_gives_its_views_and_its_curve(clip: NDArray[np.uint8], tmp_path: Path) -> None:
    cleaned = clean(dicom(clip, FrameTime=5000), tmp_path)
    (arterial, portal) = [row for row, _ in cleaned.images]
    assert (arterial["image"], arterial["time_s"], arterial["contrast"]) == ("P1-e1-i1-f5", 25, "seen")
    assert portal["view"] == "portal"
    (curve,) = cleaned.curves
    assert (curve["clip"], curve["frames"], curve["first_s"], curve["last_s"]) == ("P1-e1-i1", 24, 0, 115)
    assert curve["arrival_s"] == pytest.approx(22, abs=0.2)  # 10 % of the rise
    assert curve["time_to_peak_s"] == pytest.approx(18, abs=0.2)
    assert curve["peak"] == pytest.approx(110, abs=0.5)
    assert curve["wash_out"] == pytest.approx(-0.75, abs=0.02)


@pytest.mark.parametrize(
    ("injection", "elements", "listed_s", "injected_s"),
    [
        ({"from": "tag"}, {"AcquisitionTime": "101500", "ContrastBolusStartTime": "101510"}, math.nan, 10),
        ({"from": "table", "column": "injected_s"}, {}, 10.0, 10),
        ({"from": "arrival", "delay_s": 12.5}, {}, math.nan, 9.5),
    ],
)
def test_windows_count_from_the_injection(
    clip: NDArray[np.uint8], tmp_path: Path, injection: dict[str, Any], elements: dict[str, str], listed_s: float,
    injected_s: float,
) -> None:  # fmt: skip
    cleaned = clean(dicom(clip, FrameTime=5000, **elements), tmp_path, listed_s, injection=injection)
    arterial = cleaned.images[0][0]
    # the brightest frame of the first 30 s after injection
    assert arterial["frame"] == 7
    assert arterial["time_s"] == pytest.approx(35 - injected_s, abs=0.3)
    assert cleaned.curves[0]["arrival_s"] == pytest.approx(22 - injected_s, abs=0.3)
    assert cleaned.curves[0]["time_from"] == injection["from"]


def test_a_clip_without_time_of_injection_is_set_aside(clip: NDArray[np.uint8], tmp_path: Path) -> None:
    cleaned = clean(dicom(clip, FrameTime=5000), tmp_path, injection={"from": "tag"})
    assert [(row["reason"], pixels) for row, pixels in cleaned.images] == [("no_injection_time", None)]
    assert math.isnan(cleaned.curves[0]["arrival_s"])
    assert cleaned.curves[0]["peak"] == pytest.approx(110, abs=0.5)


def test_a_dual_clip_has_a_curve_for_each_side(clip: NDArray[np.uint8], tmp_path: Path) -> None:
    wide = np.concatenate([clip, np.full_like(clip, 60)], axis=2)
    sides = [
        region_item(
            RegionLocationMinY0=0, RegionLocationMaxY1=59, RegionLocationMinX0=left, RegionLocationMaxX1=left + 79
        )
        for left in (0, 80)
    ]
    views = {"arterial": VIEWS["arterial"] | {"shows": "contrast"}}
    cleaned = clean(dicom(wide, FrameTime=5000, SequenceOfUltrasoundRegions=sides), tmp_path, views=views)
    assert [(row["clip"], row["reason"]) for row in cleaned.curves] == [
        ("P1-e1-i1-r0", ""),
        ("P1-e1-i1-r1", "no_enhancement"),
    ]
    assert [(row["image"], row["reason"]) for row, _ in cleaned.images] == [
        ("P1-e1-i1-f5-r0", ""),
        ("P1-e1-i1-r1", "no_view"),
    ]


@pytest.mark.parametrize("shape", [(24, 24), (24, 300), (300, 25)])
@pytest.mark.parametrize("overlays", ["keep", "remove"])
def test_the_smallest_images_go_through(shape: tuple[int, int], overlays: str, tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (*shape, 3), dtype=np.uint8)
    ((row, found),) = clean(dicom(pixels), tmp_path, overlays=overlays).images
    assert found is not None
    assert (row["rows"], row["columns"]) == shape


def test_a_few_pixels_are_no_scan(tmp_path: Path) -> None:
    ((row, _),) = clean(dicom(np.zeros((1, 300), dtype=np.uint8)), tmp_path).images
    assert (row["reason"], row["keep"]) == ("no_pixels", False)


def test_the_arrival_on_a_simulated_clip_is_the_planted_one(tmp_path: Path) -> None:
    rng = generator("arrival")
    traits = LesionTraits(size_mm=30, cirrhosis=0, margin=0, texture=0, echo=0, arterial=0, washout=0)
    perfusion = draw_perfusion(traits, rng)
    times_s = np.arange(0, 120, 0.5)
    levels = 15 + 60 * lesion_curve(times_s, perfusion)
    frames = np.clip(levels[:, None, None] + rng.normal(0, 6, (len(times_s), 40, 50)), 0, 255).astype(np.uint8)
    (curve,) = clean(dicom(frames, FrameTime=500), tmp_path).curves
    assert (
        perfusion.arrival_s < curve["arrival_s"] < perfusion.arrival_s + 0.5 * (perfusion.peak_s - perfusion.arrival_s)
    )
    assert curve["arrival_s"] + curve["time_to_peak_s"] == pytest.approx(perfusion.peak_s, abs=3)


def test_what_the_export_refused_stays_refused(tmp_path: Path) -> None:
    entry = {
        "patient": "P1", "case": "P1", "exam": "e1", "instance": "i1", "stem": "P1-e1-i1", "file": "", "view": "",
        "device": "d", "centre": "c", "spacing_mm": 0.2, "rows": 0, "columns": 0, "reason": "not_ultrasound",
    }  # fmt: skip
    ((row, pixels),) = clean_instance(entry, Clean.partial({"views": VIEWS, "overlays": "keep"})).images
    assert (row["reason"], row["keep"], pixels) == ("not_ultrasound", False, None)


@pytest.mark.parametrize("level", [0, 5, 128, 255])
def test_an_image_of_one_level_is_set_aside_and_counted(level: int, tmp_path: Path) -> None:
    ((row, pixels),) = clean(dicom(np.full((60, 80), level, dtype=np.uint8)), tmp_path).images
    assert (row["reason"], row["keep"], row["file"], pixels) == ("no_variation", False, "", None)
    assert row["image"] == "P1-e1-i1-f0"
    assert row["reason"] in SENTENCES


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    levels=st.lists(st.integers(0, 255), min_size=1, max_size=3),
    size=st.tuples(st.integers(24, 70), st.integers(24, 70)),
    blocks=st.integers(1, 4),
    overlays=st.sampled_from(["keep", "remove"]),
)
def test_no_kept_image_is_constant(
    levels: list[int], size: tuple[int, int], blocks: int, overlays: str, tmp_path: Path
) -> None:
    coarse = np.random.default_rng(len(levels)).choice(np.array(levels, dtype=np.uint8), (blocks, blocks))
    frame = np.kron(coarse, np.ones((size[0] // blocks + 1, size[1] // blocks + 1), dtype=np.uint8))[
        : size[0], : size[1]
    ]
    for row, pixels in clean(dicom(np.ascontiguousarray(frame)), tmp_path, overlays=overlays).images:
        assert row["keep"] == (pixels is not None) == (row["reason"] == "")
        assert pixels is None or np.ptp(pixels) > 0
