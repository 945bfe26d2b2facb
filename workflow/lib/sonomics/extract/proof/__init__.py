"""Recompute regions with PyRadiomics, which our own engine must equal."""
