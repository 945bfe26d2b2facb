"""A final model: the scores of its base models, its fit, and its nomogram."""
