"""The step before all others: features that are defined and vary."""

import pandas as pd

from sonomics.select.steps.training import Kept

LEAST_PRESENT = 0.5
# Values that differ by less than this share of their size differ by rounding alone (double precision: 2e-16 each step).
ROUNDING = 1e-12


def keep_defined(rows: pd.DataFrame) -> Kept:
    """Keep features that vary (by more than 1e-12 of their size) and are defined in at least half of the rows."""
    is_present = rows.notna().mean() >= LEAST_PRESENT
    varies = rows.max() - rows.min() > ROUNDING * rows.abs().max()
    return Kept(list(rows.columns[is_present & varies]))
