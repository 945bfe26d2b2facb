"""Measure what the ultrasound lexicons describe: shape, orientation, margin, echo pattern, posterior echoes."""
