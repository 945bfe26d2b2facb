"""What the ultrasound lexicons describe in words, measured: shape, orientation, margin, echo pattern, posterior echoes."""
