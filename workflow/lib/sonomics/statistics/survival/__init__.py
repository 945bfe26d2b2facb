"""Right-censored outcomes: curves, Cox models, concordance and performance at a horizon."""
