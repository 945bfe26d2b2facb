"""What one exported object shows: decoded frames, scan region, spacing, kind of image, quality."""
