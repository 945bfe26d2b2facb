"""The written methods and results."""
