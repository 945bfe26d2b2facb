"""What the ultrasound lexicons say in words, measured: shape, orientation, margin, echo pattern, posterior echoes.

The limits of the descriptors are conventions, parts of their definitions; none was tuned on a label. Over 49 lesions of
BUS-BRA, a fifth more or less of any of them leaves every descriptor with a rank correlation of at least 0.92 with
itself, on average 0.99 (benchmarks/thresholds.py).
"""
