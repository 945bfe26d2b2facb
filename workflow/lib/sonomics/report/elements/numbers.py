"""Numbers as a journal prints them."""

import math

NOT_ESTIMABLE = "not estimable"
DASH = "–"


def format_decimal(value: float, digits: int = 2) -> str:
    """Print a number with fixed digits and a true minus sign; a dash when it is NaN."""
    return DASH if math.isnan(value) else f"{value:z.{digits}f}".replace("-", "−")


def format_interval(lower: float, upper: float, digits: int = 2) -> str:
    """Print a confidence interval; "" when it is not estimable."""
    if math.isnan(lower) or math.isnan(upper):
        return ""
    return f"{format_decimal(lower, digits)} to {format_decimal(upper, digits)}"


def format_p(p: float) -> str:
    """Print a P value with three decimals, or < 0.001; a dash when it is NaN."""
    if math.isnan(p):
        return DASH
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def format_count(count: int, noun: str) -> str:
    """Print a count with its noun: 1 case, 2 cases."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
