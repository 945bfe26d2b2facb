"""How tables are made of single statistics, and written."""
