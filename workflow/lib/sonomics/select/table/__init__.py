"""From feature tables to the rows that a model sees."""
