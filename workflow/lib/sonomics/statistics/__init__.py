"""Statistics of diagnostic and prognostic studies: pure functions on arrays and frames."""
