"""Texture features of a region in two dimensions: arrays in, arrays out."""
