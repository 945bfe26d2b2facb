"""Pictures and figures inside the page."""

import numpy as np

from sonomics.report.elements.pictures import draw_outline, find_border, inline_svg


def test_the_border_of_a_mask_is_one_pixel_wide() -> None:
    mask = np.zeros((5, 6), dtype=bool)
    mask[1:4, 1:5] = True
    inside = np.zeros_like(mask)
    inside[2, 2:4] = True
    assert np.array_equal(find_border(mask), mask & ~inside)


def test_the_outline_is_drawn_on_the_enlarged_crop() -> None:
    mask = np.zeros((10, 22), dtype=bool)
    mask[3:7, 5:15] = True
    drawn = draw_outline(np.full(mask.shape, 100, dtype=np.uint8), mask)
    assert drawn.shape == (100, 220, 3)
    coloured = (drawn[:, :, 0] != drawn[:, :, 2]).nonzero()
    assert abs(coloured[0].min() - 30) <= 2
    assert abs(coloured[1].max() - 149) <= 2


def test_ids_inside_a_figure_are_prefixed_where_they_are_used() -> None:
    svg = '<?xml version="1.0"?><svg width="10pt" height="9pt" viewBox="0 0 1 1"><metadata>http://x</metadata>'
    svg += '<g id="a" clip-path="url(#b)"/><clipPath id="b"/><use xlink:href="#a"/></svg>'
    cleaned = inline_svg(svg, "roc")
    assert 'id="roc-a" clip-path="url(#roc-b)"' in cleaned
    assert 'xlink:href="#roc-a"' in cleaned
    assert "http" not in cleaned
    assert "pt" not in cleaned.split(">")[0]
