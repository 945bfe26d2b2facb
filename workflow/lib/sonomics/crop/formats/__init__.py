"""Readers of outline files, one module per file format; `sonomics.kinds.outlines` declares which endings they read."""
