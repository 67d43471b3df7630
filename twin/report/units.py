"""Units as figures show them: shares as percent, and how axes write their ticks."""

from __future__ import annotations

SHARE = "share"
_NAMES = {"USD": "$", "kg CO2e": "kg CO₂e", SHARE: "%"}
_BELOW = {
    SHARE: "% of orders",
    "USD": "$ per delivered order",
    "h": "hours from click to delivery",
    "kg CO2e": "kg CO₂e, well-to-wheel",
}


def shown(value: float, unit: str) -> float:
    """Return a value as it stands on an axis: shares in percent."""
    return 100 * value if unit == SHARE else value


def axis_unit(unit: str, *, difference: bool = False) -> str:
    """Return the unit written after a panel's title."""
    if unit == SHARE and difference:
        return "pp"
    return _NAMES.get(unit, unit)


def axis_format(unit: str) -> str:
    """Return the number format of an axis; the sign stands before the currency."""
    return "$,.2~f" if unit == "USD" else ",.3~f"


def unit_words(unit: str) -> str:
    """Return the unit as it stands under the name of a measure."""
    return _BELOW.get(unit, axis_unit(unit))
