"""The tables of comparisons and subgroups of tasks that are not binary."""

from sonomics.core.schemas import PREDICTIONS
from sonomics.core.tables import read_table
from sonomics.evaluate.ranking.comparisons import between_splits_table, comparison_table, variant_table
from sonomics.evaluate.ranking.rankings import ranking_of
from sonomics.evaluate.ranking.subgroups import rank_subgroups
from sonomics.evaluate.robustness.subgroups import assign_subgroups_of
from sonomics.evaluate.study.context import Context
from sonomics.evaluate.tables.columns import Tables


def ranking_tables(context: Context) -> Tables:
    """Make the tables of other models, other sets and, where there are some, other runs."""
    samples, settings, ranking = context.samples, context.settings, ranking_of(context)
    tables = {
        "comparison": comparison_table(samples, ranking),
        "between_splits": between_splits_table(samples, ranking, settings.level),
    }
    compared = {name: read_table(path, PREDICTIONS) for name, path in context.files.compared.items()}
    return tables | ({"sensitivity": variant_table(samples, compared, ranking)} if compared else {})


def subgroup_tables(context: Context) -> Tables:
    """Make the table of subgroups."""
    subgroups, ranking = assign_subgroups_of(context), ranking_of(context)
    return {"subgroups": rank_subgroups(context.samples, subgroups, ranking, context.settings.fewest)}
