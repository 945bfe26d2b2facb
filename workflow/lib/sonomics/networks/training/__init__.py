"""Fitting and applying networks, and random changes of training images."""
