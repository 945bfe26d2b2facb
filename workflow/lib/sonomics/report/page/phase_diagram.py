"""A picture of the nine phases, with what each has made."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

from sonomics.core.params import PHASES
from sonomics.report.elements.numbers import plural

WIDTH, HEIGHT, GAP, ACROSS = 208, 74, 52, 3


def spine_counts(metrics: Mapping[str, Any], params: Mapping[str, Any]) -> dict[str, str]:
    """Say in a few words what every phase has made; nothing where its metrics do not tell.

    Parameters
    ----------
    metrics : mapping
        Phase to the content of its metrics file.
    params : mapping
        All parameters.
    """

    def kept(of: Any) -> int:
        return sum(family["kept"] for task in of["features"]["main"].values() for family in task.values())

    told: dict[str, Callable[[Any], str]] = {
        "export": lambda of: f"{of['cases']:,} cases, {of['files']:,} files",
        "clean": lambda of: f"{of['images']['kept']:,} of {of['images']['exported']:,} images kept",
        "crop": lambda of: f"{of['main']['crops']:,} crops",
        "extract": lambda of: f"{sum(family['features'] for family in of['main'].values()):,} features",
        "select": lambda of: f"{kept(of):,} features kept",
        "train": lambda of: plural(len(params["train"]["models"]), "model"),
        "stack": lambda of: plural(len(params["stack"]["models"]), "final model"),
        "evaluate": lambda of: (
            f"{plural(len(params['study']['variants']), 'run')}, {plural(len(params['study']['tasks']), 'task')}"
        ),
    }
    counts = {}
    for phase in PHASES:
        try:
            counts[phase] = told[phase](metrics[phase])
        except (KeyError, TypeError):
            counts[phase] = ""
    return {**counts, "report": "this page"}


def spine_svg(counts: Mapping[str, str]) -> Markup:
    """Draw the phases as boxes in three rows, read like lines of text, with an arrow from each to the next."""
    boxes = [_box(phase, counts[phase], *_corner(place)) for place, phase in enumerate(PHASES)]
    arrows = [_arrow(_corner(place), _corner(place + 1)) for place in range(len(PHASES) - 1)]
    width, height = ACROSS * WIDTH + (ACROSS - 1) * GAP, 3 * HEIGHT + 2 * GAP
    head = (
        '<marker id="spine-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
        '<path d="M0 0L8 4L0 8z"/></marker>'
    )
    return Markup(
        f'<svg class="spine" aria-hidden="true" focusable="false" viewBox="-2 -2 {width + 4} {height + 4}">'
        f"<defs>{head}</defs>{''.join(boxes)}{''.join(arrows)}</svg>"
    )


def spine_words(counts: Mapping[str, str]) -> str:
    """Say what the picture shows, for those who do not see it."""
    return "Phases of the run: " + "; ".join(
        f"{phase} ({count})" if count else phase for phase, count in counts.items()
    )


def _corner(place: int) -> tuple[int, int]:
    row, column = divmod(place, ACROSS)
    return column * (WIDTH + GAP), row * (HEIGHT + GAP)


def _box(phase: str, count: str, x: int, y: int) -> str:
    middle = x + WIDTH // 2
    return (
        f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="8"/>'
        f'<text x="{middle}" y="{y + 31}" class="phase">{escape(phase)}</text>'
        f'<text x="{middle}" y="{y + 55}">{escape(count)}</text>'
    )


def _arrow(start: tuple[int, int], end: tuple[int, int]) -> str:
    if start[1] == end[1]:
        middle = start[1] + HEIGHT // 2
        return _path([(start[0] + WIDTH, middle), (end[0] - 2, middle)])
    below, between = start[1] + HEIGHT, start[1] + HEIGHT + GAP // 2
    from_x, to_x = start[0] + WIDTH // 2, end[0] + WIDTH // 2
    return _path([(from_x, below), (from_x, between), (to_x, between), (to_x, end[1] - 2)])


def _path(points: Sequence[tuple[int, int]]) -> str:
    way = "L".join(f"{x} {y}" for x, y in points)
    return f'<path class="way" d="M{way}" marker-end="url(#spine-tip)"/>'
