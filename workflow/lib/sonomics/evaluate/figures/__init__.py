"""Figures of the evaluation, as SVG and PDF."""
