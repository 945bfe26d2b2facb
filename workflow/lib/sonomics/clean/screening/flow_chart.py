"""Draw the flow chart of the screening as a vector figure for a journal: labelled boxes, one column per split."""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import pandas as pd

from sonomics.clean.screening import flow_counts
from sonomics.clean.screening.criteria import CASE, PREFIX
from sonomics.core.settings.clean import Criterion

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
    "volume": "volume, not supported",
    "over_limit": "over a limit of size",
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
    """One box of a column: a bold heading and lines; `aside` boxes hang at the side of the path."""

    heading: str
    lines: tuple[str, ...]
    aside: bool

    @property
    def height(self) -> float:
        """Height in points."""
        return 2 * PAD + LINE * (1 + len(self.lines))


def draw_flow_chart(steps: pd.DataFrame, criteria: Sequence[Criterion], simulated: bool) -> str:
    """Draw the flow chart.

    Parameters
    ----------
    steps : DataFrame
        From `sonomics.clean.screening.flow_counts.flow`.
    criteria : sequence of Criterion
        `clean.criteria` of params; `title` says in words what its excluded cases or images are.
    simulated : bool
        Whether the figure must say that its data are simulated.

    Returns
    -------
    str
        SVG with text as text; the same table gives the same bytes.
    """
    titles = {PREFIX + criterion.name: criterion.title or _word_criterion(criterion) for criterion in criteria}
    splits = flow_counts.order_splits(steps["split"])
    with_criteria = any(criterion.level == CASE for criterion in criteria)
    columns = [
        _make_boxes(steps[steps["split"] == split], name_split(split), titles, with_criteria) for split in splits
    ]
    heights = [max(boxes[row].height for boxes in columns) for row in range(len(columns[0]))]
    width = 2 * MARGIN + len(splits) * WIDTH + (len(splits) - 1) * GAP
    total = _make_step_box(steps, flow_counts.LISTED, LISTED)
    parts = [_draw_box(total, (width - WIDTH) / 2, MARGIN, WIDTH)]
    bus = MARGIN + total.height + STEP
    top = bus + STEP
    parts.append(_draw_line(width / 2, MARGIN + total.height, width / 2, bus))
    centres = [MARGIN + column * (WIDTH + GAP) + WIDTH / 2 for column in range(len(splits))]
    parts.append(_draw_line(centres[0], bus, centres[-1], bus))
    for centre, boxes in zip(centres, columns, strict=True):
        parts.append(_draw_line(centre, bus, centre, top, arrow=True))
        parts += _draw_column(boxes, heights, centre - WIDTH / 2, top)
    bottom = top + sum(heights) + STEP * (len(heights) - 1) + MARGIN
    if simulated:
        bottom += LINE
        parts.append(_draw_text("simulated data", width - MARGIN, bottom - 3, anchor="end", fill=QUIET))
    return _assemble(parts, width, bottom, _describe(steps))


def name_split(split: str) -> str:
    """Return the name of a split for readers."""
    stem, _, number = split.partition("_")
    names = {"train": "Training set", "internal": "Internal test set", "prospective": "Prospective test set"}
    return names.get(stem, f"External test set {number}")


def word_reason(reason: str, titles: Mapping[str, str]) -> str:
    """Return a reason in words."""
    if reason in titles:
        return titles[reason]
    return WORDS.get(reason, reason.replace("qc_", "quality control: ", 1).replace("_", " "))


def count_in_words(number: int, noun: str) -> str:
    """Return a number with its noun: "1 image", "2,060 images"."""
    return f"{number:,} {noun if number == 1 else noun + 's'}"


def _word_criterion(criterion: Criterion) -> str:
    name = criterion.name.replace("_", " ")
    return name if criterion.kind == "exclusion" else f"not met: {name}"


def _make_boxes(steps: pd.DataFrame, title: str, titles: Mapping[str, str], with_criteria: bool) -> list[Box]:
    boxes = [_make_step_box(steps, flow_counts.LISTED, title)]
    if with_criteria:
        boxes += [
            _make_side_box(steps, flow_counts.CRITERIA, "Cases excluded", titles),
            _make_step_box(steps, flow_counts.ELIGIBLE, "Criteria met"),
        ]
    boxes += [
        _make_side_box(steps, flow_counts.IMAGES, "Images excluded", titles),
        _make_side_box(steps, flow_counts.CASES, "Cases left without image", titles),
        _make_step_box(steps, flow_counts.INCLUDED, INCLUDED),
    ]
    return boxes


def _make_step_box(steps: pd.DataFrame, step: str, heading: str) -> Box:
    """Make the box of a step; over several splits it holds their sums."""
    rows = steps[steps["step"] == step]
    return Box(heading, tuple(count_in_words(int(rows[f"{noun}s"].sum()), noun) for noun in NOUNS), False)


def _make_side_box(steps: pd.DataFrame, step: str, heading: str, titles: Mapping[str, str]) -> Box:
    rows = steps[steps["step"] == step]
    unit = "images" if step == flow_counts.IMAGES else "cases"
    lines = []
    for row in rows.to_dict("records"):
        text = f"{row[unit]:,} {word_reason(str(row['reason']), titles)}"
        if step == flow_counts.CRITERIA:
            text += " (" + count_in_words(int(row["images"]), "image").replace(" ", "\N{NO-BREAK SPACE}") + ")"
        lines += textwrap.wrap(text, int((WIDTH - INDENT - 2 * PAD) / (SIZE * LETTER)), subsequent_indent=HANGING)
    return Box(f"{heading}: {rows[unit].sum():,}", tuple(lines), True)


def _describe(steps: pd.DataFrame) -> str:
    ends = [_make_step_box(steps, flow_counts.LISTED, LISTED), _make_step_box(steps, flow_counts.INCLUDED, INCLUDED)]
    return "; ".join(f"{box.heading}: {', '.join(box.lines)}" for box in ends) + "."


def _draw_column(boxes: Sequence[Box], heights: Sequence[float], left: float, top: float) -> list[str]:
    """Draw boxes below each other, joined by a path; those aside hang from it by an arrow."""
    parts = []
    y, path = top, top
    for box, height in zip(boxes, heights, strict=True):
        if box.aside:
            middle = y + PAD + LINE / 2
            parts.append(_draw_line(left + RAIL, middle, left + INDENT, middle, arrow=True))
            parts.append(_draw_box(box, left + INDENT, y, WIDTH - INDENT))
        else:
            if y > top:
                parts.append(_draw_line(left + RAIL, path, left + RAIL, y, arrow=True))
            parts.append(_draw_box(box, left, y, WIDTH))
            path = y + box.height
        y += height + STEP
    return parts


def _draw_box(box: Box, left: float, top: float, width: float) -> str:
    fill, edge = ("white", QUIET) if box.aside else (WASH, EDGE)
    frame = (
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{box.height:.1f}" rx="2" '
        f'fill="{fill}" stroke="{edge}" stroke-width="0.8"/>'
    )
    first = top + PAD + LINE * 0.78
    texts = [_draw_text(box.heading, left + PAD, first, bold=True)]
    texts += [_draw_text(line, left + PAD, first + LINE * (1 + number)) for number, line in enumerate(box.lines)]
    return "\n".join([frame, *texts])


def _draw_line(x: float, y: float, to_x: float, to_y: float, arrow: bool = False) -> str:
    head = ' marker-end="url(#arrow)"' if arrow else ""
    return f'<path d="M{x:.1f} {y:.1f}L{to_x:.1f} {to_y:.1f}" stroke="{QUIET}" stroke-width="0.8" fill="none"{head}/>'


def _draw_text(text: str, x: float, y: float, bold: bool = False, fill: str = INK, anchor: str = "start") -> str:
    weight = ' font-weight="bold"' if bold else ""
    indent = SIZE if text.startswith(HANGING) else 0.0
    position = f'x="{x + indent:.1f}" y="{y:.1f}"'
    return f'<text {position} fill="{fill}" text-anchor="{anchor}"{weight}>{escape(text.strip())}</text>'


def _assemble(parts: Sequence[str], width: float, height: float, described: str) -> str:
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
