"""Find duplicates over the whole cohort, and decide which images and cases are kept."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from sonomics.clean.screening import criteria
from sonomics.clean.screening.duplicates import GROUP, Duplicates, find_duplicates
from sonomics.clean.screening.fates import KEPT, OF_CASE, count_reasons, make_case_rows, make_image_rows
from sonomics.clean.screening.flow_chart import draw_flow_chart
from sonomics.clean.screening.flow_counts import count_flow, order_splits
from sonomics.core import schemas
from sonomics.core.cohort import read_cohort, read_roster
from sonomics.core.errors import StudyError
from sonomics.core.files import read_json, replacing, write_metrics, write_text
from sonomics.core.jobs import job_parser, run_job
from sonomics.core.settings.clean import Clean
from sonomics.core.tables import read_tables, write_table


@dataclass(frozen=True)
class Screened:
    """Which images and cases are kept, and why the others are not.

    Attributes
    ----------
    images : DataFrame
        The images, with `keep` and `reason` final and the patient's `duplicate_group`.
    per_image, per_case : DataFrame
        Rows of schema SCREENING.
    duplicates : Duplicates
    criteria : dict
        Criterion to its counts of `met`, `broken`, `unknown` and `not_asked` cases or images.
    """

    images: pd.DataFrame
    per_image: pd.DataFrame
    per_case: pd.DataFrame
    duplicates: Duplicates
    criteria: dict[str, dict[str, int]]


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
    parser.add_argument("--chart", type=Path, required=True, help="the flow chart, SVG")
    parser.add_argument("--metrics", type=Path, required=True)
    parser.add_argument("--plots", type=Path, required=True)
    args = parser.parse_args(argv)
    settings = args.settings.clean
    cohort = read_cohort(args.cohort, criteria.make_cohort_request(criteria.of_level(settings.criteria, criteria.CASE)))
    simulated = any(str(name).startswith("sim_") for name in read_roster(args.cohort))
    manifest = read_tables([exams / "manifest.parquet" for exams in args.exams], schemas.MANIFEST)
    images = read_tables(args.images, schemas.IMAGES)
    verdicts = read_tables(args.verdicts, schemas.VERDICTS)
    check_complete(cohort, manifest, images, verdicts)

    judged = images.drop(columns=["keep", "reason"]).merge(verdicts, on="image", validate="one_to_one")
    judged = judged.merge(cohort[["case", "split"]], on="case", validate="many_to_one")
    heads = read_json(args.qc / "state.json")["heads"]
    find = partial(find_duplicates, settings=settings.duplicates)
    screened = screen(cohort, judged, settings, heads, find)
    steps = count_flow(screened.per_image, screened.per_case)
    shared = count_shared(screened) if settings.duplicates.across_patients == GROUP else {}

    write_table(screened.images, args.out, schemas.SCREENED)
    write_table(pd.concat([screened.per_image, screened.per_case]), args.screening, schemas.SCREENING)
    write_text(args.chart, draw_flow_chart(steps, settings.criteria, simulated, shared))
    metrics = summarise(screened, len(manifest), heads)
    if shared:
        metrics["duplicates"]["shared"] = shared
    write_metrics(args.metrics, metrics)
    fates = screened.per_image["reason"].where(screened.per_image["fate"] != KEPT, KEPT)
    counts = fates.value_counts().sort_index().rename_axis("reason").reset_index(name="images")
    with replacing(args.plots) as folder:
        folder.mkdir()
        counts.to_csv(folder / "screening.csv", index=False, lineterminator="\n")
        steps.to_csv(folder / "flow.csv", index=False, lineterminator="\n")


def check_complete(roster: pd.DataFrame, manifest: pd.DataFrame, images: pd.DataFrame, verdicts: pd.DataFrame) -> None:
    """Stop when an exported instance, an image or a case is missing from the tables.

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
    for name, unmatched, rule in gaps:
        if unmatched:
            raise StudyError(f"clean, {name} {min(unmatched)}", f"the {name} {rule}", "run the phase clean again")


def screen(
    cohort: pd.DataFrame,
    judged: pd.DataFrame,
    settings: Clean,
    heads: Mapping[str, Mapping[str, Any]],
    find: Callable[[pd.DataFrame], Duplicates],
) -> Screened:
    """Decide on every image and case: criteria on cases, quality control, criteria on images, duplicates.

    Parameters
    ----------
    cohort : DataFrame
        `patient, case, split` and the columns of the criteria; no test label.
    judged : DataFrame
        The images with the verdicts of quality control: schema SCREENED without `duplicate_group`, with `split`.
    settings : Clean
    heads : mapping
        The heads as saved by the QC classifier: `threshold` and `exclude`.
    find : callable
        Finds the duplicates among images.
    """
    on_cases, on_images = (criteria.of_level(settings.criteria, level) for level in (criteria.CASE, criteria.IMAGE))
    states = criteria.evaluate_criteria(cohort, on_cases)
    roster = cohort.assign(
        reason=criteria.find_reasons(states, on_cases), remark=criteria.write_remarks(states, on_cases)
    )
    images = _set_aside(judged, judged["case"].map(roster.set_index("case")["reason"] != ""), OF_CASE)
    image_states = criteria.evaluate_criteria(images[images["keep"]], on_images)
    images["remark"] = criteria.write_remarks(image_states, on_images).reindex(images.index).fillna("")
    broken = criteria.find_reasons(image_states, on_images).reindex(images.index).fillna("")
    images = _set_aside(images, broken != "", broken)
    duplicates = find(images[images["keep"]])
    twins = images["image"].map(duplicates.excluded["reason"])
    images = _set_aside(images, twins.notna(), twins)
    images["duplicate_group"] = images["patient"].map(duplicates.groups).fillna(images["patient"])
    return Screened(
        images.drop(columns=["split", "remark"]),
        make_image_rows(images, duplicates.excluded, heads),
        make_case_rows(roster, images, list(settings.views)),
        duplicates,
        {**criteria.count_states(states), **criteria.count_states(image_states)},
    )


def count_shared(screened: Screened) -> dict[str, dict[str, int]]:
    """Count the patients with a kept image who share a near-duplicate with another one of their split, and the groups.

    Returns
    -------
    dict of str to dict
        Split to `patients` and `groups`, in the order of the splits; only those with a group.
    """
    kept = screened.images[screened.images["keep"]].drop_duplicates("patient")
    patients = kept.set_index("patient")["duplicate_group"]
    shared = patients[patients.groupby(patients).transform("size") > 1]
    split_of = screened.per_case.drop_duplicates("patient").set_index("patient")["split"]
    splits = shared.index.to_series().map(split_of)
    return {
        split: {"patients": int((splits == split).sum()), "groups": int(shared[splits == split].nunique())}
        for split in order_splits(splits)
    }


def summarise(screened: Screened, instances: int, heads: Mapping[str, Any]) -> dict[str, Any]:
    """Summarise the screening as metrics; exported = kept + excluded is checked.

    Raises
    ------
    AssertionError
        When an image or a case is lost.
    """
    per_image, per_case, images = screened.per_image, screened.per_case, screened.images
    excluded, excluded_cases = count_reasons(per_image), count_reasons(per_case)
    kept, kept_cases = int((per_image["fate"] == KEPT).sum()), int((per_case["fate"] == KEPT).sum())
    assert len(per_image) == kept + sum(excluded.values())
    assert len(per_case) == kept_cases + sum(excluded_cases.values())
    with_marks = images.loc[images["overlay_pixels"] > 0, "overlay_pixels"]
    tied = screened.duplicates.groups.value_counts()
    return {
        "instances": instances,
        "images": {
            "exported": len(per_image),
            "kept": kept,
            "excluded": excluded,
            "kept_by_view": images[images["keep"]]["view"].value_counts().sort_index().to_dict(),
        },
        "cases": {"listed": len(per_case), "kept": kept_cases, "excluded": excluded_cases},
        "criteria": screened.criteria,
        "overlays": {"images": len(with_marks), "pixels": int(with_marks.sum())},
        "duplicates": {"pairs": screened.duplicates.pairs, "groups": int((tied > 1).sum())},
        "qc": heads,
    }


def _set_aside(images: pd.DataFrame, aside: "pd.Series[bool]", reason: "str | pd.Series[str]") -> pd.DataFrame:
    """Return the images with some more excluded for a reason."""
    return images.assign(keep=images["keep"] & ~aside, reason=images["reason"].mask(aside, reason))


if __name__ == "__main__":
    run_job(main)
