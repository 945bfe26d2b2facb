"""The private list of files of a source that are not exported. Their names may be those of patients."""

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from sonomics.core.files import replacing

LEFT_OUT = Path("work", "left_out.csv")
PRIVATE_FOLDER, PRIVATE_FILE = 0o700, 0o600


def write_left_out(left_out: Sequence[tuple[str, str]], path: Path) -> None:
    """Write the list of files and reasons, which nobody else may read.

    Parameters
    ----------
    left_out : sequence of (path below a source, reason)
    path : Path
    """
    path.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    with replacing(path) as temporary:
        os.close(os.open(temporary, os.O_CREAT | os.O_WRONLY | os.O_EXCL, PRIVATE_FILE))
        pd.DataFrame(left_out, columns=["file", "reason"]).to_csv(temporary, index=False, lineterminator="\n")


def count_reasons(left_out: Sequence[tuple[str, str]]) -> list[str]:
    """Count what is left out, by reason, for a message that names no file."""
    counts = Counter(reason for _, reason in left_out)
    return [f"{count} {'file' if count == 1 else 'files'}: {reason}" for reason, count in sorted(counts.items())]
