from xml.etree import ElementTree

import pandas as pd
import pytest

from sonomics.core.files import write_csv, write_text
from sonomics.core.settings.tasks import BinaryTask, ClassesTask, SurvivalTask
from sonomics.report.sections.learned import (
    LearnedTable,
    build_learned_sections,
    tabulate_frequencies,
    tabulate_ratios,
)
from sonomics.report.sections.nomogram import draw_nomogram
from sonomics.statistics.regression.nomogram import (
    build_nomogram,
    join_nomograms,
    scale_events,
    scale_odds,
    scale_probability,
)

POINTS = build_nomogram({"age": [("20", 2.0), ("40", 4.0)], "sex": [("F", 0.0), ("M", 1.0)]}, [scale_probability(-4)])
ODDS = pd.DataFrame(
    [
        ("age", "univariable", 1.5, 1.2, 1.9, 0.0004),
        ("sex=M", "univariable", float("nan"), float("nan"), float("nan"), float("nan")),
        ("age", "multivariable", 1.4, 1.1, 1.8, 0.004),
    ],
    columns=["variable", "model", "odds_ratio", "lower", "upper", "p"],
)
BINARY = BinaryTask.partial({"type": "binary", "column": "cancer", "positive": 1})
OFTEN = pd.DataFrame(
    {"feature": ["a", "b"], "all": [True, False], "folds": [1.0, 0.2], "resamples": [0.87, float("nan")]}
)


@pytest.fixture
def learned(tmp_path):
    """What select, train and stack leave of one main run."""
    chosen, clinic, final = (
        tmp_path / place
        for place in (
            "select/main/texture/recurrence/all",
            "train/main/clinic/recurrence/all",
            "stack/main/both/recurrence",
        )
    )
    write_csv(chosen / "frequencies.csv", OFTEN)
    for name in ("steps", "curve", "path", "frequencies"):
        write_text(chosen / f"{name}.svg", '<svg xmlns="http://www.w3.org/2000/svg" width="9pt" height="9pt"></svg>')
    write_csv(clinic / "odds_ratios.csv", ODDS)
    write_csv(clinic / "nomogram.csv", POINTS)
    write_csv(final / "nomogram.csv", POINTS.iloc[:0])
    return [
        LearnedTable("texture", "recurrence", chosen / "frequencies.csv"),
        LearnedTable("clinic", "recurrence", clinic / "odds_ratios.csv"),
        LearnedTable("clinic", "recurrence", clinic / "nomogram.csv"),
        LearnedTable("both", "recurrence", final / "nomogram.csv"),
    ]


def test_sections_of_a_task(learned):
    choice, clinical, nomograms = build_learned_sections(learned, "recurrence", BINARY)
    (figure,) = choice.figures
    assert figure.panels[0][0] == "texture: features left after each step"
    assert len(figure.panels) == 4
    assert choice.tables[0].caption.startswith("texture")
    assert clinical.tables[0].caption == "clinic: odds ratios"
    assert [figure.title for figure in nomograms.figures] == ["clinic"]
    alternative, svg = nomograms.figures[0].panels[0]
    assert "most points: age 100 and sex 50" in alternative
    assert "Total points" in svg
    assert build_learned_sections(learned, "another", BINARY) == []


def test_a_model_of_which_the_folds_score_test_cases_is_not_shown_as_what_scored_them(learned):
    _, clinical, nomograms = build_learned_sections(learned, "recurrence", BINARY, ["clinic"])
    for section in (clinical, nomograms):
        assert "scored by the mean of the models of the folds" in section.paragraphs[-1]
    _, clinical, nomograms = build_learned_sections(learned, "recurrence", BINARY, ["another"])
    assert not any("mean of the models" in text for text in [*clinical.paragraphs, *nomograms.paragraphs])


def test_odds_ratios_that_are_not_estimable_say_why():
    rows = {row[0].main: row[1:] for row in tabulate_ratios("clinic", "odds_ratios.csv", ODDS, BINARY).rows}
    assert [cell.main for cell in rows["age"]] == ["1.500", "< 0.001", "1.400", "0.004"]
    assert rows["age"][0].detail == "1.200 to 1.900"
    assert rows["sex=M"][0].main == "not estimable"
    assert rows["sex=M"][2].main == "–"


def test_frequencies_are_shares_of_folds_and_resamples():
    rows = tabulate_frequencies("texture", OFTEN).rows
    assert [cell.main for cell in rows[0]] == ["a", "yes", "100 %", "87 %"]
    assert [cell.main for cell in rows[1]] == ["b", "no", "20 %", "–"]
    many = pd.concat([OFTEN] * 15, ignore_index=True)
    assert tabulate_frequencies("texture", many).note == "The first 20 of 30."


def test_marks_of_a_nomogram_lie_at_their_points():
    root = ElementTree.fromstring(draw_nomogram(POINTS))
    at = {}
    for part in root:
        if part.tag.endswith("text") and part.get("text-anchor") == "middle":
            at.setdefault(part.text, []).append((float(part.get("y")), float(part.get("x"))))
    first, last = (next(x for _, x in at[label]) for label in ("0", "100"))
    place = {label: at[label][-1][1] for label in ("M", "0.5")}
    points = POINTS.set_index(["axis", "label"])["points"]
    most = points["Total points"].max()
    assert place["M"] == pytest.approx(first + (last - first) * points["sex", "M"] / 100, abs=0.02)
    assert place["0.5"] == pytest.approx(first + (last - first) * points["Probability", "0.5"] / most, abs=0.02)


def test_probabilities_out_of_reach_are_named():
    assert "beyond the probabilities shown" in draw_nomogram(POINTS[POINTS["kind"] != "probability"])


def test_ratios_of_classes_have_a_row_each_and_hazard_ratios_their_own_words():
    nominal = ClassesTask.partial({"type": "classes", "column": "grade", "classes": ["low", "mid", "high"]})
    of_classes = pd.DataFrame(
        [("age", "univariable", word, 1.5, 1.2, 1.9, 0.0004) for word in ("mid", "high")]
        + [("age", "multivariable", "high", 1.4, 1.1, 1.8, 0.004)],
        columns=["variable", "model", "class", "odds_ratio", "lower", "upper", "p"],
    )
    table = tabulate_ratios("clinic", "odds_ratios.csv", of_classes, nominal)
    assert table.columns[:3] == ["Variable", "Class", "OR, univariable"]
    assert [[cell.main for cell in row] for row in table.rows] == [
        ["age", "mid", "1.500", "< 0.001", "–", "–"],
        ["age", "high", "1.500", "< 0.001", "1.400", "0.004"],
    ]
    assert table.note.startswith("Multinomial logistic regression on all training cases")
    assert table.note.endswith("The odds are those of the class to the first class of the task.")
    ordered = nominal.model_copy(update={"ordered": True})
    note = tabulate_ratios("clinic", "odds_ratios.csv", ODDS, ordered).note
    assert note.startswith("Proportional-odds logistic regression")
    assert "later classes" in note
    survival = SurvivalTask.partial({"type": "survival", "horizons": [12]})
    hazards = tabulate_ratios(
        "clinic", "hazard_ratios.csv", ODDS.rename(columns={"odds_ratio": "hazard_ratio"}), survival
    )
    assert hazards.caption == "clinic: hazard ratios"
    assert hazards.columns[1] == "HR, univariable"
    assert hazards.note.startswith("Cox regression")
    assert "early from late" in {row[0].main: row for row in hazards.rows}["sex=M"][1].detail


def test_a_nomogram_of_classes_is_drawn_once_a_class(tmp_path):
    axes = {"age": [("20", 2.0), ("40", 4.0)], "sex": [("F", 0.0), ("M", 1.0)]}
    points = join_nomograms({word: build_nomogram(axes, [scale_odds(-4, f"Odds of {word} to low")]) for word in "ab"})
    write_csv(tmp_path / "nomogram.csv", points)
    nominal = ClassesTask.partial({"type": "classes", "column": "grade", "classes": ["low", "a", "b"]})
    (section,) = build_learned_sections([LearnedTable("clinic", "t", tmp_path / "nomogram.csv")], "t", nominal)
    (figure,) = section.figures
    assert [alternative.split(":")[0] for alternative, _ in figure.panels] == ["clinic, a", "clinic, b"]
    assert "Odds of b to low" in figure.panels[1][1]
    assert "1 + sum of the odds" in figure.caption
    assert "the odds that it follows from" in section.paragraphs[0]


def test_a_nomogram_has_a_line_a_horizon_and_room_for_its_name():
    axes = {"age": [("20", 2.0), ("40", 4.0)]}
    drawn = draw_nomogram(build_nomogram(axes, scale_events([3, 20], [0.01, 0.05], 40, -2, [12, 24, 60])))
    assert "Event by 12 months" in drawn
    assert "Event by 24 months" in drawn
    assert "Event by 60 months" not in drawn
    wide = ElementTree.fromstring(draw_nomogram(build_nomogram({"n" * 40: axes["age"]}, [scale_probability(-3)])))
    assert float(wide.get("width").rstrip("pt")) > 420
