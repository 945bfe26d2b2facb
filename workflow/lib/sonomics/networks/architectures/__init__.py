"""Backbones, heads, and the feature maps of their layers."""
