"""Logistic regression of few variables and its nomogram."""
