"""The quality-control classifier: labels, agreement, thresholds, held-out scores."""
