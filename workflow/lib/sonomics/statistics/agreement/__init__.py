"""Agreement of raters, of measurements and of regions."""
