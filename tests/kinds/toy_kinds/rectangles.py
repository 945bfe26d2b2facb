"""Rectangles: one line per image, `<stem> <left> <top> <width> <height>` in pixels."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np


def read(file: Path) -> dict[str, Callable[[Any], Any]]:
    lines = [line.split() for line in file.read_text(encoding="utf-8").splitlines()]
    return {stem: _drawing(*map(int, numbers)) for stem, *numbers in lines}


def _drawing(left: int, top: int, width: int, height: int) -> Callable[[Any], Any]:
    def draw(wanted: Any) -> Any:
        mask = np.zeros((wanted.rows, wanted.columns), dtype=np.bool_)
        mask[top : top + height, left : left + width] = True
        return mask

    return draw
