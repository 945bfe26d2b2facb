"""Readers next to the model: accuracy, agreement, multi-reader multi-case analysis."""
