"""Backbones, heads, and what their layers give."""
