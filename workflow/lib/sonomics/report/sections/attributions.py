"""What the classifiers weighed: how much each feature moved the values of the test cases, and of every case."""

from collections.abc import Collection
from typing import Any

import pandas as pd
from markupsafe import Markup

from sonomics.core.attributions import weigh_features
from sonomics.core.schemas import TRAIN
from sonomics.core.svg import INK, PALETTE, WIDTH, Drawing
from sonomics.report.elements.figures import Figure
from sonomics.report.elements.numbers import format_decimal
from sonomics.report.elements.pictures import inline_svg
from sonomics.report.elements.section import Section
from sonomics.report.elements.tables import Cell, Table
from sonomics.report.study.evaluation import Evaluation

MOST_FEATURES = 15
MOST_OF_A_CASE = 5
LINE, LETTER, EDGE = 13.0, 3.8, 6.0  # points: height of a line, width of a letter, space at the sides


def build_attributions_section(attributions: pd.DataFrame, evaluation: Evaluation) -> Section | None:
    """Build the section on one task; None where no classifier of it has a feature.

    Parameters
    ----------
    attributions : DataFrame
        Schema ATTRIBUTIONS, of the main run.
    evaluation : Evaluation
        Of the main run.
    """
    of_task = attributions[attributions["task"] == evaluation.task]
    if of_task.empty:
        return None
    tables, figures = [], []
    for model, rows in of_task.groupby("model"):
        tested = rows[rows["split"] != TRAIN]
        shown = tested if len(tested) else rows
        tables.append(_tabulate(str(model), shown))
        if shown["class"].nunique() == 1:
            weights = weigh_features(shown).head(MOST_FEATURES)
            svg = draw_attributions(weights, shown).svg()
            title = f"{model}: every point is a case or image; its colour is the value of the feature"
            panel = (title, Markup(inline_svg(svg, f"{evaluation.task}-attributions-{model}")))
            caption = "Blue: up to the median of the feature; orange: above it. To the right the value rises."
            figures.append(Figure("attributions", str(model), caption, [panel]))
    description = (
        "Shapley values (SHAP) share the value that a classifier gives a case out among its features: with the mean "
        "value of the training cases, told by centroids, they sum to it. Exact for trees and linear models, estimated "
        "over random orders of the features for others. Shown are test cases, by the model that scored them. They say "
        "what the model used, not what causes the disease; features that go together share their weight by chance."
    )
    return Section("attributions", "What the classifiers weighed", [description], tables, figures)


def list_of_cases(attributions: pd.DataFrame, cases: Collection[str]) -> dict[str, list[dict[str, Any]]]:
    """List, for each case, what moved each classifier most: model, scale, and up to five features.

    Parameters
    ----------
    attributions : DataFrame
        Schema ATTRIBUTIONS, of one task.
    cases : collection of str

    Returns
    -------
    dict
        Case -> `model, scale, features`, a list of (feature, value, attribution), the largest first; of several images
        of a case the means, of several classes the likeliest.
    """
    rows = attributions[attributions["case"].isin(set(cases))]
    keys = ["case", "model", "class", "scale"]
    means = rows.groupby([*keys, "feature"], as_index=False)[["value", "attribution", "base"]].mean()
    listed: dict[str, list[dict[str, Any]]] = {}
    for (case, model), of_model in means.groupby(["case", "model"]):
        total = of_model.groupby("class")["attribution"].sum() + of_model.groupby("class")["base"].first().fillna(0)
        likeliest = total.idxmax()
        of_class = of_model[of_model["class"] == likeliest]
        largest = of_class.assign(size=-of_class["attribution"].abs()).sort_values(["size", "feature"])
        first = largest.head(MOST_OF_A_CASE)
        numbers = zip(first["value"].round(3).tolist(), first["attribution"].round(4).tolist(), strict=True)
        features = [(str(name), *pair) for name, pair in zip(first["feature"], numbers, strict=True)]
        title = str(model) if len(total) == 1 else f"{model}, {likeliest}"
        scale = str(of_class["scale"].iloc[0])
        listed.setdefault(str(case), []).append({"model": title, "scale": scale, "features": features})
    return listed


def draw_attributions(weights: pd.Series, rows: pd.DataFrame) -> Drawing:
    """Draw every row's attributions as points, a line of them for each feature, the heaviest on top.

    Parameters
    ----------
    weights : Series indexed by feature
    rows : DataFrame
        Schema ATTRIBUTIONS, of one model and class.
    """
    scale = rows["scale"].iloc[0]
    most = float(rows["attribution"].abs().max()) or 1.0
    room = EDGE + LETTER * max(len(str(name)) for name in weights.index)
    drawing = Drawing(room + WIDTH, LINE * len(weights) + 18)
    half = WIDTH / 2 - EDGE
    middle = room + WIDTH / 2
    drawing.line([(middle, 2), (middle, drawing.height - 14)], INK, 0.5)
    for number, feature in enumerate(weights.index):
        top = LINE * number
        drawing.text(room - 4, top + 9, str(feature), "end", size=7)
        of_feature = rows[rows["feature"] == feature].sort_values(["case", "image"])
        median = of_feature["value"].median()
        for place, (value, moved) in enumerate(zip(of_feature["value"], of_feature["attribution"], strict=True)):
            colour = PALETTE[1] if value > median else PALETTE[0]
            drawing.dot(middle + half * moved / most, top + 7 + 1.6 * (place % 5 - 2), colour, 1.2)
    foot = drawing.height - 4
    drawing.text(middle - half, foot, f"-{format_decimal(most)}", size=7)
    drawing.text(middle, foot, f"0 ({scale})", "middle", size=7)
    drawing.text(middle + half, foot, format_decimal(most), "end", size=7)
    return drawing


def _tabulate(model: str, rows: pd.DataFrame) -> Table:
    scale = str(rows["scale"].iloc[0])
    by_class = {str(name): of_class for name, of_class in rows.groupby("class", sort=False)}
    weights = pd.DataFrame({name: weigh_features(of_class) for name, of_class in by_class.items()})
    heaviest = weights.mean(axis=1).sort_index().sort_values(ascending=False, kind="stable").index[:MOST_FEATURES]
    lines = []
    for feature in heaviest:
        cells = [
            Cell(
                format_decimal(weights.loc[feature, name], 3), _tell_direction(of_class[of_class["feature"] == feature])
            )
            for name, of_class in by_class.items()
        ]
        lines.append([Cell(str(feature)), *cells])
    headings = ["Weight"] if len(by_class) == 1 else [f"Weight, {name}" for name in by_class]
    note = f"Mean absolute attribution over the test cases ({scale}); below it, how the value follows the feature."
    return Table(f"{model}: features by weight", ["Feature", *headings], lines, note)


def _tell_direction(rows: pd.DataFrame) -> str:
    if rows["value"].nunique() < 2 or rows["attribution"].nunique() < 2:
        return ""
    rises = rows["value"].corr(rows["attribution"], method="spearman")
    return "rises with it" if rises > 0 else "falls with it" if rises < 0 else ""
