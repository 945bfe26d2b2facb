"""The network that finds text: the detector of PP-OCRv4, a file in the wheel of rapidocr-onnxruntime.

Only the file is used, none of the wheel's code, which would need onnxruntime and another build of OpenCV. OpenCV runs
it, and gives the same bytes on every x86-64 processor with AVX2 (benchmarks/portable_text.py); onnxruntime does not.
"""

from functools import cache
from hashlib import sha256
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from sonomics.core.errors import StudyError
from sonomics.core.packages import locate_in_package

WHEEL, FILE = "rapidocr-onnxruntime", "rapidocr_onnxruntime/models/ch_PP-OCRv4_det_infer.onnx"
SHA256 = "d2a7720d45a54257208b1e13e36a8479894cb74155a5efe29462512d42f49da9"
WHERE = "the network that finds burned-in text"
FIX = "install rapidocr-onnxruntime as uv.lock names it (uv sync), or leave `network` out of export.deidentify.text"


def apply_network(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    """Score each pixel of a picture.

    Parameters
    ----------
    picture : (rows, columns) float32
        From -1 (black) to 1; rows and columns are multiples of 32.

    Returns
    -------
    (rows, columns) float32
        Probability that the pixel lies in the middle of a line of text, 0 to 1.

    Raises
    ------
    StudyError
        When the file of the network is missing, or is another one.
    """
    network = _load_network(locate_model())
    network.setInput(np.repeat(picture[None, None], 3, axis=1))
    return np.asarray(network.forward()[0, 0], dtype=np.float32)


def locate_model() -> Path:
    """Find the file of the network in the installed wheel.

    Raises
    ------
    StudyError
        When the wheel or the file is missing.
    """
    return locate_in_package(WHEEL, FILE, WHERE, FIX)


@cache
def _load_network(path: Path) -> cv2.dnn.Net:
    """Load the network once per process, on one thread of the processor: jobs are run side by side."""
    content = path.read_bytes()
    if (digest := sha256(content).hexdigest()) != SHA256:
        raise StudyError(WHERE, f"the SHA-256 of {FILE} is {digest}, not {SHA256}", FIX)
    cv2.setNumThreads(1)
    return cv2.dnn.readNetFromONNX(np.frombuffer(content, dtype=np.uint8), cv2.dnn.ENGINE_NEW)
