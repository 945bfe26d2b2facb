"""Which images and cases stay, and why the others do not: criteria, duplicates, the flow chart."""
