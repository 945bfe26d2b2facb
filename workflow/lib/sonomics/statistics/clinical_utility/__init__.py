"""Consequences of using a model: net benefit and reclassification."""
