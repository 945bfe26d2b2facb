"""One selection: its fit on training rows, how stable it is, and its figures."""
