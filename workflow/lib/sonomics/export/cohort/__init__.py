"""Draft the cohort from a source, and take withdrawn patients out of it."""
