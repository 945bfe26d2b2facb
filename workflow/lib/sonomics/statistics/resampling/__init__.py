"""Bootstrap intervals over patients."""
