"""The sample of training instances of the pelvis that readers labelled for quality control."""

import pandas as pd

from sonomics.core.seeds import generator
from sonomics.simulate.exams.adnexal import kinds_of, shows
from sonomics.simulate.exams.liver import EXAM

SAMPLE = 240
READERS = ("reader_1", "reader_2", "reader_3")
UNDECIDED, WRONG = 0.03, 0.02
YES, NO, UNCLEAR = "yes", "no", "undeterminable"
COLUMNS = ("case", "lesion", "sim_ascites_mm", "sim_extra", "sim_duplicate", "sim_fault")


def draft_adnexal_labels(cohort: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Draft two readers' labels of a random sample of training instances, rare kinds first.

    Parameters
    ----------
    cohort : DataFrame
        From `adnexal_cohort.draft_adnexal_cohort`.
    seed : int
        The study's seed.

    Returns
    -------
    DataFrame
        `image` (an instance stem), `reader`, and the heads target (adnexa), lesion, ascites, blood_flow, three_d and
        undeterminable, each yes, no or undeterminable. At most `SAMPLE` images, two readers each, sorted.
    """
    training = cohort[cohort["split"] == "train"]
    draws = [
        {"image": f"{case}-{EXAM}-i{number}", "kind": kind, "lesion": bool(int(lesion)), "ascites": float(depth) > 0}
        for case, lesion, depth, *happenings in zip(*(training[name] for name in COLUMNS), strict=True)
        for number, kind in enumerate(kinds_of(*happenings), start=1)
    ]
    frame = pd.DataFrame(draws)
    frame["lot"] = [generator(seed, image, "qc sample").uniform() for image in frame["image"]]
    frame["turn"] = frame.sort_values("lot").groupby(["kind", "lesion", "ascites"]).cumcount()
    chosen = frame.sort_values(["turn", "lot"]).head(SAMPLE)
    rows = [
        row
        for image, kind, lesion, ascites in zip(*(chosen[name] for name in frame.columns[:4]), strict=True)
        for row in _readings(image, shows(kind, lesion, ascites), seed)
    ]
    return pd.DataFrame(rows).sort_values(["image", "reader"], ignore_index=True)


def _readings(image: str, truth: dict[str, bool | None], seed: int) -> list[dict[str, str]]:
    away = generator(seed, image, "qc absent").integers(len(READERS))
    return [
        {"image": image, "reader": reader, **_answers(truth, image, reader, seed)}
        for place, reader in enumerate(READERS)
        if place != away
    ]


def _answers(truth: dict[str, bool | None], image: str, reader: str, seed: int) -> dict[str, str]:
    chance = generator(seed, image, reader, "qc reading")
    answers = {}
    for head, shown in truth.items():
        undecided, wrong = chance.uniform(size=2)
        if shown is None or undecided < UNDECIDED:
            answers[head] = UNCLEAR
        else:
            answers[head] = YES if shown != (wrong < WRONG) else NO
    return answers
