"""Backbones, training loop and weights, shared by clean, extract and train."""
