"""Regions that people outline by accident, for tests."""

import numpy as np


def odd_regions():
    """Name masks of 14 x 17 pixels."""
    empty = np.zeros((14, 17), bool)

    def drawn(*places):
        mask = empty.copy()
        for place in places:
            mask[place] = True
        return mask

    holes = drawn(np.s_[1:13, 2:15])
    holes[4:7, 5:8] = holes[9, 9] = holes[10, 4:9] = False
    rows, columns = np.mgrid[:14, :17]
    return {
        "one pixel": drawn((6, 6)),
        "two pixels apart": drawn((2, 2), (9, 12)),
        "one row": drawn(np.s_[5, 3:14]),
        "one row with a gap": drawn(np.s_[5, 3:7], np.s_[5, 9:14]),
        "one column": drawn(np.s_[2:12, 7]),
        "oblique line": np.eye(14, 17, dtype=bool),
        "corner": drawn(np.s_[:6, :7]),
        "whole image": ~empty,
        "holes": holes,
        "two parts": drawn(np.s_[1:6, 1:6], np.s_[8:13, 9:16]),
        "parts that touch at a corner": drawn(np.s_[2:6, 2:6], np.s_[6:11, 6:12]),
        "every second pixel": (rows % 2 == 0) & (columns % 2 == 0),
        "chessboard": (rows + columns) % 2 == 0,
    }
