"""What was found, in sentences."""

import pandas as pd

from sonomics.core.settings.parameters import Parameters
from sonomics.report.prose.summary import answer_questions, judge_controls
from sonomics.report.sections.controls import tabulate_controls
from sonomics.report.study.variants import read_shuffled_means
from tests.report.hand_made import NAN, evaluation_of
from tests.report.synthetic import PARAMS

PARAMETERS = Parameters.partial(PARAMS)
MAIN_RUN = evaluation_of("main", {"train": (0.9, 0.8, 1.0), "internal": (0.9, 0.8, 1.0)})


def test_a_control_at_chance_is_distinguished_from_one_that_is_not() -> None:
    good = evaluation_of("shuffled", {"train": (0.48, 0.35, 0.61), "internal": (0.55, 0.3, 0.8)})
    assert ["stayed at chance" in verdict for verdict in judge_controls([MAIN_RUN, good], {}, PARAMETERS)] == [True]
    noise = {"noise": {"select": {"features": "noise"}}}
    only_features = {**PARAMS, "study": {**PARAMS["study"], "variants": {**PARAMS["study"]["variants"], **noise}}}
    only_features["stack"] = {**PARAMS["stack"], "models": {"stacked": {"of": ["rf"]}}}
    for area in ((0.9, 0.8, 1.0), (0.3, 0.2, 0.4)):
        for variant in ("shuffled", "noise"):
            odd = evaluation_of(variant, {"train": (0.48, 0.35, 0.61), "internal": area})
            (verdict,) = judge_controls([MAIN_RUN, odd], {}, Parameters.partial(only_features))
            assert f"away from chance in the internal test set ({area[0]:.2f})" in verdict
            assert "look for a leak" in verdict
            assert ("another study.seed" in verdict) == (variant == "shuffled")
    unknown = evaluation_of("shuffled", {"train": (NAN, NAN, NAN)})
    assert ["not estimable" in verdict for verdict in judge_controls([MAIN_RUN, unknown], {}, PARAMETERS)] == [True]


def test_three_permutations_of_the_labels_are_judged_together_and_other_controls_alone() -> None:
    names = ("shuffled", "shuffled_2", "shuffled_3")
    overlays = {name: {"study": {"shuffle_labels": True, "seed": seed}} for seed, name in enumerate(names)}
    variants = {"main": {}, **overlays, "wide": {"crop": {"margin": 0.5}}, "noise": {"select": {"features": "noise"}}}
    params = {**PARAMS, "study": {**PARAMS["study"], "variants": variants}}
    params["stack"] = {**PARAMS["stack"], "models": {"stacked": {"of": ["rf"]}}}
    far = {"train": (0.5, 0.4, 0.6), "internal": (0.7, 0.6, 0.8)}
    runs = [MAIN_RUN, *(evaluation_of(name, far) for name in variants if name != "main")]
    metrics = {"train": means_of_permutations(0.51, 0.48, 0.54), "internal": means_of_permutations(0.53, 0.4, 0.66)}
    # Metrics files are sorted by name; sentences follow the order of the sets.
    means = read_shuffled_means(
        {"evaluate": {"over_deals": {"recurrence": dict(sorted(metrics.items()))}}}, "recurrence"
    )
    parameters = Parameters.partial(params)
    permutations, noise = judge_controls(runs, means, parameters)
    assert "3 permutations: shuffled, shuffled_2 and shuffled_3) stayed at chance" in permutations
    assert "mean AUC in the training set (out of fold) (0.51) and the internal test set (0.53)" in permutations
    assert "(noise: " in noise
    assert "away from chance in the internal test set (0.70)" in noise
    off = means | {"internal": means_of_permutations(0.6, 0.55, 0.65)}
    assert "away from chance in the internal test set (0.60)" in judge_controls(runs, off, parameters)[0]
    nothing = dict.fromkeys(metrics, means_of_permutations(None, None, None))
    unknown = read_shuffled_means({"evaluate": {"over_deals": {"recurrence": nothing}}}, "recurrence")
    assert "not estimable" in judge_controls(runs, unknown, parameters)[0]
    table = tabulate_controls(runs, dict.fromkeys(variants, ""), means)
    assert [cell.main for cell in table.rows[-1]][:3] == ["3 permutations of the labels", "0.51", "0.53"]
    assert read_shuffled_means({"evaluate": {}}, "recurrence") == {}


def means_of_permutations(mean: float | None, lower: float | None, upper: float | None) -> dict[str, float | None]:
    return {"auc": mean, "auc_lower": lower, "auc_upper": upper, "deals": 3}


def test_findings_say_when_chance_is_not_excluded_or_nothing_is_estimable() -> None:
    counts = pd.DataFrame({"patients": [10, 10], "cases": [10, 10], "analysed": [9, 8]})

    def summarise(auc: tuple[float, float, float]) -> str:
        main = evaluation_of("main", {"train": (0.9, 0.8, 1.0), "internal": auc})
        main.tables["splits"] = pd.concat([main.tables["splits"], counts], axis=1)
        answers = answer_questions(main, [main], {}, PARAMETERS).values()
        return " ".join(sentence for sentences in answers for sentence in sentences)

    assert "17 were analysed; 3 were excluded" in summarise((0.7, 0.45, 0.9))
    assert "chance alone is not excluded" in summarise((0.7, 0.45, 0.9))
    assert "none includes 0.50" in summarise((0.8, 0.6, 0.95))
    below = summarise((0.3, 0.2, 0.4))
    assert "in the internal test set it lies below 0.50, where the model ranks worse than chance." in below
    assert "includes 0.50" not in below
    assert "No negative control was run" in below
    assert "is not estimable: only one class" in summarise((NAN, NAN, NAN))
    assert "no interval is estimable" in summarise((NAN, NAN, NAN))
