"""Readers' outlines: what is drawn in a file, which image it belongs to, perturbed copies."""
