import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonomics.core.errors import StudyError
from sonomics.core.images import write_png
from sonomics.crop.outlines.clean_frame import move_to_clean_frame
from sonomics.crop.outlines.drawings import MaskRequest
from sonomics.crop.outlines.folders import Reading, find_outlines
from sonomics.crop.outlines.refusals import REASONS, RefusedError

FRAME = {"rows": 10, "columns": 8, "offset_row": 3, "offset_column": 5, "exported_rows": 20, "exported_columns": 30}


def drawn(rows, columns):
    outline = np.zeros((20, 30), bool)
    outline[rows, columns] = True
    return outline


@given(row=st.integers(3, 12), column=st.integers(5, 12))
def test_a_pixel_moves_by_the_offset_of_the_scan_region(row, column):
    moved = move_to_clean_frame(drawn(row, column), FRAME, min_pixels=1)
    assert moved.shape == (10, 8)
    assert np.argwhere(moved).tolist() == [[row - 3, column - 5]]


@pytest.mark.parametrize(
    ("outline", "code"),
    [
        (np.ones((10, 8), bool), "outline_size"),
        (np.ones((30, 20), bool), "outline_transposed"),
        (np.zeros((20, 30), bool), "outline_empty"),
        (drawn(0, 0), "outline_outside"),
        (drawn(slice(4, 7), slice(6, 9)), "outline_small"),
    ],
)
def test_an_outline_that_does_not_fit_is_refused_with_its_reason(outline, code):
    with pytest.raises(RefusedError) as refusal:
        move_to_clean_frame(outline, FRAME, min_pixels=10)
    assert refusal.value.code == code
    assert code in REASONS


def test_pixels_are_counted_after_the_cut(tmp_path):
    across = drawn(slice(0, 20), 6)
    assert move_to_clean_frame(across, FRAME, min_pixels=10).sum() == 10
    with pytest.raises(RefusedError):
        move_to_clean_frame(across, FRAME, min_pixels=11)


def test_the_later_root_wins_file_by_file(tmp_path):
    source, own = tmp_path / "source", tmp_path / "own"
    for root, stem in ((source, "P1-e1-i1"), (source, "P1-e1-i2"), (own, "P1-e1-i2")):
        write_png(root / "reader_1" / "1" / f"{stem}.png", drawn(5, 5))
    write_png(own / "reader_2" / "2" / "P1-e1-i1.png", drawn(5, 5))
    found = find_outlines([source, own, tmp_path / "absent"])
    assert list(found) == [Reading("reader_1", "1"), Reading("reader_2", "2")]
    first = found[Reading("reader_1", "1")]
    assert first["P1-e1-i1"].file.is_relative_to(source)
    assert first["P1-e1-i2"].file.is_relative_to(own)


def test_two_outlines_of_an_image_in_one_session_stop_the_study(tmp_path):
    folder = tmp_path / "reader_1" / "1"
    for suffix in ("png", "tif"):
        write_png(folder / f"P1-e1-i1.{suffix}", drawn(5, 5))
    with pytest.raises(StudyError, match=r"file 1 \(\.png\) and file 2 \(\.tif\), by name, both"):
        find_outlines([tmp_path])


def test_a_broken_file_for_many_images_is_set_aside(tmp_path):
    folder = tmp_path / "reader_1" / "1"
    folder.mkdir(parents=True)
    (folder / "all.coco.json").write_text("{")
    write_png(folder / "P1-e1-i1.png", drawn(5, 5))
    found = find_outlines([tmp_path])[Reading("reader_1", "1")]
    assert {name: outline.refusal for name, outline in found.items()} == {
        "P1-e1-i1": "", "all.coco.json": "outline_file_unreadable",
    }  # fmt: skip
    with pytest.raises(RefusedError, match="outline_file_unreadable"):
        found["all.coco.json"].drawing(MaskRequest("", 20, 30, 0))


def test_other_files_are_passed_over(tmp_path):
    folder = tmp_path / "reader_1" / "1"
    folder.mkdir(parents=True)
    (folder / "notes.txt").write_text("drawn on a Monday")
    assert find_outlines([tmp_path]) == {Reading("reader_1", "1"): {}}


@pytest.mark.parametrize("place", ["P1-e1-i1.png", "reader_1/P1-e1-i1.png", "reader_1/1/late/P1-e1-i1.png"])
def test_an_outline_outside_the_folder_of_a_session_stops_the_study(tmp_path, place):
    write_png(tmp_path / place, drawn(5, 5))
    with pytest.raises(StudyError, match=r"lie in .*<session>/, and 1 \(\.png\) lie elsewhere.*move them"):
        find_outlines([tmp_path])


def test_no_reader_is_called_as_perturbed_copies_are(tmp_path):
    write_png(tmp_path / "perturbed" / "1" / "P1-e1-i1.png", drawn(5, 5))
    with pytest.raises(StudyError, match=r"perturbed is reserved.*rename"):
        find_outlines([tmp_path])


def test_a_file_that_lists_an_image_without_outlining_it_replaces_nothing(tmp_path):
    source, own = tmp_path / "source", tmp_path / "own"
    write_png(source / "reader_1" / "1" / "P1-e1-i1.png", drawn(5, 5))
    (own / "reader_1" / "1").mkdir(parents=True)
    listed = "<annotations><image name='P1-e1-i1.png' width='30' height='20'/></annotations>"
    (own / "reader_1" / "1" / "all.xml").write_text(listed)
    assert find_outlines([source, own])[Reading("reader_1", "1")]["P1-e1-i1"].file.is_relative_to(source)
