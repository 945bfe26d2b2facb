"""From the crops of a chunk to a table of features: read, resample, compute, one row per crop."""
