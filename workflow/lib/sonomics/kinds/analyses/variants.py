"""The main run against other variants, shown in the section on comparisons."""

from sonomics.kinds.analyses import Analysis

KIND = Analysis(
    name="variants",
    builder="sonomics.evaluate.robustness.variants:variant_tables",
    tables=("sensitivity",),
    order=40,
)
