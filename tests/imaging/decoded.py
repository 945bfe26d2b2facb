"""All frames of an object, for tests."""

from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.dataset import Dataset

from sonomics.export.deidentify.pixels import decode_each
from sonomics.imaging.dicom_file import Original


def decode_all(dataset: Dataset) -> NDArray[np.generic]:
    """Decode all frames of an object as export does."""
    content = BytesIO()
    dataset.save_as(content, enforce_file_format=True)
    content.seek(0)
    return np.stack(list(decode_each(Original(dcmread(content, stop_before_pixels=True), content), 4096)))
