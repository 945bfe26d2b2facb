"""The clinical model: how columns enter a regression, the regression, and its nomogram."""
