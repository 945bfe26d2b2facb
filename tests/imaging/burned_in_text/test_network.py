"""The network finds what the rules on strokes miss, and leaves tissue alone."""

from hashlib import sha256

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from sonomics.core.errors import StudyError
from sonomics.core.pins import is_portable
from sonomics.core.settings.export import Deidentify
from sonomics.imaging.boxes import Box
from sonomics.imaging.burned_in_text import finders, model
from sonomics.imaging.burned_in_text.finders import FINDERS, find_by_network, find_by_strokes
from tests.imaging.burned_in_text.tissue import echoes

WORD = "DUPONT"


def burned(frame, height, angle=0, ink=255, spacing=0, word=WORD):
    """A word in the middle of a frame, with capitals of a height, and where its strokes are."""
    font = next(
        font for font in map(ImageFont.load_default, range(4, 60)) if np.diff(font.getbbox("H")[1::2])[0] >= height
    )
    layer, left = Image.new("L", frame.shape[::-1]), 0.0
    steps = [font.getlength(letter) + spacing for letter in word]
    for letter, step in zip(word, steps, strict=True):
        at = (layer.width - sum(steps)) / 2 + left, layer.height / 2 - height
        ImageDraw.Draw(layer).text(at, letter, fill=255, font=font)
        left += step
    share = np.asarray(layer.rotate(angle, resample=Image.Resampling.BICUBIC)) / 255
    return np.rint(frame * (1 - share) + ink * share).astype(np.uint8), share > 0.5


def found_whole(find, frame, strokes):
    return find(frame)[strokes].mean() >= 0.95


@pytest.mark.parametrize(
    "kind",
    [
        {"height": 6, "angle": 90}, {"height": 7, "angle": -45}, {"height": 10, "angle": 45},
        {"height": 10, "angle": 90}, {"height": 20, "angle": -90}, {"height": 14, "angle": 45, "ink": 160},
        {"height": 10, "spacing": 20},
    ],
    ids=str,
)  # fmt: skip
def test_words_that_the_rules_on_strokes_miss_are_found(kind):
    frames = [burned(echoes(seed), **kind) for seed in range(3)]
    assert [found_whole(find_by_strokes, *frame) for frame in frames].count(True) == 0
    assert [found_whole(find_by_network, *frame) for frame in frames].count(True) >= 2


@pytest.mark.parametrize("height", [6, 7])
def test_small_capitals_are_found(height):
    assert all(found_whole(find_by_network, *burned(echoes(seed), height)) for seed in range(3))


def test_thin_letters_far_apart_are_found_on_black():
    frames = [burned(np.zeros((120, 280), np.uint8), height, spacing=20) for height in (6, 8)]
    assert all(found_whole(find_by_network, *frame) for frame in frames)


def test_lines_of_strokes_count_only_where_they_are_sharp(monkeypatch):
    speckle = echoes(0)
    written, strokes = burned(speckle, 14)
    (top, left), (bottom, right) = (corner(np.nonzero(strokes), axis=1) for corner in (np.min, np.max))
    box = Box(int(top) - 3, int(left) - 3, int(bottom) + 4, int(right) + 4)
    for name in ("find_text_areas", "find_text_over_flow"):
        monkeypatch.setattr(finders, name, lambda picture: np.zeros(picture.shape[:2], bool))
    monkeypatch.setattr(finders, "find_text_boxes", lambda picture: [box])
    assert find_by_network(written)[box.window].all()
    assert not find_by_network(speckle).any()


def test_faint_words_are_found():
    assert found_whole(find_by_network, *burned(echoes(0), 10, ink=int(echoes(0).mean()) + 60))


def test_speckle_is_left_alone():
    assert not any(find_by_network(echoes(seed)).any() for seed in range(4))


def test_colour_flow_is_left_alone():
    image = Image.fromarray(echoes(2)).convert("RGB")
    ImageDraw.Draw(image).ellipse((100, 20, 200, 70), fill=(220, 40, 0))
    assert not find_by_network(np.asarray(image)).any()


@pytest.mark.skipif(not is_portable(), reason="equal on every x86-64 processor with AVX2, with the pins")
def test_the_scores_are_those_of_every_processor():
    picture = np.random.default_rng(0).integers(0, 256, (96, 160)).astype(np.float32) / np.float32(127.5) - 1
    assert sha256(model.apply_network(picture).tobytes()).hexdigest()[:16] == "c4cdcea0ccb731cf"


def test_the_same_picture_gives_the_same_scores():
    picture = np.random.default_rng(0).uniform(-1, 1, (64, 96)).astype(np.float32)
    first = model.apply_network(picture)
    model._load_network.cache_clear()
    np.testing.assert_array_equal(model.apply_network(picture), first)


@pytest.mark.parametrize("shape", [(1, 1), (5, 300), (40, 40)])
def test_frames_of_any_shape_are_read(shape):
    assert find_by_network(np.full(shape, 9, np.uint8)).shape == shape


def test_another_file_is_refused(tmp_path, monkeypatch):
    (tmp_path / "model.onnx").write_bytes(b"another network")
    monkeypatch.setattr(model, "locate_model", lambda: tmp_path / "model.onnx")
    with pytest.raises(StudyError, match=r"SHA-256 .* Fix: install rapidocr-onnxruntime"):
        find_by_network(echoes(0))


@pytest.mark.parametrize(("name", "value"), [("WHEEL", "no-such-wheel"), ("FILE", "no/such.onnx")])
def test_a_missing_file_is_an_error_and_no_silent_fallback(monkeypatch, name, value):
    monkeypatch.setattr(model, name, value)
    with pytest.raises(StudyError, match="Fix: install rapidocr-onnxruntime"):
        find_by_network(echoes(0))


def test_every_choice_of_the_settings_has_its_finder():
    detectors = Deidentify.model_fields["text_detector"]
    assert sorted(FINDERS) == sorted(detectors.annotation.__args__)
    assert FINDERS[detectors.default] is finders.find_by_network
