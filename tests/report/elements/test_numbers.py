"""Numbers as a journal prints them."""

from sonomics.kinds.wording import join_words
from sonomics.report.elements.numbers import format_decimal, format_interval, format_p

NAN = float("nan")


def test_numbers_are_printed_as_in_a_journal() -> None:
    assert [format_p(p) for p in (0.0004, 0.04, NAN)] == ["< 0.001", "0.040", "–"]
    assert [format_decimal(-1.234), format_decimal(-0.001), format_decimal(NAN), format_decimal(3, 0)] == [
        "−1.23",
        "0.00",
        "–",
        "3",
    ]
    assert format_interval(-0.1, 0.25) == "−0.10 to 0.25"
    assert format_interval(NAN, 1) == ""
    assert [join_words(["a"]), join_words(["a", "b", "c"]), join_words([])] == ["a", "a, b and c", ""]
