"""Let the QC classifier judge the images of one chunk."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from sonomics.core import schemas
from sonomics.core.files import read_json
from sonomics.core.images import read_grey
from sonomics.core.jobs import job_parser, run_job
from sonomics.core.tables import read_table, write_table


def main(argv: Sequence[str] | None = None) -> None:
    """Run the job."""
    parser = job_parser(__doc__)
    parser.add_argument("--state", type=Path, required=True, help="folder of the QC classifier")
    parser.add_argument("--images", type=Path, required=True, help="table of the chunk's images")
    parser.add_argument("--out", type=Path, required=True, help="table of verdicts")
    args = parser.parse_args(argv)
    images = read_table(args.images, schemas.IMAGES)
    kept = images[images["keep"]]
    probabilities = _probabilities(args.state, kept["file"].tolist()).set_axis(kept["image"].to_numpy(), axis=0)
    verdicts = judge(images, probabilities, args.settings["clean"]["qc"]["heads"])
    write_table(verdicts, args.out, schemas.VERDICTS)


def judge(images: pd.DataFrame, probabilities: pd.DataFrame, heads: Mapping[str, Mapping[str, float]]) -> pd.DataFrame:
    """Exclude the images that a head finds wanting; the head furthest below its limit is the reason.

    Parameters
    ----------
    images : DataFrame
        Table IMAGES.
    probabilities : DataFrame
        Indexed by image, one column a head.
    heads : mapping
        Head to `exclude_below`, the lowest probability that is kept.

    Returns
    -------
    DataFrame
        Table VERDICTS with a column `qc__<head>` each; NaN where an image was excluded before.
    """
    verdicts = images[["image", "keep", "reason"]].set_index("image")
    if not heads:
        return verdicts.reset_index()
    judged = probabilities[list(heads)].reindex(verdicts.index)
    margins = judged - pd.Series({head: rule["exclude_below"] for head, rule in heads.items()})
    wanting = verdicts["keep"] & (margins < 0).any(axis=1)
    worst = margins[wanting].idxmin(axis=1).map(lambda head: f"qc_{head}")
    verdicts["reason"] = worst.reindex(verdicts.index).fillna(verdicts["reason"])
    verdicts["keep"] &= ~wanting
    return verdicts.join(judged.add_prefix("qc__")).reset_index()


def _probabilities(folder: Path, files: Sequence[str]) -> pd.DataFrame:
    saved: dict[str, Any] = read_json(folder / "state.json")
    if not saved["heads"]:
        return pd.DataFrame(index=range(len(files)))
    from safetensors.torch import load_file

    from sonomics.clean.qc import apply, restored

    state = restored(load_file(folder / "weights.safetensors"), saved)
    return apply(state, [read_grey(Path(file)) for file in files])


if __name__ == "__main__":
    run_job(main)
