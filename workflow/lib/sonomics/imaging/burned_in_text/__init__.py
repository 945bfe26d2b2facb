"""Text burned into a frame: found by its strokes, and by a small network beside them."""
