"""Text over colour flow is found, and flow by itself is left alone."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from sonomics.imaging.burned_in_text.finders import find_by_network
from sonomics.imaging.burned_in_text.network import find_text_areas
from sonomics.imaging.burned_in_text.over_flow import find_text_over_flow
from tests.imaging.burned_in_text.tissue import echoes

RED, BLUE = (220, 40, 0), (20, 60, 230)


def flow(seed, fill):
    """A patch of flow with soft shades on tissue, in colour."""
    image = Image.fromarray(echoes(seed)).convert("RGB")
    patch = Image.new("L", image.size)
    ImageDraw.Draw(patch).ellipse((30, 30, 250, 170), fill=255)
    shades = Image.fromarray(echoes(seed + 50)).filter(ImageFilter.GaussianBlur(8)).point(lambda level: level // 2)
    painted = Image.composite(Image.new("RGB", image.size, fill), image, patch)
    return Image.composite(Image.merge("RGB", [shades] * 3), painted, patch.point(lambda inside: inside // 8))


def written(image, angle, ink):
    """A word in the middle of an image, and where its strokes are."""
    layer = Image.new("L", image.size)
    ImageDraw.Draw(layer).text((112, 92), "DUPONT", fill=255, font=ImageFont.load_default(14))
    layer = layer.rotate(angle, resample=Image.Resampling.BICUBIC)
    return np.asarray(Image.composite(Image.new("RGB", image.size, ink), image, layer)), np.asarray(layer) > 127


@pytest.mark.parametrize("fill", [RED, BLUE])
@pytest.mark.parametrize(("angle", "ink"), [(0, (255, 255, 255)), (90, (255, 255, 255)), (0, (255, 255, 0))])
def test_text_over_flow_is_found(fill, angle, ink):
    frame, strokes = written(flow(0, fill), angle, ink)
    assert find_text_over_flow(frame)[strokes].mean() >= 0.95


def test_the_brightest_channel_alone_misses_it():
    frame, strokes = written(flow(0, RED), 0, (255, 255, 255))
    assert find_text_areas(frame)[strokes].mean() < 0.95
    assert find_by_network(frame)[strokes].mean() >= 0.95


@pytest.mark.parametrize("fill", [RED, BLUE])
def test_flow_by_itself_is_left_alone(fill):
    assert not any(find_text_over_flow(np.asarray(flow(seed, fill))).any() for seed in range(2))


def test_grey_frames_and_coloured_lines_show_none():
    line = Image.fromarray(echoes(0)).convert("RGB")
    ImageDraw.Draw(line).line((10, 10, 200, 100), fill=(255, 255, 0), width=2)
    assert not find_text_over_flow(np.asarray(line)).any()
    assert not find_text_over_flow(echoes(0)).any()
