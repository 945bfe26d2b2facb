"""The reader study: against R where R has it, by hand where it is small, and what stays not estimable."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from sonomics.core.schemas import READERS
from sonomics.evaluate.figures.readers import draw_readers
from sonomics.evaluate.readers.study import reader_tables
from sonomics.evaluate.samples.models import Model
from sonomics.evaluate.samples.scored import build_samples
from tests.statistics.oracle import Oracle

TASK = "malignancy"
MODEL = Model("net", 0.5, "probability", "youden")
ARMS = {"unaided": "alone", "aided": "aided"}


def cases_of(labels: list[float], values: list[float], patients: list[str] | None = None) -> pd.DataFrame:
    names = [f"c{number}" for number in range(len(labels))]
    frame = pd.DataFrame({"case": names, "patient": patients or names, "split": "internal", "label": labels})
    return frame.assign(net__probability=values)


def readings(reader: str, scores: list[float], arm: str = "alone", **more: Any) -> pd.DataFrame:
    decisions = ["positive" if score >= 50 else "negative" for score in scores]
    frame = pd.DataFrame({"case": [f"c{n}" for n in range(len(scores))], "score": scores, "decision": decisions})
    about = {"reader": reader, "level": "senior", "arm": arm, "task": TASK, "category": "", "session": "1", **more}
    return frame.assign(**about)[list(READERS.columns)]


def tables_of(cases: pd.DataFrame, *parts: pd.DataFrame, model: Model = MODEL) -> dict[str, pd.DataFrame]:
    return reader_tables(pd.concat(parts, ignore_index=True), TASK, build_samples(cases, [model]).primary_samples, 0.95)


@pytest.fixture(scope="module")
def oracle() -> Oracle:
    return Oracle()


@pytest.fixture(scope="module")
def published(oracle: Oracle) -> dict[str, pd.DataFrame]:
    """R's reader study as a study of ours, with a model that is one of its readers with help."""
    table = oracle.table("reader_study")
    first = table[(table["reader"] == "R1") & (table["modality"] == "aided")].sort_values("case_id")
    cases = pd.DataFrame({"case": first["case_id"], "patient": first["case_id"], "label": first["truth"].astype(float)})
    cases = cases.assign(split="internal", net__probability=first["decision"] * 0.6 + first["score"] / 1000)
    rows = table.rename(columns={"case_id": "case"}).assign(
        arm=table["modality"].map(ARMS),
        level=table["reader"].map(lambda name: "junior" if name in ("R2", "R5") else "senior"),
        task=TASK,
        session="1",
        category=table["category"].astype(str),
        decision=np.where(table["decision"] == 1, "positive", "negative"),
    )
    return reader_tables(rows[list(READERS.columns)], TASK, build_samples(cases, [MODEL]).primary_samples, 0.95)


@pytest.mark.parametrize(
    ("measure", "key"),
    [
        ("auc", "mrmc_auc_delong"),
        ("sensitivity", "mrmc_sensitivity_jackknife"),
        ("specificity", "mrmc_specificity_jackknife"),
    ],
)
def test_help_over_all_readers_equals_r(
    published: dict[str, pd.DataFrame], oracle: Oracle, measure: str, key: str
) -> None:
    table = published["readers_aid"]
    row = table[(table["scope"] == "all") & (table["measure"] == measure)].iloc[0]
    names = {"F": "statistic", "df1": "df1", "ddf_hillis": "df2", "p": "p", "diff_aided_minus_unaided": "difference"}
    got = {name: row[column] for name, column in names.items()} | {"ci": [row["lower"], row["upper"]]}
    oracle.check(f"readers.{key}.rrrc", got)
    oracle.check(f"readers.{key}", {"mean_unaided": row["alone"], "mean_aided": row["aided"]})
    oracle.check(f"readers.{key}.frrc", {"p": row["p_these_readers"]})
    means = published["readers_mrmc"].query("measure == @measure").set_index("arm")
    for modality, arm in ARMS.items():
        single = {"estimate": means.loc[arm, "mean"], "ci": means.loc[arm, ["mean_lower", "mean_upper"]].tolist()}
        oracle.check(f"readers.{key}.rrrc.single_{modality}", single)


def test_operating_points_equal_r(published: dict[str, pd.DataFrame], oracle: Oracle) -> None:
    points = published["readers_points"]
    for modality, arm in ARMS.items():
        for row in points[points["arm"] == arm].to_dict("records"):
            got = {"x": row["hits"], "n": row["n"], "est": row["estimate"], "wilson": [row["lower"], row["upper"]]}
            oracle.check(f"readers.per_reader.{row['reader']}.{modality}.{row['measure']}", got)


def test_agreement_equals_r(published: dict[str, pd.DataFrame], oracle: Oracle) -> None:
    table = published["readers_agreement"]
    for modality, arm in ARMS.items():
        inside = table[(table["arm"] == arm) & (table["between"] == "readers")].set_index(["what", "statistic"])
        for what in ("decision", "category"):
            row = inside.loc[(what, "Fleiss kappa")]
            got = {"kappa": row["estimate"], "ci_gwet_t": [row["lower"], row["upper"]]}
            oracle.check(f"readers.agreement.{modality}.fleiss_{what}", got)
        mean = inside.loc[("decision", "mean pairwise kappa"), "estimate"]
        oracle.check(f"readers.agreement.{modality}", {"mean_pairwise_cohen_decision": mean})
    change = table[(table["arm"] == "aided minus alone") & (table["what"] == "decision")].iloc[0]
    before, after = (
        table[(table["arm"] == arm) & (table["statistic"] == "mean pairwise kappa") & (table["what"] == "decision")]
        for arm in ARMS.values()
    )
    assert change["estimate"] == pytest.approx(after["estimate"].item() - before["estimate"].item())
    assert change["lower"] < change["estimate"] < change["upper"]


def test_levels_and_the_reader_that_is_the_model(published: dict[str, pd.DataFrame]) -> None:
    levels = published["readers_levels"].set_index(["level", "arm", "measure"])
    areas = published["readers_auc"].set_index(["reader", "arm"])["auc"]
    juniors = areas[["R2", "R5"]].xs("alone", level="arm")
    assert levels.loc[("junior", "alone", "auc"), "mean"] == pytest.approx(juniors.mean())
    points = published["readers_points"].set_index(["reader", "arm", "measure"])
    same = points.loc[("R1", "aided", "accuracy")]
    assert (same["reader_only"], same["model_only"], same["reason"]) == (0, 0, "no discordant pair")
    assert same["estimate"] == pytest.approx(same["model"])
    order = published["readers_auc"]["reader"].drop_duplicates().tolist()
    assert order == ["R2", "R5", "R1", "R3", "R4", "R6"]


def test_the_difference_to_the_model_by_hand() -> None:
    cases = cases_of([1, 1, 0, 0, 0], [0.9, 0.4, 0.6, 0.2, 0.1])
    made = tables_of(cases, readings("ann", [80, 60, 70, 20, 10]), readings("bob", [90, 95, 10, 20, 30]))
    area = made["readers_auc"].set_index("reader").loc["ann"]
    assert (area["n"], area["positives"], area["read"]) == (5, 2, 5)
    assert (area["auc"], area["model"], area["difference"]) == pytest.approx((5 / 6, 5 / 6, 0))
    assert area["reason"] == "the difference has no variance"
    point = made["readers_points"].set_index(["reader", "measure"])
    assert point.loc[("ann", "sensitivity"), ["hits", "n", "reader_only", "model_only"]].tolist() == [2, 2, 1, 0]
    assert point.loc[("ann", "specificity"), ["hits", "n", "reader_only", "model_only"]].tolist() == [2, 3, 0, 0]
    assert point.loc[("bob", "accuracy"), "p"] == pytest.approx(0.25)


def test_p_values_are_corrected_within_an_arm() -> None:
    generator = np.random.default_rng(3)
    labels = np.repeat([0.0, 1.0], 30)
    cases = cases_of(labels.tolist(), (0.4 * labels + 0.6 * generator.uniform(size=60)).tolist())
    parts = [readings(name, generator.uniform(0, 100, 60).tolist()) for name in ("ann", "bob", "cid")]
    table = tables_of(cases, *parts)["readers_auc"]
    smallest = table["p"].idxmin()
    assert table.loc[smallest, "p_holm"] == pytest.approx(min(1, 3 * table["p"].min()))


def test_only_cases_with_label_reading_and_score_of_the_model_count() -> None:
    nan = float("nan")
    cases = cases_of([1, 0, nan, 1, 0, 1, 0], [0.9, 0.2, 0.5, nan, 0.4, 0.8, 0.3])
    made = tables_of(cases, readings("ann", [80, 20, 50, 90, nan, 70, 10]))
    row = made["readers_auc"].iloc[0]
    assert (row["read"], row["n"], row["positives"]) == (7, 4, 2)


def test_the_first_session_counts_and_later_ones_tell_agreement_with_oneself() -> None:
    cases = cases_of([1, 0, 1, 0], [0.9, 0.2, 0.8, 0.3])
    early, late = readings("ann", [90, 10, 80, 20], session="9"), readings("ann", [10, 90, 80, 20], session="10")
    made = tables_of(cases, late, early)
    assert made["readers_auc"]["auc"].tolist() == [1.0]
    own = made["readers_agreement"].query("between == 'sessions'").set_index("what")
    assert own.loc["decision", "estimate"] == pytest.approx(0)
    assert own.loc["score", "statistic"] == "ICC(2,1)"
    assert own.loc["decision", "n"] == 4


def test_one_reader_alone_has_no_mean_and_no_agreement() -> None:
    cases = cases_of([1, 1, 0, 0, 1, 0], [0.9, 0.4, 0.6, 0.2, 0.7, 0.1])
    made = tables_of(
        cases, readings("ann", [80, 30, 40, 20, 60, 55]), readings("ann", [85, 60, 40, 20, 60, 5], "aided")
    )
    aid = made["readers_aid"].set_index(["scope", "measure"])
    assert aid.loc[("all", "auc"), "reason"] == "fewer than two readers"
    assert not np.isnan(aid.loc[("reader", "auc"), "difference"])
    assert set(made["readers_mrmc"]["reason"]) == {"fewer than two readers"}
    between = made["readers_agreement"].query("between == 'readers' and what == 'decision'")
    assert between["estimate"].isna().all()
    assert set(between["reason"]) == {"fewer than two raters or no subjects"}


def test_a_reader_who_read_nobody_stays_in_the_tables_with_a_reason() -> None:
    cases = cases_of([1, 0, 1, 0], [0.9, 0.2, 0.8, 0.3])
    nothing = readings("ann", [float("nan")] * 4, decision="")
    made = tables_of(cases, nothing, readings("bob", [90, 10, 80, 20]))
    row = made["readers_auc"].set_index("reader").loc["ann"]
    assert (row["read"], row["n"]) == (0, 0)
    assert row["reason"] == "no case with a reading, a known label and a score of the model"
    assert set(made["readers_points"].query("reader == 'ann'")["reason"]) == {row["reason"]}
    assert set(made["readers_mrmc"]["reason"]) == {"no case is read by all of them"}


def test_tied_scores_are_an_area_of_one_half_without_an_interval() -> None:
    cases = cases_of([1, 0, 1, 0, 1], [0.9, 0.2, 0.8, 0.3, 0.25])
    row = tables_of(cases, readings("ann", [50] * 5))["readers_auc"].iloc[0]
    assert row["auc"] == 0.5
    assert np.isnan(row["lower"])
    assert row["reason"] == "all scores are equal"
    assert not np.isnan(row["p"])


def test_one_class_and_no_threshold_are_named() -> None:
    cases = cases_of([1, 1, 1], [0.9, 0.2, 0.8])
    no_cutoff = Model("net", float("nan"), "probability", "youden")
    made = tables_of(cases, readings("ann", [90, 10, 80]), readings("bob", [90, 10, 20]), model=no_cutoff)
    assert set(made["readers_auc"]["reason"]) == {"only one class"}
    assert made["readers_roc"].empty
    points = made["readers_points"].set_index(["reader", "measure"])
    assert points.loc[("ann", "sensitivity"), "estimate"] == pytest.approx(2 / 3)
    assert "threshold was not estimable" in points.loc[("ann", "sensitivity"), "reason"]
    shares = made["readers_mrmc"].set_index("measure")
    assert shares.loc["sensitivity", "mean"] == pytest.approx(0.5)
    assert "threshold was not estimable" in shares.loc["sensitivity", "reason"]
    figure = Figure()
    draw_readers(made["readers_roc"], made["readers_points"], "net", "internal", figure)
    assert "not estimable" in figure.axes[0].texts[0].get_text()


def test_several_cases_of_a_patient_widen_the_interval() -> None:
    labels, values = [1.0, 0.0, 1.0, 0.0, 1.0, 0.0], [0.9, 0.2, 0.8, 0.7, 0.6, 0.3]
    scores = [80.0, 20.0, 30.0, 60.0, 90.0, 10.0]
    once = cases_of(labels, values)
    twice = cases_of(labels * 2, values * 2, [f"p{number}" for number in range(6)] * 2)
    single = tables_of(once, readings("ann", scores))
    double = tables_of(twice, readings("ann", scores * 2))
    for name in ("lower", "difference", "diff_upper"):
        assert double["readers_auc"][name].item() == pytest.approx(single["readers_auc"][name].item())
    assert double["readers_auc"]["method"].item() == "Obuchowski's clustered AUC, paired"
    assert set(double["readers_points"]["method"]) == {"Wald, cluster-robust by patient"}


def test_nobody_has_read_this_task() -> None:
    cases = cases_of([1, 0], [0.9, 0.2])
    assert tables_of(cases, readings("ann", [1, 2]).assign(task="other")) == {}


def test_the_figure_has_an_arrow_a_reader_and_a_number(published: dict[str, pd.DataFrame]) -> None:
    figure = Figure()
    draw_readers(published["readers_roc"], published["readers_points"], "net", "internal", figure)
    axes = figure.axes[0]
    frozen = published["readers_roc"].query("frozen")
    same = published["readers_points"].query("reader == 'R1' and arm == 'aided'").set_index("measure")["estimate"]
    assert frozen[["fpr", "tpr"]].iloc[0].tolist() == pytest.approx([1 - same["specificity"], same["sensitivity"]])
    numbers = [text.get_text() for text in axes.texts if text.get_text()]
    assert sorted(numbers) == list("123456")
    assert sum(text.arrow_patch is not None for text in axes.texts) == 6
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["net", "junior", "senior"]


def test_a_class_of_one_case_leaves_an_area_without_interval() -> None:
    cases = cases_of([1, 0, 0, 0], [0.9, 0.4, 0.6, 0.2])
    row = tables_of(cases, readings("ann", [80, 60, 70, 90]))["readers_auc"].iloc[0]
    assert row["auc"] == pytest.approx(2 / 3)
    assert np.isnan([row["lower"], row["upper"], row["p"]]).all()
    assert row["reason"]
    one = tables_of(cases_of([1, 1], [0.9, 0.4]), readings("ann", [80, 60]))["readers_auc"].iloc[0]
    assert np.isnan([row["lower"], one["auc"], one["lower"], one["upper"]]).all()


def test_a_single_patient_of_several_cases_gives_a_share_without_interval() -> None:
    cases = cases_of([1, 1, 1, 0], [0.9, 0.4, 0.6, 0.2], ["p", "p", "p", "q"])
    points = tables_of(cases, readings("ann", [80, 20, 70, 10]))["readers_points"].set_index("measure")
    assert points.loc["sensitivity", "estimate"] == pytest.approx(2 / 3)
    assert np.isnan(points.loc["sensitivity", ["lower", "upper"]].astype(float)).all()


def test_decisions_against_the_reference_standard_equal_r(published: dict[str, pd.DataFrame], oracle: Oracle) -> None:
    table = published["readers_reference"]
    for modality, arm in ARMS.items():
        of_readers = table[(table["arm"] == arm) & (table["scope"] == "reader")]
        for row in of_readers[of_readers["measure"].isin(["sensitivity", "specificity", "accuracy"])].to_dict(
            "records"
        ):
            got = {"est": row["estimate"], "wilson": [row["lower"], row["upper"]]}
            oracle.check(f"readers.per_reader.{row['name']}.{modality}.{row['measure']}", got)
    for measure in ("sensitivity", "specificity"):
        of_all = table[(table["scope"] == "all") & (table["measure"] == measure)].set_index("arm")
        key = f"readers.mrmc_{measure}_jackknife"
        oracle.check(
            key, {"mean_unaided": of_all.loc["alone", "estimate"], "mean_aided": of_all.loc["aided", "estimate"]}
        )
        change = of_all.loc["aided minus alone"]
        got = {"p": change["p"], "diff_aided_minus_unaided": change["estimate"]}
        oracle.check(f"{key}.rrrc", got | {"ci": [change["lower"], change["upper"]]})


def test_every_reader_level_and_the_mean_has_every_measure_in_every_arm(published: dict[str, pd.DataFrame]) -> None:
    table = published["readers_reference"]
    counted = table.groupby(["scope", "name", "arm"])["measure"].agg(list)
    measures = ["accuracy", "sensitivity", "specificity", "ppv", "npv", "f1", "kappa"]
    assert counted.map(lambda found: found == measures).all()
    assert len(counted) == (6 + 2 + 1) * 3
    assert table["estimate"].notna().all()
    assert table["lower"].notna().all()
    assert (table["lower"] <= table["estimate"]).all()
    assert (table["estimate"] <= table["upper"]).all()
    changes = table["arm"] == "aided minus alone"
    assert table.loc[changes, "p"].between(0, 1).all()
    assert table.loc[changes, "model"].isna().all()
    same = table[(table["name"] == "R1") & (table["arm"] == "aided")]
    assert same["model"].tolist() == pytest.approx(same["estimate"].tolist())
    assert same["model_lower"].tolist() == pytest.approx(same["lower"].tolist())


def test_a_reader_by_hand_and_what_is_not_estimable_has_a_reason() -> None:
    cases = cases_of([1, 1, 0, 0, 0], [0.9, 0.4, 0.6, 0.2, 0.1])
    made = tables_of(cases, readings("ann", [80, 60, 70, 20, 10]), readings("bob", [10, 10, 10, 10, 10]))
    table = made["readers_reference"].set_index(["name", "measure"])
    ann = table.loc["ann"]["estimate"].to_dict()
    assert ann == pytest.approx(
        {"accuracy": 0.8, "sensitivity": 1, "specificity": 2 / 3, "ppv": 2 / 3, "npv": 1, "f1": 0.8, "kappa": 8 / 13}
    )
    model = table.loc["ann"]["model"].to_dict()
    assert (model["accuracy"], model["f1"], model["kappa"]) == pytest.approx((0.6, 0.5, 1 / 6))
    nobody = table.loc[("bob", "ppv")]
    assert np.isnan(nobody["estimate"])
    assert nobody["reason"] == "undefined, or undefined without one of the patients"
    assert table.loc[("bob", "npv"), "estimate"] == pytest.approx(0.6)
    assert table.loc[("all readers", "ppv"), "reason"] == nobody["reason"]


def test_decisions_without_scores_have_measures_but_no_roc_curve() -> None:
    cases = cases_of([1, 1, 0, 0, 1, 0], [0.9, 0.4, 0.6, 0.2, 0.7, 0.1])
    parts = [
        readings(name, scores, arm).assign(score=np.nan)
        for name in ("ann", "bob")
        for arm, scores in (("alone", [80, 30, 40, 60, 60, 55]), ("aided", [85, 60, 40, 20, 60, 5]))
    ]
    made = tables_of(cases, *parts)
    assert made["readers_auc"]["auc"].isna().all()
    assert set(made["readers_auc"]["reason"]) == {"decisions without scores, which have no ROC curve"}
    table = made["readers_reference"].set_index(["name", "arm", "measure"])
    assert table.loc[("ann", "alone", "accuracy"), "estimate"] == pytest.approx(0.5)
    assert table.loc[("ann", "aided minus alone", "accuracy"), "estimate"] == pytest.approx(0.5)
    draw_readers(made["readers_roc"], made["readers_points"], "net", "internal", Figure())


def test_several_cases_of_a_patient_count_together() -> None:
    labels, values, scores = [1, 0, 1, 0, 1, 0], [0.9, 0.2, 0.3, 0.6, 0.8, 0.1], [80.0, 20, 30, 70, 60, 10]
    single = tables_of(cases_of(labels, values), readings("ann", scores))["readers_reference"]
    patients = [f"p{number // 2}" for number in range(12)]
    doubled = cases_of(np.repeat(labels, 2).tolist(), np.repeat(values, 2).tolist(), patients)
    twice = tables_of(doubled, readings("ann", np.repeat(scores, 2).tolist()))["readers_reference"]
    assert twice["estimate"].tolist() == pytest.approx(single["estimate"].tolist())
    f1 = [table.set_index(["scope", "measure"]).loc[("reader", "f1"), "lower"] for table in (single, twice)]
    assert f1[0] == pytest.approx(f1[1])
    shares = twice[(twice["scope"] == "reader") & (twice["measure"] == "accuracy")]
    assert set(shares["method"]) == {"Wald, cluster-robust by patient"}
