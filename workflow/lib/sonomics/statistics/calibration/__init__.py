"""Agreement of predicted probabilities with outcomes, and maps from a score to a probability."""
