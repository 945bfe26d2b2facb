"""Simulated ultrasound cohorts with a known ground truth."""
