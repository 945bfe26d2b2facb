"""The table of controls: the primary model in every run, and the best AUC that a simulated study allows."""

from collections.abc import Mapping, Sequence

from sonomics.kinds.wording import join_words
from sonomics.report.elements.numbers import format_decimal, format_interval
from sonomics.report.elements.tables import Cell, Table, show_estimate
from sonomics.report.study.evaluation import Evaluation
from sonomics.report.study.variants import ShuffledMeans

DESCRIPTION = "Description"


def tabulate_controls(
    evaluations: Sequence[Evaluation], descriptions: Mapping[str, str], shuffled_means: ShuffledMeans
) -> Table:
    """Tabulate the primary model's AUC in every run, and where there is one, that of the simulated ground truth.

    Parameters
    ----------
    evaluations : sequence of Evaluation
        Of one task, the main run first.
    descriptions : mapping
        Variant to what it is.
    shuffled_means : mapping
        For each split, the mean over all permutations of the labels; empty where there are too few.
    """
    main = evaluations[0]
    rows = []
    for evaluation in evaluations:
        aucs = [evaluation.find_statistic(evaluation.primary, split, "auc") for split in main.splits]
        rows.append([Cell(evaluation.variant), *map(show_estimate, aucs), Cell(descriptions[evaluation.variant])])
    if shuffled_means:
        rows.append(_show_means(main, shuffled_means))
    has_best = "best_possible" in set(main.tables["performance"]["statistic"])
    compared = [*(["in the other runs"] if len(rows) > 1 else []), *(["at best"] if has_best else [])]
    note = ""
    if has_best:
        note = "Reached: (AUC − 0.5) / (best possible AUC − 0.5) of the main run; by chance it can be more than 100 %."
        rows.append(_show_best(main))
    caption = f"{main.auc_title} of {main.primary} {join_words(['in the main run', *compared])}"
    return Table(caption, ["Run", *main.splits.values(), DESCRIPTION], rows, note, (DESCRIPTION,))


def _show_means(main: Evaluation, shuffled_means: ShuffledMeans) -> list[Cell]:
    means = [shuffled_means[split] for split in main.splits]
    cells = [Cell(format_decimal(row["auc"]), format_interval(row["auc_lower"], row["auc_upper"])) for row in means]
    description = "their mean AUC, with Student's t interval over the permutations; expected 0.50"
    return [Cell(f"{means[0]['deals']:.0f} permutations of the labels"), *cells, Cell(description)]


def _show_best(main: Evaluation) -> list[Cell]:
    cells = []
    for split in main.splits:
        best = main.find_statistic(main.primary, split, "best_possible")["estimate"]
        share = main.find_statistic(main.primary, split, "share_of_best")["estimate"]
        cells.append(Cell(format_decimal(best), f"reached: {format_decimal(100 * share, 0)} %"))
    return [Cell("best possible"), *cells, Cell("the simulated ground truth itself as score")]
