"""Distributions of counts, such as the lines of an order: whole numbers from 1 and nothing between."""

from __future__ import annotations

from collections import Counter

from twin.domain.distributions import Distribution


def is_of_counts(spread: Distribution) -> bool:
    """Answer whether a quantity can only be a whole number from 1."""
    return _fault(spread) is None


def as_counts(spread: Distribution) -> Distribution:
    """Return a distribution of counts; observed ones come as often as they were observed.

    Any other spread is refused with a ValueError: rounding it would move its mean away from the one it states.
    """
    if spread.kind == "empirical":
        seen = Counter(spread.numbers("values"))
        spread = Distribution.of("discrete", values=seen, weights=seen.values())
    if fault := _fault(spread):
        raise ValueError(fault)
    return spread


def _fault(spread: Distribution) -> str | None:
    if spread.kind not in ("deterministic", "discrete"):
        return f"distribution {spread.kind!r}, which is not one of whole numbers"
    values = spread.numbers("values") if spread.kind == "discrete" else (spread.number("value"),)
    odd = [value for value in values if value < 1 or value != int(value)]
    return f"{odd[0]:g} among its values" if odd else None
