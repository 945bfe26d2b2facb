"""Units of clinical values, and the factors between them."""

from sonomics.core.errors import StudyError

# Unit to (quantity, how many of the quantity's base unit it is).
UNITS: dict[str, tuple[str, float]] = {
    "1": ("number", 1.0),
    "%": ("number", 0.01),
    "mm": ("length", 1.0),
    "cm": ("length", 10.0),
    "m": ("length", 1000.0),
    "mL": ("volume", 1.0),
    "cm3": ("volume", 1.0),
    "L": ("volume", 1000.0),
    "g": ("mass", 1.0),
    "kg": ("mass", 1000.0),
    "day": ("duration", 1.0),
    "week": ("duration", 7.0),
    "month": ("duration", 365.25 / 12),
    "year": ("duration", 365.25),
    "pg/mL": ("mass concentration", 0.001),
    "ng/L": ("mass concentration", 0.001),
    "ng/dL": ("mass concentration", 0.01),
    "ng/mL": ("mass concentration", 1.0),
    "ug/L": ("mass concentration", 1.0),
    "ug/mL": ("mass concentration", 1000.0),
    "mg/L": ("mass concentration", 1000.0),
    "mg/dL": ("mass concentration", 10_000.0),
    "g/L": ("mass concentration", 1e6),
    "g/dL": ("mass concentration", 1e7),
    "U/L": ("activity", 0.001),
    "U/mL": ("activity", 1.0),
    "kU/L": ("activity", 1.0),
    "IU/L": ("activity", 0.001),
    "IU/mL": ("activity", 1.0),
    "kIU/L": ("activity", 1.0),
    "mIU/mL": ("activity", 0.001),
    "umol/L": ("amount concentration", 1.0),
    "mmol/L": ("amount concentration", 1000.0),
    "kg/m2": ("body mass index", 1.0),
}
_SPELLINGS = {"µ": "u", "μ": "u", "mcg": "ug", "ml": "mL", "dl": "dL", "/l": "/L", "³": "3", "²": "2", "^": ""}

# Nanograms in an international unit, by the WHO standard that assays are calibrated to. AFP: 72/225, 1 IU is 1.21 ng.
NANOGRAMS = {"afp": 1.21}


def normalise_unit(unit: str) -> str:
    """Convert common spellings of a unit to the one used here: "µg/l" is "ug/L"."""
    known = unit.strip().replace(" ", "")
    for other, ours in _SPELLINGS.items():
        known = known.replace(other, ours)
    plural = known.removesuffix("s")
    return plural if known not in UNITS and plural in UNITS else known


def conversion_factor(unit: str, to: str, analyte: str) -> float | None:
    """Return the factor that converts a value from one unit to another.

    Parameters
    ----------
    unit, to : str
        Of `UNITS`, or a common spelling of one.
    analyte : str
        "" or one of `NANOGRAMS`, needed between mass and international units.

    Returns
    -------
    float or None
        None when a unit is unknown, or when the two measure different quantities.
    """
    if normalise_unit(unit) not in UNITS or normalise_unit(to) not in UNITS:
        return None
    (quantity, size), (to_quantity, base) = UNITS[normalise_unit(unit)], UNITS[normalise_unit(to)]
    if quantity == to_quantity:
        return size / base
    if {quantity, to_quantity} == {"mass concentration", "activity"} and analyte in NANOGRAMS:
        nanograms = NANOGRAMS[analyte]
        return size * (nanograms if quantity == "activity" else 1 / nanograms) / base
    return None


def check_conversion(unit: str, to: str, analyte: str, where: str) -> None:
    """Stop a study with an unknown unit, or two units of different quantities.

    Raises
    ------
    StudyError
    """
    for name in (unit, to):
        if normalise_unit(name) not in UNITS:
            raise StudyError(
                where, f"the unit {name!r} is not known", f"use one of {', '.join(UNITS)}, or state factor"
            )
    if conversion_factor(unit, to, analyte) is None:
        rule = f"{unit} measures {UNITS[normalise_unit(unit)][0]}, {to} measures {UNITS[normalise_unit(to)][0]}"
        raise StudyError(where, rule, f"correct the unit; between mass and IU state analyte: {' or '.join(NANOGRAMS)}")
