"""The flow chart of the screening as a vector figure, fit for a journal: labelled boxes, a column a split."""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd

from sonomics.clean.screening import flow_counts as flow
from sonomics.clean.screening.criteria import PREFIX

# In points of 1/72 inch; three columns are 180 mm wide, the width of a journal's page.
WIDTH, GAP, MARGIN = 160.0, 13.0, 2.0
INDENT, RAIL = 22.0, 9.0
SIZE, LINE, PAD, STEP = 7.5, 10.5, 6.0, 12.0
LETTER = 0.56  # mean width of a letter over its size
INK, QUIET, EDGE, WASH = "#222222", "#555555", "#0072B2", "#EEF4F9"
HANGING = "  "
FONT = "Arial, Helvetica, 'Liberation Sans', 'DejaVu Sans', sans-serif"

LISTED, INCLUDED = "Listed in the cohort", "Included"
NOUNS = ("patient", "case", "image")
WORDS = {
    "unreadable": "file not readable",
    "not_ultrasound": "no ultrasound image",
    "undecodable": "pixels not readable",
    "damaged": "damaged header",
    "not_found": "exam not found in the source",
    "not_retrieved": "not handed over by the PACS",
    "no_view": "no view of the study",
    "view_unknown": "view not known",
    "no_frame_times": "clip without frame times",
    "no_frame_in_window": "no frame in the time window",
    "duplicate": "repeat within the case",
    "duplicate_of_test": "training copy of a test image",
    "no_image": "nothing exported",
    "no_kept_image": "all images excluded",
}


@dataclass(frozen=True)
class Box:
    """One box of a column: a bold heading and lines; `aside` boxes hang beside the path."""

    heading: str
    lines: tuple[str, ...]
    aside: bool

    @property
    def height(self) -> float:
        """Height in points."""
        return 2 * PAD + LINE * (1 + len(self.lines))


def draw(steps: pd.DataFrame, criteria: Sequence[Mapping[str, Any]], simulated: bool) -> str:
    """Draw the flow chart.

    Parameters
    ----------
    steps : DataFrame
        From `sonomics.clean.screening.flow_counts.flow`.
    criteria : sequence of mapping
        `clean.criteria` of params; `title` says in words what its excluded cases or images are.
    simulated : bool
        Whether the figure must say that its data are simulated.

    Returns
    -------
    str
        SVG, text as text, the same for the same table.
    """
    titles = {PREFIX + str(one["name"]): str(one.get("title", _plain(one))) for one in criteria}
    splits = flow.in_order(steps["split"])
    with_criteria = any(one.get("level", "case") == "case" for one in criteria)
    columns = [_boxes(steps[steps["split"] == split], title_of(split), titles, with_criteria) for split in splits]
    heights = [max(boxes[row].height for boxes in columns) for row in range(len(columns[0]))]
    width = 2 * MARGIN + len(splits) * WIDTH + (len(splits) - 1) * GAP
    total = _main(steps, flow.LISTED, LISTED)
    parts = [_box(total, (width - WIDTH) / 2, MARGIN, WIDTH)]
    bus = MARGIN + total.height + STEP
    top = bus + STEP
    parts.append(_line(width / 2, MARGIN + total.height, width / 2, bus))
    centres = [MARGIN + place * (WIDTH + GAP) + WIDTH / 2 for place in range(len(splits))]
    parts.append(_line(centres[0], bus, centres[-1], bus))
    for centre, boxes in zip(centres, columns, strict=True):
        parts.append(_line(centre, bus, centre, top, arrow=True))
        parts += _column(boxes, heights, centre - WIDTH / 2, top)
    bottom = top + sum(heights) + STEP * (len(heights) - 1) + MARGIN
    if simulated:
        bottom += LINE
        parts.append(_text("simulated data", width - MARGIN, bottom - 3, anchor="end", fill=QUIET))
    return _document(parts, width, bottom, _described(steps))


def title_of(split: str) -> str:
    """Name a split for people."""
    stem, _, number = split.partition("_")
    names = {"train": "Training set", "internal": "Internal test set", "prospective": "Prospective test set"}
    return names.get(stem, f"External test set {number}")


def in_words(reason: str, titles: Mapping[str, str]) -> str:
    """Say a reason in words."""
    if reason in titles:
        return titles[reason]
    return WORDS.get(reason, reason.replace("qc_", "quality control: ", 1).replace("_", " "))


def counted(number: int, noun: str) -> str:
    """Write a number with its noun: "1 image", "2,060 images"."""
    return f"{number:,} {noun if number == 1 else noun + 's'}"


def _plain(criterion: Mapping[str, Any]) -> str:
    name = str(criterion["name"]).replace("_", " ")
    return name if criterion.get("kind") == "exclusion" else f"not met: {name}"


def _boxes(steps: pd.DataFrame, title: str, titles: Mapping[str, str], with_criteria: bool) -> list[Box]:
    boxes = [_main(steps, flow.LISTED, title)]
    if with_criteria:
        boxes += [
            _aside(steps, flow.CRITERIA, "Cases excluded", titles),
            _main(steps, flow.ELIGIBLE, "Criteria met"),
        ]
    boxes += [
        _aside(steps, flow.IMAGES, "Images excluded", titles),
        _aside(steps, flow.CASES, "Cases left without image", titles),
        _main(steps, flow.INCLUDED, INCLUDED),
    ]
    return boxes


def _main(steps: pd.DataFrame, step: str, heading: str) -> Box:
    """Make the box of a step; over several splits it holds their sums."""
    rows = steps[steps["step"] == step]
    return Box(heading, tuple(counted(int(rows[f"{noun}s"].sum()), noun) for noun in NOUNS), False)


def _aside(steps: pd.DataFrame, step: str, heading: str, titles: Mapping[str, str]) -> Box:
    rows = steps[steps["step"] == step]
    unit = "images" if step == flow.IMAGES else "cases"
    lines = []
    for row in rows.to_dict("records"):
        text = f"{row[unit]:,} {in_words(str(row['reason']), titles)}"
        if step == flow.CRITERIA:
            text += " (" + counted(int(row["images"]), "image").replace(" ", "\N{NO-BREAK SPACE}") + ")"
        lines += textwrap.wrap(text, int((WIDTH - INDENT - 2 * PAD) / (SIZE * LETTER)), subsequent_indent=HANGING)
    return Box(f"{heading}: {rows[unit].sum():,}", tuple(lines), True)


def _described(steps: pd.DataFrame) -> str:
    ends = [_main(steps, flow.LISTED, LISTED), _main(steps, flow.INCLUDED, INCLUDED)]
    return "; ".join(f"{box.heading}: {', '.join(box.lines)}" for box in ends) + "."


def _column(boxes: Sequence[Box], heights: Sequence[float], left: float, top: float) -> list[str]:
    """Draw boxes below each other, joined by a path; those aside hang from it by an arrow."""
    parts = []
    y, path = top, top
    for box, height in zip(boxes, heights, strict=True):
        if box.aside:
            middle = y + PAD + LINE / 2
            parts.append(_line(left + RAIL, middle, left + INDENT, middle, arrow=True))
            parts.append(_box(box, left + INDENT, y, WIDTH - INDENT))
        else:
            if y > top:
                parts.append(_line(left + RAIL, path, left + RAIL, y, arrow=True))
            parts.append(_box(box, left, y, WIDTH))
            path = y + box.height
        y += height + STEP
    return parts


def _box(box: Box, left: float, top: float, width: float) -> str:
    fill, edge = ("white", QUIET) if box.aside else (WASH, EDGE)
    frame = (
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{box.height:.1f}" rx="2" '
        f'fill="{fill}" stroke="{edge}" stroke-width="0.8"/>'
    )
    first = top + PAD + LINE * 0.78
    texts = [_text(box.heading, left + PAD, first, bold=True)]
    texts += [_text(line, left + PAD, first + LINE * (1 + place)) for place, line in enumerate(box.lines)]
    return "\n".join([frame, *texts])


def _line(x: float, y: float, to_x: float, to_y: float, arrow: bool = False) -> str:
    head = ' marker-end="url(#arrow)"' if arrow else ""
    return f'<path d="M{x:.1f} {y:.1f}L{to_x:.1f} {to_y:.1f}" stroke="{QUIET}" stroke-width="0.8" fill="none"{head}/>'


def _text(text: str, x: float, y: float, bold: bool = False, fill: str = INK, anchor: str = "start") -> str:
    weight = ' font-weight="bold"' if bold else ""
    indent = SIZE if text.startswith(HANGING) else 0.0
    place = f'x="{x + indent:.1f}" y="{y:.1f}"'
    return f'<text {place} fill="{fill}" text-anchor="{anchor}"{weight}>{escape(text.strip())}</text>'


def _document(parts: Sequence[str], width: float, height: float, described: str) -> str:
    arrow = (
        '<defs><marker id="arrow" viewBox="0 0 6 6" refX="5.5" refY="3" markerWidth="6" markerHeight="6" '
        f'orient="auto-start-reverse"><path d="M0 0.6L5.5 3L0 5.4z" fill="{QUIET}"/></marker></defs>'
    )
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.1f} {height:.1f}" width="{width:.1f}pt" '
        f'height="{height:.1f}pt" role="img" font-family="{FONT}" font-size="{SIZE}">'
    )
    title = f"<title>Flow of patients, cases and images</title>\n<desc>{escape(described)}</desc>"
    return "\n".join([head, title, arrow, *parts, "</svg>"]) + "\n"
