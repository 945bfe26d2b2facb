"""Exams leave their source: retrieved, de-identified and listed."""
