"""Recompute regions with PyRadiomics, whose values our own engine must reproduce."""
