"""The sample of training instances that readers labelled for quality control."""

import pandas as pd

from sonomics.core.seeds import generator
from sonomics.simulate.cohorts.adnexal_qc_labels import draft_adnexal_labels
from sonomics.simulate.exams.liver import EXAM, NON_TARGET, UNUSABLE, kinds_of, shows_target

SAMPLE = 120
UNDECIDED = 0.03
YES, NO, UNCLEAR = "yes", "no", "undeterminable"


def draft_qc_labels(cohort: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Draft the labels of a random sample of training instances, rare kinds first.

    Parameters
    ----------
    cohort : DataFrame
        From `cohort.draft_cohort`.
    seed : int
        The study's seed.

    Returns
    -------
    DataFrame
        `image` (an instance stem: the label holds for all its frames), `reader`, and the heads `target` (is this the
        liver?) and `usable`, each yes, no or undeterminable. At most `SAMPLE` rows, sorted by image. Those of another
        scene: see `adnexal_labels`.
    """
    if "sim_scene" in cohort:
        return draft_adnexal_labels(cohort, seed)
    training = cohort[cohort["split"] == "train"]
    traits = zip(*(training[name] for name in ("case", "sim_extra", "sim_duplicate", "sim_fault")), strict=True)
    draws = [
        (f"{case}-{EXAM}-i{number}", kind)
        for case, *happenings in traits
        for number, kind in enumerate(kinds_of(*happenings), start=1)
    ]
    frame = pd.DataFrame(draws, columns=["image", "kind"])
    frame["lot"] = [generator(seed, image, "qc sample").uniform() for image in frame["image"]]
    frame["turn"] = frame.sort_values("lot").groupby("kind").cumcount()
    chosen = frame.sort_values(["turn", "lot"]).head(SAMPLE)
    rows = [_reading(image, kind, seed) for image, kind in zip(chosen["image"], chosen["kind"], strict=True)]
    return pd.DataFrame(rows).sort_values("image", ignore_index=True)


def _reading(image: str, kind: str, seed: int) -> dict[str, str]:
    reader = generator(seed, image, "qc reading")
    name = "reader_1" if reader.uniform() < 0.5 else "reader_2"
    target = YES if shows_target(kind) else NO if kind in NON_TARGET else UNCLEAR
    usable = NO if kind in UNUSABLE else UNCLEAR if reader.uniform() < UNDECIDED else YES
    return {"image": image, "reader": name, "target": target, "usable": usable}
