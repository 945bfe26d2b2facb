"""Single images as the unit, shown in the section on comparisons."""

from sonomics.kinds.analyses import Analysis

KIND = Analysis(
    name="images",
    builder="sonomics.evaluate.robustness.single_images:image_tables",
    tables=("images",),
    order=50,
)
