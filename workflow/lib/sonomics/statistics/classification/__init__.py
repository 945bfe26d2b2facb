"""Decisions at a cutoff: choosing it, counting them, and their shares with intervals."""
