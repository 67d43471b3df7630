"""How numbers are written for people: signs, currencies, shares, times and intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import floor, inf, isfinite, log10

MINUS = "\N{MINUS SIGN}"
MISSING = "n/a"

TINY_PERCENT = 0.05
PERCENT_WITHOUT_DECIMALS = 20
USD_WITHOUT_CENTS = 1_000
SHORT_FROM = 10_000
MILLIONS_FROM = 999_500
"""What would otherwise be written as 1,000k."""
BILLIONS_FROM = 999_950_000
WHOLE_FROM = 100
NEAR_ZERO = 10
"""A bound so many times smaller than the other asks for no decimals of its own."""
MOST_DIGITS = 9
MORE_DIGITS = 2
"""So many more than usual where totals would else be written alike."""
ROUNDING = 1e-9

Format = Callable[[float, int], str]
"""Writes a number with so many decimals."""


def usd(value: float, digits: int = 2) -> str:
    """Write dollars, the sign before the currency: $14.77."""
    return _sized(value, digits, before="$")


def share(value: float, digits: int = 1) -> str:
    """Write a share as percent: 93.8%, and <0.1% where it would round to nothing."""
    return "<0.1%" if 0 < 100 * value < TINY_PERCENT else _sized(100 * value, digits, after="%")


def pp(value: float, digits: int = 1) -> str:
    """Write a difference of shares in percentage points, with its sign: +4.2 pp."""
    return signed(100 * value, _points, digits)


def hours(value: float, digits: int = 0) -> str:
    """Write hours: 54 h."""
    return _sized(value, digits, after=" h")


def days(value: float, digits: int = 1) -> str:
    """Write days: 3.2 d."""
    return _sized(value, digits, after=" d")


def co2e(value: float, digits: int = 2) -> str:
    """Write kilograms of greenhouse gases: 0.94 kg CO₂e."""
    return _sized(value, digits, after=" kg CO₂e")


def money_short(value: float) -> str:
    """Write a total no longer than it is read: $6.1M, $840k, $1,250."""
    size = round(abs(value)) if isfinite(value) else 0
    if size < SHORT_FROM:
        return usd(value, 0)
    if size < MILLIONS_FROM:
        return _sized(value / 1e3, 0, "$", "k")
    if size < BILLIONS_FROM:
        return _sized(value / 1e6, 1, "$", "M")
    return _sized(value / 1e9, 1, "$", "B")


total_usd = money_short
"""The name under which sentences ask for totals."""


def count(value: float) -> str:
    """Write how many of something, three figures of large numbers: 3.65M, 840k, 1,250."""
    size = round(value) if isfinite(value) else 0
    if size < SHORT_FROM:
        return _sized(value, 0)
    if size < MILLIONS_FROM:
        return f"{value / 1e3:.0f}k"
    return f"{value / 1e6:.3g}M"


def relative(value: float) -> str:
    """Write the size of a relative change: 10.2%, 46%, <0.1%; its sign or its word stands before it."""
    return share(abs(value), _digits_of_percent(value))


def relative_interval(low: float, high: float) -> str:
    """Write the ends of a relative change with their signs and the same digits: -1.2% to +0.8%."""
    digits = max(_digits_of_percent(low), _digits_of_percent(high))
    while digits < MOST_DIGITS and low != high and round(100 * low, digits) == round(100 * high, digits):
        digits += 1
    return f"{signed(100 * low, _percent, digits)} to {signed(100 * high, _percent, digits)}"


def _digits_of_percent(value: float) -> int:
    return 0 if round(abs(100 * value), 1) >= PERCENT_WITHOUT_DECIMALS else 1


def signed(value: float, fmt: Format, digits: int = 0) -> str:
    """Write a difference with its sign; what rounds to zero has none."""
    return ("+" if isfinite(value) and round(value, digits) > 0 else "") + fmt(value, digits)


def totals(*values: float) -> list[str]:
    """Write totals that stand together in one size and with the same digits: $6.1M, $5.8M and $6.5M."""
    if not all(isfinite(value) for value in values):
        return [money_short(value) for value in values]
    size = max(abs(value) for value in values)
    steps = ((SHORT_FROM, 1.0, "", 0), (MILLIONS_FROM, 1e3, "k", 0), (BILLIONS_FROM, 1e6, "M", 1), (inf, 1e9, "B", 1))
    _, unit, after, digits = next(step for step in steps if round(size) < step[0])
    scaled = [value / unit for value in values]
    choices = range(digits, digits + 1 + MORE_DIGITS * bool(after))
    digits = next((choice for choice in choices if not _alike(scaled, choice)), digits)
    return [_sized(value, digits, "$", after) for value in scaled]


def _alike(values: Sequence[float], digits: int) -> bool:
    """Answer whether rounding makes two different numbers the same, or something nothing."""
    different = {0.0, *values}
    return len({round(value, digits) for value in different}) < len(different)


def level(value: float, unit: str, digits: int | None = None) -> str:
    """Write a level of a measure: $14.77, 93.8%, 54 h, 0.94 kg."""
    found = _unit(unit)
    if found is _SHARE:
        return share(value)
    return _sized(value, found.digits(value) if digits is None else digits, found.before, found.after_level)


def level_with_half_width(value: float, half: float, unit: str) -> tuple[str, str]:
    """Write a level and how far it may be off with the same digits: 54.3 h and 0.6 h."""
    digits = max(_unit(unit).digits(value), _unit(unit).digits(half))
    return level(value, unit, digits), level(half, unit, digits)


def difference(value: float, unit: str, digits: int | None = None) -> str:
    """Write a difference of a measure with its sign: +$1.68, +4.2 pp, +25 h."""
    found = _unit(unit)
    size = value * found.times
    return signed(size, found.written, found.digits(size) if digits is None else digits)


def interval(low: float, high: float, unit: str, digits: int | None = None) -> str:
    """Write the interval of a difference with enough decimals that its ends differ: +$1.59 to +$1.77.

    A unit that follows its number stands beside the difference already and is not said again.
    """
    found = _unit(unit)
    low, high = low * found.times, high * found.times
    if not (isfinite(low) and isfinite(high)):
        return MISSING
    if digits is None:
        digits = _digits_of_interval(found, low, high)
    return f"{signed(low, found.bare, digits)} to {signed(high, found.bare, digits)}"


def digits_together(estimate: float, low: float, high: float, unit: str) -> int:
    """Return the decimals of a difference and its interval, so that none is printed outside the other."""
    found = _unit(unit)
    estimate, low, high = (value * found.times for value in (estimate, low, high))
    if not (isfinite(low) and isfinite(high)):
        return found.digits(estimate)
    return _digits_of_interval(found, low, high)


def _digits_of_interval(unit: _Unit, low: float, high: float) -> int:
    largest = max(abs(low), abs(high))
    sizes = (abs(bound) if abs(bound) > largest / NEAR_ZERO else largest for bound in (low, high))
    digits = max(*map(unit.digits, sizes), unit.fewest_in_interval)
    while digits < MOST_DIGITS and low != high and unit.bare(low, digits) == unit.bare(high, digits):
        digits += 1
    return digits


@dataclass(frozen=True, slots=True)
class _Unit:
    """How differences and levels in a unit are written: times what, between which signs, how exactly."""

    after: str
    after_level: str
    before: str = ""
    times: float = 1.0
    fewest_digits: int = 0
    most_digits: int = 4
    fewest_in_interval: int = 0

    def bare(self, size: float, digits: int) -> str:
        """Write a number without the unit behind it."""
        return _sized(size, digits, self.before)

    def written(self, size: float, digits: int) -> str:
        """Write the number of a difference with its unit."""
        return _sized(size, digits, self.before, self.after)

    def digits(self, size: float) -> int:
        """Return the decimals that show two figures of a number, fewer where the rest is zeros."""
        size = abs(size)
        if self.before == "$":
            return 2 if size < USD_WITHOUT_CENTS else 0
        if not size < WHOLE_FROM:
            return 0
        if not round(size, self.most_digits):
            return self.fewest_digits
        digits = min(max(1 - floor(log10(size)), self.fewest_digits), self.most_digits)
        while digits > self.fewest_digits and abs(round(size, digits - 1) - size) <= ROUNDING * size:
            digits -= 1
        return digits


_SHARE = _Unit(" pp", "%", times=100, fewest_digits=1, most_digits=2)
_UNITS = {
    "USD": _Unit("", "", before="$"),
    "h": _Unit(" h", " h", fewest_in_interval=1),
    "d": _Unit(" d", " d", fewest_digits=1),
    "share": _SHARE,
    "rate": _SHARE,
    "per year": _Unit("/y", "", fewest_digits=1),
    "kg": _Unit(" kg", " kg", fewest_digits=2),
}
_SAME = {"1/year": "per year", "kg CO2e": "kg"}


def _unit(name: str) -> _Unit:
    """Return how a unit is written; dollars and kilograms per anything are dollars and kilograms."""
    whole = name.partition("/")[0] if name.startswith(("USD/", "kg/")) else name
    return _UNITS.get(_SAME.get(whole, whole)) or _Unit(f" {name}", f" {name}")


def _percent(value: float, digits: int) -> str:
    return _sized(value, digits, after="%")


def _points(value: float, digits: int) -> str:
    return _sized(value, digits, after=" pp")


def _sized(value: float, digits: int, before: str = "", after: str = "") -> str:
    if not isfinite(value):
        return MISSING
    minus = MINUS if round(value, digits) < 0 else ""
    return f"{minus}{before}{abs(value):,.{digits}f}{after}"
