"""The network that finds text: the detector of PP-OCRv4, a file in the wheel of rapidocr-onnxruntime.

Only the file is used, none of the wheel's code, which would need another build of OpenCV.
"""

from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from sonomics.core.errors import StudyError

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
        Probability that the pixel lies in the middle of a line of text, 0 to 1; equal from run to run on one machine.

    Raises
    ------
    StudyError
        When the file of the network is missing, or is another one.
    """
    colour = np.repeat(picture[None, None], 3, axis=1)
    (scores,) = _load_network(locate_model()).run(None, {"x": colour})
    return np.asarray(scores[0, 0], dtype=np.float32)


def locate_model() -> Path:
    """Find the file of the network in the installed wheel.

    Raises
    ------
    StudyError
        When the wheel or the file is missing.
    """
    try:
        path = Path(str(distribution(WHEEL).locate_file(FILE)))
    except PackageNotFoundError:
        raise StudyError(WHERE, f"the package {WHEEL} is not installed", FIX) from None
    if not path.is_file():
        raise StudyError(WHERE, f"{FILE} is missing from the package {WHEEL}", FIX)
    return path


@cache
def _load_network(path: Path) -> onnxruntime.InferenceSession:
    """Load the network once per process, on one thread of the processor: jobs are run side by side."""
    content = path.read_bytes()
    if (digest := sha256(content).hexdigest()) != SHA256:
        raise StudyError(WHERE, f"the SHA-256 of {FILE} is {digest}, not {SHA256}", FIX)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.use_deterministic_compute = True
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
