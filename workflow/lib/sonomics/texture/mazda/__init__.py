"""MaZda's feature families, in two dimensions and under MaZda's names."""
