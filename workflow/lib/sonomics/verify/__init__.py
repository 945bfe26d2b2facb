"""Our statistics on the tables of a reference folder, to be set beside values computed elsewhere."""
