"""Let the QC classifier judge the images of one chunk."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from sonomics.clean.qc.case_facts import list_cases_with
from sonomics.clean.qc.thresholds import ABOVE, BELOW
from sonomics.core import schemas
from sonomics.core.files import read_json
from sonomics.core.images import read_colour
from sonomics.core.jobs import job_parser, progress, run_job
from sonomics.core.tables import read_table, write_table

BATCH = 64  # images held at once; verdicts do not depend on it


def main(argv: Sequence[str] | None = None) -> None:
    """Run the job."""
    parser = job_parser(__doc__)
    parser.add_argument("--state", type=Path, required=True, help="folder of the QC classifier")
    parser.add_argument("--images", type=Path, required=True, help="table of the chunk's images")
    parser.add_argument("--cohort", type=Path, nargs="?", help="data/cohort.csv, if a head depends on a column of it")
    parser.add_argument("--out", type=Path, required=True, help="table of verdicts")
    args = parser.parse_args(argv)
    heads: Mapping[str, Mapping[str, Any]] = args.settings["clean"]["qc"]["heads"]
    images = read_table(args.images, schemas.IMAGES)
    kept = images[images["keep"]]
    saved = read_json(args.state / "state.json")
    probabilities = _probabilities(args.state, saved, kept["file"].tolist()).set_axis(kept["image"].to_numpy(), axis=0)
    held_to = {head: list_cases_with(args.cohort, rule) for head, rule in heads.items() if "needs_case" in rule}
    write_table(judge(images, probabilities, saved["heads"], held_to), args.out, schemas.VERDICTS)


def judge(
    images: pd.DataFrame,
    probabilities: pd.DataFrame,
    limits: Mapping[str, Mapping[str, Any]],
    held_to: Mapping[str, Collection[str]],
) -> pd.DataFrame:
    """Exclude the images on the wrong side of a head's threshold; the head that is missed the furthest is the reason.

    Parameters
    ----------
    images : DataFrame
        Table IMAGES.
    probabilities : DataFrame
        Indexed by image, one column per head.
    limits : mapping
        Head to `threshold` and `exclude`: "below" (the threshold is the lowest probability kept), "above" (the lowest
        excluded), or "" for a head that only describes.
    held_to : mapping
        Head to the cases whose images it may exclude; a head that is not named may exclude any.

    Returns
    -------
    DataFrame
        Table VERDICTS with one column `qc__<head>` per head; NaN where an image was excluded before.
    """
    verdicts = images[["image", "keep", "reason"]].set_index("image")
    if not limits:
        return verdicts.reset_index()
    judged = probabilities[list(limits)].reindex(verdicts.index)
    case = images.set_index("image")["case"]
    missed = pd.DataFrame(index=verdicts.index)
    for head, limit in limits.items():
        if limit["exclude"] == BELOW:
            wrong, by = judged[head] < limit["threshold"], limit["threshold"] - judged[head]
        elif limit["exclude"] == ABOVE:
            wrong, by = judged[head] >= limit["threshold"], judged[head] - limit["threshold"]
        else:
            continue
        missed[head] = by.where(wrong & (case.isin(held_to[head]) if head in held_to else True))
    wanting = verdicts["keep"] & missed.notna().any(axis=1)
    worst = missed[wanting].idxmax(axis=1).map(lambda head: f"qc_{head}")
    verdicts["reason"] = worst.reindex(verdicts.index).fillna(verdicts["reason"])
    verdicts["keep"] &= ~wanting
    return verdicts.join(judged.add_prefix("qc__")).reset_index()


def _probabilities(folder: Path, saved: Mapping[str, Any], files: Sequence[str]) -> pd.DataFrame:
    if not saved["heads"] or not files:
        return pd.DataFrame(index=range(len(files)), columns=list(saved["heads"]), dtype=float)
    from safetensors.torch import load_file

    from sonomics.clean.qc.classifier import apply, restore, shrink_to_squares

    state = restore(load_file(folder / "weights.safetensors"), saved)
    batches = [files[start : start + BATCH] for start in range(0, len(files), BATCH)]
    judged = [
        apply(state, shrink_to_squares((read_colour(Path(file)) for file in batch), state.size))
        for batch in progress(batches, "judge images")
    ]
    return pd.concat(judged, ignore_index=True)


if __name__ == "__main__":
    run_job(main)
