"""Fit and apply networks, and augment training images."""
