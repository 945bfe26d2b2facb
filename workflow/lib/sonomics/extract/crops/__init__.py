"""From the crops of a chunk to a table of features: reading, resampling, one row per crop."""
