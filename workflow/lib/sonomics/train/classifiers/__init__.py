"""Classifiers on selected features: each kind a module with `build`, how they are fitted, and how they score."""
