"""Simulated ultrasound cohorts with planted, known truth."""
