"""Customers of one metropolitan area only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from twin.assemble.rows import Findings
from twin.config import ScenarioConfig
from twin.domain.geography import Place, great_circle_miles


def customers_within(config: ScenarioConfig, places: Mapping[str, Place], findings: Findings) -> Mapping[str, Place]:
    """Return the places with nobody left outside the metro that demand names, all as they are without one."""
    metro, key = config.demand.metro, "demand.metro"
    if metro is None or not findings.is_sound(config.network.places):
        return places
    if config.demand.kind == "trace":
        findings.add_key(key, "a metro with demand=trace", "null: a trace has its own customers", "leave it out")
        return places
    center = places.get(metro.center)
    if center is None:
        found, expected = repr(metro.center), f"a ZIP3 of {config.network.places}"
        findings.add_key(f"{key}.center", found, expected, "name another")
        return places
    near = {
        zip3: place if great_circle_miles(center, place) <= metro.miles else replace(place, population=0)
        for zip3, place in places.items()
    }
    if not any(place.population for place in near.values()):
        found = f"{metro.miles:g} miles around {metro.center!r}, where nobody lives"
        findings.add_key(f"{key}.miles", found, "a circle with people in it", "widen it, or name another center")
        return places
    return near
