"""What a case's exam is made of."""

from dataclasses import replace

import numpy as np
import pytest

from sonomics.simulate.exams.liver import FIRST_READING, PLAIN, REPEATED_READINGS, Case, Instance, simulate_exam

CASE = Case(
    case="P0001",
    centre="centre_a",
    device="SIM-A2",
    traits=PLAIN,
    readings=REPEATED_READINGS,
    calipers=False,
    kinds=("still", "clip", "exact", "gain", "shift", "kidney"),
    outlined=True,
)


@pytest.fixture(scope="module")
def exam() -> dict[str, Instance]:
    return {instance.kind: instance for instance in simulate_exam(CASE, 5)}


def test_instances_have_the_promised_shapes(exam: dict[str, Instance]) -> None:
    assert [instance.stem for instance in exam.values()] == [f"P0001-e1-i{n}" for n in range(1, 7)]
    assert exam["still"].frames.shape == (1, 384, 512)
    assert exam["clip"].frames.shape == (16, 256, 256)
    times = exam["clip"].times_s
    assert times is not None
    assert times.shape == (16,)
    assert all(instance.frames.dtype == np.uint8 for instance in exam.values())


def test_targets_are_outlined_by_every_reading_and_others_by_none(exam: dict[str, Instance]) -> None:
    for kind, instance in exam.items():
        assert set(instance.outlines) == (set() if kind == "kidney" else set(REPEATED_READINGS))
        assert all(mask.shape == instance.frames.shape[1:] and mask.any() for mask in instance.outlines.values())


def test_duplicates_are_exact_or_nearly(exam: dict[str, Instance]) -> None:
    still = exam["still"].frames
    assert np.array_equal(exam["exact"].frames, still)
    assert np.array_equal(exam["shift"].frames, np.roll(still, 1, axis=2))
    brighter = exam["gain"].frames.astype(int) - still
    assert brighter.min() >= 0
    assert 1 < brighter[0, 150:250, 200:300].mean() < 6


def test_a_further_instance_changes_no_other() -> None:
    alone = next(simulate_exam(replace(CASE, kinds=("still",), readings=FIRST_READING), 5))
    again = next(simulate_exam(CASE, 5))
    assert np.array_equal(alone.frames, again.frames)
    assert np.array_equal(alone.outlines["reader_1", "1"], again.outlines["reader_1", "1"])


def test_a_lost_outline_is_lost_for_the_still_alone() -> None:
    exam = simulate_exam(replace(CASE, kinds=("still", "exact"), outlined=False), 5)
    assert [len(instance.outlines) for instance in exam] == [0, 3]


def test_two_patients_share_a_picture_but_not_its_text() -> None:
    first, second = (next(simulate_exam(replace(CASE, case=case, kinds=("shared",)), 5)) for case in ("P0002", "P1002"))
    top, left, bottom, right = first.bounds
    inside = np.s_[0, top : bottom + 1, left : right + 1]
    difference = np.abs(first.frames[inside].astype(int) - second.frames[inside])
    assert first.bounds == second.bounds
    assert first.device == second.device
    assert 0 < difference.max() <= 10
    assert not np.array_equal(first.frames[0, :top], second.frames[0, :top])


def test_calipers_mark_the_lesion() -> None:
    plain = next(simulate_exam(replace(CASE, kinds=("still",)), 5))
    marked = next(simulate_exam(replace(CASE, kinds=("still",), calipers=True), 5))
    changed = (plain.frames != marked.frames)[0]
    assert (marked.frames[0][changed & plain.outlines["reader_1", "1"]] == 255).all()
    assert 15 < changed.sum() < 400
