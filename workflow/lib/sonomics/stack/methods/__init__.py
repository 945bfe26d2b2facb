"""From the scores of base models to one probability per case: pooling, combination, calibration."""
