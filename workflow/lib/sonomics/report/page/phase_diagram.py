"""A diagram of the nine phases, with what each has produced."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

from sonomics.core.params import PHASES
from sonomics.core.settings.parameters import Parameters
from sonomics.report.elements.numbers import format_count

WIDTH, HEIGHT, GAP = 208, 74, 52  # of a box, and between boxes, in SVG units
COLUMNS = 3


def count_products(metrics: Mapping[str, Any], params: Parameters) -> dict[str, str]:
    """Describe in a few words what every phase has produced; "" where its metrics do not say.

    Parameters
    ----------
    metrics : mapping
        Phase to the content of its metrics file.
    params : Parameters
    """

    def count_kept(selected: Any) -> int:
        return sum(family["kept"] for task in selected["features"]["main"].values() for family in task.values())

    descriptions: dict[str, Callable[[Any], str]] = {
        "export": lambda counts: f"{counts['cases']:,} cases, {counts['files']:,} files",
        "clean": lambda counts: f"{counts['images']['kept']:,} of {counts['images']['exported']:,} images kept",
        "crop": lambda counts: f"{counts['main']['crops']:,} crops",
        "extract": lambda counts: f"{sum(family['features'] for family in counts['main'].values()):,} features",
        "select": lambda counts: f"{count_kept(counts):,} features kept",
        "train": lambda _: format_count(len(params.train.models), "model"),
        "stack": lambda _: format_count(len(params.stack.models), "final model"),
        "evaluate": lambda _: ", ".join(
            [
                format_count(len(params.study.variants), "run"),
                format_count(len(params.study.tasks), "task"),
            ]
        ),
    }
    products = {}
    for phase in PHASES:
        try:
            products[phase] = descriptions[phase](metrics[phase])
        except (KeyError, TypeError):
            products[phase] = ""
    return {**products, "report": "this page"}


def draw_phases(products: Mapping[str, str]) -> Markup:
    """Draw the phases as boxes in three rows, read like lines of text, with an arrow from each to the next."""
    boxes = [_draw_box(phase, products[phase], *_corner(position)) for position, phase in enumerate(PHASES)]
    arrows = [_draw_arrow(_corner(position), _corner(position + 1)) for position in range(len(PHASES) - 1)]
    rows = -(-len(PHASES) // COLUMNS)
    width, height = COLUMNS * WIDTH + (COLUMNS - 1) * GAP, rows * HEIGHT + (rows - 1) * GAP
    tip = (
        '<marker id="arrow-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
        '<path d="M0 0L8 4L0 8z"/></marker>'
    )
    return Markup(
        f'<svg class="phases" aria-hidden="true" focusable="false" viewBox="-2 -2 {width + 4} {height + 4}">'
        f"<defs>{tip}</defs>{''.join(boxes)}{''.join(arrows)}</svg>"
    )


def describe_phases(products: Mapping[str, str]) -> str:
    """Describe what the diagram shows, as its text alternative."""
    phases = [f"{phase} ({product})" if product else phase for phase, product in products.items()]
    return f"Phases of the run: {'; '.join(phases)}"


def _corner(position: int) -> tuple[int, int]:
    row, column = divmod(position, COLUMNS)
    return column * (WIDTH + GAP), row * (HEIGHT + GAP)


def _draw_box(phase: str, product: str, x: int, y: int) -> str:
    middle = x + WIDTH // 2
    return (
        f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="8"/>'
        f'<text x="{middle}" y="{y + 31}" class="phase">{escape(phase)}</text>'
        f'<text x="{middle}" y="{y + 55}">{escape(product)}</text>'
    )


def _draw_arrow(start: tuple[int, int], end: tuple[int, int]) -> str:
    if start[1] == end[1]:
        middle = start[1] + HEIGHT // 2
        return _draw_path([(start[0] + WIDTH, middle), (end[0] - 2, middle)])
    below, between = start[1] + HEIGHT, start[1] + HEIGHT + GAP // 2
    from_x, to_x = start[0] + WIDTH // 2, end[0] + WIDTH // 2
    return _draw_path([(from_x, below), (from_x, between), (to_x, between), (to_x, end[1] - 2)])


def _draw_path(points: Sequence[tuple[int, int]]) -> str:
    path = "L".join(f"{x} {y}" for x, y in points)
    return f'<path class="arrow" d="M{path}" marker-end="url(#arrow-tip)"/>'
