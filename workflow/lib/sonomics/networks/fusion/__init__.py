"""Networks that see several images of a row, outlines, and clinical variables."""
