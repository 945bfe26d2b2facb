"""What the phases have left of a study, and what its variants, sets and choices are called."""
