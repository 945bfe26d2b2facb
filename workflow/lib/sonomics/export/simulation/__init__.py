"""Simulated exams as a source."""
