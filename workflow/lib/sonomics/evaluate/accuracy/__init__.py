"""Discrimination, calibration and decisions of a model on the labels of a set."""
