"""What comes on top of a list price: fuel, home delivery, and rules for areas, awkward parcels and seasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Literal, NamedTuple

from twin.domain.cartons import Parcel

SurchargeKind = Literal["area", "additional_handling", "oversize", "peak"]


class Extras(NamedTuple):
    """What rules put on top of fuel and home delivery, by kind."""

    area_usd: float = 0.0
    additional_handling_usd: float = 0.0
    oversize_usd: float = 0.0
    peak_usd: float = 0.0


NO_EXTRAS = Extras()


def together(each: Sequence[Extras]) -> Extras:
    """Return what several parcels are charged together."""
    return Extras(*(sum(amounts) for amounts in zip(*each, strict=True)))


@dataclass(frozen=True, slots=True)
class SurchargeRule:
    """A sum for every parcel that all conditions of the rule hold for: where it goes, what it is like, and when.

    A parcel is like that if it exceeds any of the limits given, or if none is given. The season is in simulated hours;
    its end is not part of it.
    """

    kind: SurchargeKind
    usd: float
    area: str = ""
    weight_over_lb: float = inf
    longest_over_in: float = inf
    second_over_in: float = inf
    length_girth_over_in: float = inf
    starts_at: float = -inf
    ends_at: float = inf

    def __post_init__(self) -> None:
        if self.usd < 0 or self.starts_at >= self.ends_at:
            raise ValueError(f"surcharge {self.kind!r}: usd must not be negative, a season must end after its start")

    @property
    def is_seasonal(self) -> bool:
        """Whether the rule does not hold all the time."""
        return self.starts_at > -inf or self.ends_at < inf

    @property
    def has_limits(self) -> bool:
        """Whether the rule looks at the parcel."""
        limits = (self.weight_over_lb, self.longest_over_in, self.second_over_in, self.length_girth_over_in)
        return min(limits) < inf

    def holds_at(self, at: float | None) -> bool:
        """Answer whether the rule holds at an instant; at None those hold that always do."""
        return not self.is_seasonal if at is None else self.starts_at <= at < self.ends_at

    def fits(self, parcel: Parcel) -> bool:
        """Answer whether a parcel is what the rule is about."""
        return not self.has_limits or (
            parcel.weight_lb > self.weight_over_lb
            or parcel.longest_in > self.longest_over_in
            or parcel.second_in > self.second_over_in
            or parcel.longest_in + parcel.girth_in > self.length_girth_over_in
        )


@dataclass(frozen=True, slots=True)
class Surcharges:
    """What comes on top of the list price: a share for fuel, a sum for each home delivery, and rules."""

    fuel_rate: float = 0.0
    residential_usd: float = 0.0
    rules: tuple[SurchargeRule, ...] = ()

    @property
    def areas(self) -> frozenset[str]:
        """The areas that some rule asks for."""
        return frozenset(rule.area for rule in self.rules) - {""}

    def extras(self, parcel: Parcel, area: str, at: float | None) -> Extras:
        """Return what the rules add for one parcel; of a kind only the dearest rule counts.

        Of additional handling and oversize only the dearer one is charged, as carriers do.
        """
        dearest: dict[str, float] = {}
        for rule in self.rules:
            if rule.area in ("", area) and rule.holds_at(at) and rule.fits(parcel):
                dearest[rule.kind] = max(rule.usd, dearest.get(rule.kind, 0.0))
        handling, oversize = dearest.get("additional_handling", 0.0), dearest.get("oversize", 0.0)
        return Extras(
            dearest.get("area", 0.0),
            handling if handling > oversize else 0.0,
            oversize if oversize >= handling else 0.0,
            dearest.get("peak", 0.0),
        )
