"""Our statistics on the tables of a reference folder, for comparison with values computed elsewhere."""
