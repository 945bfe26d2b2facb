"""Contrast clips: injection time, time-intensity curves, and the frames that stand for a view."""
