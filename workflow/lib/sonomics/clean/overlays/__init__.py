"""Find and inpaint what was drawn over the tissue: calipers, lines, arrows, letters, bars."""
