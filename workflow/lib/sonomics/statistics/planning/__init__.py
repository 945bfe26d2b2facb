"""Sample size of a prediction model, and power of the usual comparisons."""
