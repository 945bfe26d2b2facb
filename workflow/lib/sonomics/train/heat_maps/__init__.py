"""Grad-CAM maps: drawn by networks that were not fitted on the image, and measured on its outline."""
