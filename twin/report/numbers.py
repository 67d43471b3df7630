"""How numbers are written for people: signs, currencies, shares, times and intervals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import floor, isfinite, log10

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
MOST_DIGITS = 9
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
    percent = abs(100 * value)
    whole = round(percent, 1) >= PERCENT_WITHOUT_DECIMALS
    return share(abs(value), 0 if whole else 1)


def signed(value: float, fmt: Format, digits: int = 0) -> str:
    """Write a difference with its sign; what rounds to zero has none."""
    return ("+" if isfinite(value) and round(value, digits) > 0 else "") + fmt(value, digits)


def level(value: float, unit: str) -> str:
    """Write a level of a measure: $14.77, 93.8%, 54 h, 0.94 kg."""
    found = _unit(unit)
    if found is _SHARE:
        return share(value)
    return _sized(value, found.digits(value), found.before, found.after_level)


def difference(value: float, unit: str) -> str:
    """Write a difference of a measure with its sign: +$1.68, +4.2 pp, +25 h."""
    found = _unit(unit)
    size = value * found.times
    return signed(size, found.written, found.digits(size))


def interval(low: float, high: float, unit: str) -> str:
    """Write the interval of a difference with enough decimals that its ends differ: +$1.59 to +$1.77.

    A unit that follows its number stands beside the difference already and is not said again.
    """
    found = _unit(unit)
    low, high = low * found.times, high * found.times
    if not (isfinite(low) and isfinite(high)):
        return MISSING
    digits = max(found.digits(low), found.digits(high), found.fewest_in_interval)
    while digits < MOST_DIGITS and low != high and found.bare(low, digits) == found.bare(high, digits):
        digits += 1
    return f"{signed(low, found.bare, digits)} to {signed(high, found.bare, digits)}"


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


def _points(value: float, digits: int) -> str:
    return _sized(value, digits, after=" pp")


def _sized(value: float, digits: int, before: str = "", after: str = "") -> str:
    if not isfinite(value):
        return MISSING
    minus = MINUS if round(value, digits) < 0 else ""
    return f"{minus}{before}{abs(value):,.{digits}f}{after}"
