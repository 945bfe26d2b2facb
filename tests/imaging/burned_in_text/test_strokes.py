import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from sonomics.imaging.boxes import Box
from sonomics.imaging.brightness import brightest_channel
from sonomics.imaging.burned_in_text.strokes import find_text_boxes
from sonomics.imaging.inpainting import inpaint_frames
from tests.export.planted import BOX, speckle
from tests.imaging.decoded import decode_all

SIZES, LEVELS = (11, 14, 18, 24), (200, 230, 255)
LETTERS = list("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789abcdefghkmnpqrstuvwxyz")


def echoes(seed):
    """Smoothed speckle alone."""
    top, left, bottom, right = BOX
    return speckle(seed)[0][top + 180 : bottom, left:right]


def burned(frame, seed):
    """A word at a random place, and where its strokes are."""
    generator = np.random.default_rng([seed, 1])
    font = ImageFont.load_default(int(generator.choice(SIZES)))
    word = "".join(generator.choice(LETTERS, generator.integers(4, 11)))
    layer = Image.new("L", frame.shape[::-1])
    draw = ImageDraw.Draw(layer)
    free = int(frame.shape[1] - draw.textlength(word, font=font) - 8), frame.shape[0] - 36
    draw.text((generator.integers(4, free[0]), generator.integers(4, free[1])), word, fill=255, font=font)
    share = np.asarray(layer) / 255
    return (frame * (1 - share) + generator.choice(LEVELS) * share).astype(np.uint8), share > 0.5


def covered(boxes, shape):
    mask = np.zeros(shape, bool)
    for box in boxes:
        mask[box.window] = True
    return mask


def test_words_on_speckle_are_found():
    shares = []
    for seed in range(60):
        frame, strokes = burned(echoes(seed), seed)
        shares.append(covered(find_text_boxes(frame), frame.shape)[strokes].mean())
    assert np.mean(np.array(shares) > 0.95) >= 0.95


def test_speckle_is_left_alone():
    taken = [covered(find_text_boxes(echoes(seed)), echoes(seed).shape).mean() for seed in range(30)]
    assert np.mean(taken) < 0.005


@pytest.mark.parametrize("colour", [(255, 255, 0), (0, 255, 255), (250, 140, 140)])
def test_coloured_words_are_found(colour):
    image = Image.fromarray(echoes(1)).convert("RGB")
    ImageDraw.Draw(image).text((60, 30), "Jane Doe 1956", fill=colour, font=ImageFont.load_default(16))
    boxes = find_text_boxes(np.asarray(image))
    assert covered(boxes, (image.height, image.width))[32:48, 62:160].mean() > 0.9


def test_branching_flow_is_no_writing():
    image = Image.fromarray(echoes(2)).convert("RGB")
    draw = ImageDraw.Draw(image)
    draw.ellipse((100, 20, 200, 70), fill=(220, 40, 0))
    for place in range(90, 220, 12):
        draw.line((place, 10, place, 28), fill=(250, 90, 0), width=3)
    assert find_text_boxes(np.asarray(image)) == []


def test_what_is_erased_is_replaced_and_the_rest_untouched():
    frames = np.stack([echoes(3)] * 2)
    frames[:, 20:40, 30:90] = 255
    mask = covered([Box(20, 30, 40, 90)], frames.shape[1:])
    clean = inpaint_frames(frames, mask)
    assert clean[:, mask].max() < 200
    np.testing.assert_array_equal(clean[:, ~mask], frames[:, ~mask])


@pytest.mark.realdata
def test_the_writing_of_a_real_screen_is_found():
    from pydicom import dcmread

    path = Path(os.environ["SONOMICS_REALDATA"], "us-dicom/pydicom-data/JPGLosslessP14SV1_1s_1f_8b.dcm")
    frame = decode_all(dcmread(path))[0]
    found = covered(find_text_boxes(frame), frame.shape)
    bright = brightest_channel(frame) > 200
    top_left = np.zeros_like(bright)
    top_left[:130, :330] = True
    assert found[bright & top_left].mean() > 0.9
