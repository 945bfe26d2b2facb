"""Analyses that a study asks for: borderline class, several classes, serial exams, models from elsewhere."""
