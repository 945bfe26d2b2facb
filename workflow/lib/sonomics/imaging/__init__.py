"""Pixels of a scan: decoding, scan region, burned-in text, colour, brightness and inpainting."""
