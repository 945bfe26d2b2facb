"""Selection of features, and their harmonisation between scanners."""
