"""Find duplicates over the whole cohort and give every image and case its fate."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from sonomics.clean.duplicates import Duplicates, find_duplicates
from sonomics.clean.screening import EXCLUDED, KEPT, case_rows, image_rows, reasons
from sonomics.core import schemas
from sonomics.core.cohort import read_roster
from sonomics.core.errors import StudyError
from sonomics.core.files import read_json, replacing, write_metrics
from sonomics.core.jobs import job_parser, run_job
from sonomics.core.tables import read_tables, write_table


def main(argv: Sequence[str] | None = None) -> None:
    """Run the job."""
    parser = job_parser(__doc__)
    parser.add_argument("--cohort", type=Path, required=True, help="data/cohort.csv")
    parser.add_argument("--exams", type=Path, nargs="*", default=[], help="exported chunks")
    parser.add_argument("--images", type=Path, nargs="*", default=[], help="tables of images, chunk by chunk")
    parser.add_argument("--verdicts", type=Path, nargs="*", default=[], help="tables of verdicts, chunk by chunk")
    parser.add_argument("--qc", type=Path, required=True, help="folder of the QC classifier")
    parser.add_argument("--out", type=Path, required=True, help="table of all images")
    parser.add_argument("--screening", type=Path, required=True)
    parser.add_argument("--metrics", type=Path, required=True)
    parser.add_argument("--plots", type=Path, required=True)
    args = parser.parse_args(argv)
    settings = args.settings["clean"]
    roster = read_roster(args.cohort)
    manifest = read_tables([exams / "manifest.parquet" for exams in args.exams], schemas.MANIFEST)
    images = read_tables(args.images, schemas.IMAGES)
    verdicts = read_tables(args.verdicts, schemas.VERDICTS)
    check_complete(roster, manifest, images, verdicts)

    judged = images.drop(columns=["keep", "reason"]).merge(verdicts, on="image", validate="one_to_one")
    judged = judged.merge(roster[["case", "split"]], on="case", validate="many_to_one")
    found = find_duplicates(judged[judged["keep"]], settings["duplicates"]["max_distance"])
    screened = apply(found, judged)
    thresholds = {head: rule["exclude_below"] for head, rule in settings["qc"]["heads"].items()}
    per_image = image_rows(screened, found.excluded, thresholds)
    per_case = case_rows(roster, screened, list(settings["views"]))

    write_table(screened.drop(columns="split"), args.out, schemas.SCREENED)
    write_table(pd.concat([per_image, per_case]), args.screening, schemas.SCREENING)
    write_metrics(
        args.metrics, summary(per_image, per_case, screened, found, len(manifest), read_json(args.qc / "state.json"))
    )
    counts = per_image.assign(reason=per_image["reason"].where(per_image["fate"] == EXCLUDED, KEPT))[
        "reason"
    ].value_counts()
    with replacing(args.plots) as folder:
        folder.mkdir()
        table = counts.sort_index().rename_axis("reason").reset_index(name="images")
        table.to_csv(folder / "screening.csv", index=False, lineterminator="\n")


def check_complete(roster: pd.DataFrame, manifest: pd.DataFrame, images: pd.DataFrame, verdicts: pd.DataFrame) -> None:
    """Stop when an exported instance, an image or a case has slipped out of the tables.

    Raises
    ------
    StudyError
    """
    instances = images["case"] + "-" + images["exam"] + "-" + images["instance"]
    gaps = (
        ("instance", set(manifest["stem"]) ^ set(instances), "is not in both the manifest and the images"),
        ("image", set(images["image"]) ^ set(verdicts["image"]), "has no verdict, or a verdict has no image"),
        ("case", set(images["case"]) - set(roster["case"]), "has images but is not in the cohort"),
    )
    for name, odd, rule in gaps:
        if odd:
            raise StudyError(f"clean, {name} {min(odd)}", f"the {name} {rule}", "run the phase clean anew")


def apply(found: Duplicates, images: pd.DataFrame) -> pd.DataFrame:
    """Return the images with duplicates excluded and their patients' groups."""
    screened = images.copy()
    reason = screened["image"].map(found.excluded["reason"])
    screened["keep"] &= reason.isna()
    screened["reason"] = reason.fillna(screened["reason"])
    screened["duplicate_group"] = screened["patient"].map(found.groups).fillna(screened["patient"])
    return screened


def summary(
    per_image: pd.DataFrame,
    per_case: pd.DataFrame,
    images: pd.DataFrame,
    found: Duplicates,
    instances: int,
    qc: dict[str, Any],
) -> dict[str, Any]:
    """Gather the metrics; exported = kept + excluded holds by construction and is checked.

    Raises
    ------
    AssertionError
        When an image is lost.
    """
    excluded, excluded_cases = reasons(per_image), reasons(per_case)
    kept, kept_cases = int((per_image["fate"] == KEPT).sum()), int((per_case["fate"] == KEPT).sum())
    assert len(per_image) == kept + sum(excluded.values())
    assert len(per_case) == kept_cases + sum(excluded_cases.values())
    with_marks = images.loc[images["overlay_pixels"] > 0, "overlay_pixels"]
    tied = found.groups.value_counts()
    return {
        "instances": instances,
        "images": {
            "exported": len(per_image),
            "kept": kept,
            "excluded": excluded,
            "kept_by_view": images[images["keep"]]["view"].value_counts().sort_index().to_dict(),
        },
        "cases": {"listed": len(per_case), "kept": kept_cases, "excluded": excluded_cases},
        "overlays": {"images": len(with_marks), "pixels": int(with_marks.sum())},
        "duplicates": {"pairs": found.pairs, "groups": int((tied > 1).sum())},
        "qc": qc["heads"],
    }


if __name__ == "__main__":
    run_job(main)
