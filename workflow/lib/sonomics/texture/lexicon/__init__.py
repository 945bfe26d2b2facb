"""What the ultrasound lexicons say in words, measured: shape, orientation, margin, echo pattern, posterior echoes."""
