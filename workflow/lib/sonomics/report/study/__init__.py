"""What the phases have left of the study, read once, and what its runs are."""
