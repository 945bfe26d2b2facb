"""Two boxes on a small image, for tests that read them back from the file of a tool."""

import numpy as np
import pytest

from sonomics.crop.outlines.drawings import MaskRequest
from sonomics.crop.outlines.refusals import RefusedError
from sonomics.kinds.outlines import OUTLINES, format_of

ROWS, COLUMNS = 40, 50
STEM = "P1-e1-i1"
BOX = np.zeros((ROWS, COLUMNS), bool)
BOX[10:20, 15:35] = True
OTHER = np.zeros((ROWS, COLUMNS), bool)
OTHER[30:35, 5:10] = True
CORNERS = [[15.0, 10.0], [35.0, 10.0], [35.0, 20.0], [15.0, 20.0]]


def read(file, label="", frame=0, stem=STEM):
    drawings = OUTLINES.build(format_of(file).name)(file)
    return drawings[stem](MaskRequest(label, ROWS, COLUMNS, frame))


def refused(file, **request):
    with pytest.raises(RefusedError) as refusal:
        read(file, **request)
    return refusal.value.code
