"""Readers' outlines: find them, draw their masks, move them into the clean image, perturb copies."""
