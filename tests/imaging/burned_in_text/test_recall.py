"""The sentence on what a detector misses agrees with the table that was measured."""

import pandas as pd

from sonomics.imaging.burned_in_text.finders import FINDERS
from sonomics.imaging.burned_in_text.recall import GROUNDS, describe_misses, list_misses, read_recall

KEYS = {"angle": 0, "spacing": 0, "ground": "tissue", "words": 10}


def test_kinds_below_nine_in_ten_are_named():
    rows = [
        {"height": 6, "contrast": "faint", "network": 0.5, **KEYS},
        {"height": 8, "contrast": "faint", "network": 0.9, **KEYS},
        {"height": 8, "contrast": "faint", "network": 1.0, **KEYS, "ground": "black"},
        {"height": 8, "contrast": "medium", "network": 1.0, **KEYS, "words": 50},
        {"height": 8, "contrast": "medium", "network": 0.5, **KEYS, "ground": "flow"},
        {"height": 8, "contrast": "full", "network": 0.4, **KEYS, "angle": 45, "spacing": 20},
    ]
    assert list_misses(pd.DataFrame(rows), "network") == [
        "faint on tissue (70%)",
        "full on tissue, turned by 45 degrees, letters 20 pixels apart (40%)",
        "6 pixels high on tissue (50%)",
        "over colour flow (50%)",
        "on tissue, letters 20 pixels apart (40%)",
    ]


def test_the_table_holds_both_detectors_and_the_network_misses_less():
    table = read_recall()
    assert set(FINDERS) < set(table.columns)
    assert table["network"].mean() > table["strokes"].mean() + 0.3
    assert len(describe_misses("network")) < len(describe_misses("strokes"))
    assert describe_misses("network").endswith("Not measured: dark text on light ground, single letters, handwriting.")


def test_every_kind_of_the_table_has_words():
    assert set(read_recall()["ground"]) == set(GROUNDS)
    assert read_recall()["words"].min() >= 7
