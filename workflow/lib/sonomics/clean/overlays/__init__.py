"""Find and inpaint what was drawn over the tissue: calipers, lines, arrows, letters, bars.

Of marks pasted into simulated stills 97 % of the pixels are found; a fifth more or less of any limit finds 93 to 99 %,
and takes at most 0.06 % of the pixels of stills and breasts without marks (benchmarks/thresholds.py).
"""
