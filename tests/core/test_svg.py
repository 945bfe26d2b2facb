from xml.etree import ElementTree

import pytest

from sonomics.core.svg import Axes, Drawing, bars, covering, ticks


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (-3.1, -0.9, [-3, -2.5, -2, -1.5, -1]),
        (0, 87, [0, 20, 40, 60, 80]),
        (2, 2, [2]),
    ],
)
def test_ticks_are_round_and_inside(low, high, expected):
    assert ticks(low, high) == pytest.approx(expected)


def test_covering_values_reach_both_ends():
    assert covering(23, 71) == pytest.approx([20, 30, 40, 50, 60, 70, 80])
    assert covering(0, 1) == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1])
    assert covering(3, 3) == [3]


def test_axes_span_the_box_between_their_margins():
    axes = Axes(Drawing(100, 80), x=(1, 3), y=(-1, 1), left=10, right=20, top=5, bottom=15)
    assert axes.at(1, -1) == (10, 65)
    assert axes.at(3, 1) == (80, 5)
    assert axes.at(2, 0) == (45, 35)


def test_words_are_escaped_and_the_file_is_xml():
    drawing = Drawing(50, 20)
    drawing.text(1, 2, "a < b & c")
    drawing.line([(0, 0), (1.23456, 2)])
    root = ElementTree.fromstring(drawing.svg())
    assert root[0].text == "a < b & c"
    assert root[1].get("points") == "0.00,0.00 1.23,2.00"


def test_bars_are_as_long_as_their_share():
    root = ElementTree.fromstring(bars([("a", 4, "4"), ("b", 1, "1"), ("c", 0, "0")], 4).svg())
    widths = [float(part.get("width", 0)) for part in root if part.tag.endswith("rect")]
    assert widths[1] / widths[0] == pytest.approx(0.25, abs=0.001)
    assert widths[2] == 0.5
