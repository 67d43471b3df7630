"""Emission factors: what a tonne-kilometer, a parcel or a kilowatt-hour emits, and where the figure comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Quality = Literal["primary", "modeled", "default"]
QUALITIES: tuple[Quality, ...] = ("primary", "modeled", "default")
"""From one's own carriers, worked out from published figures, or a published or assumed mean."""

LINEHAUL = {"ground": "linehaul_ground", "air": "linehaul_air", "courier": "courier_van_per_tkm"}
"""The factor of a linehaul by mode of the service."""

FIRST_MILE, HUB, LAST_MILE = "first_mile_per_parcel", "hub_per_tonne", "last_mile_per_parcel"
LTL, TRUCKLOAD, ELECTRICITY = "inbound_ltl", "inbound_truckload", "grid_electricity"
CARTONS = "network.cartons"
PICKUP_TRIP, VAN_STOP = "demand.pickup.trip_co2e_kg", "demand.local_delivery.stop_co2e_kg"
RETURN_WAY, RETURN_TRIP = "returns.label.service", "returns.drop_off.co2e_kg"


@dataclass(frozen=True, slots=True)
class EmissionFactor:
    """One well-to-wheel factor, without a value where that differs from thing to thing.

    `tank_to_wheel` is what the vehicle itself emits of it, where the source says so.
    """

    key: str
    value: float | None
    unit: str = ""
    source: str = ""
    version: str = ""
    quality: Quality = "default"
    tank_to_wheel: float | None = None


@dataclass(frozen=True, slots=True)
class CarbonFactors:
    """Well-to-wheel emission factors; `linehaul_kg_per_tkm` by mode, the last mile by parcel.

    A parcel whose mode passes `hubs` is collected in a first mile and handled once in each; without them linehaul
    begins at the node's door. `factors` are all of them, as they are cited.
    """

    linehaul_kg_per_tkm: Mapping[str, float]
    last_mile_kg_per_parcel: Mapping[str, float]
    inbound_kg_per_tkm: float
    electricity_kg_per_kwh: float
    road_factor: float
    version: str
    hubs: Mapping[str, int] = field(default_factory=dict)
    first_mile_kg_per_parcel: float = 0.0
    hub_kg_per_tonne: float = 0.0
    inbound_ltl_kg_per_tkm: float = 0.0
    factors: tuple[EmissionFactor, ...] = ()

    def to_hubs_and_through_kg(self, mode: str, packages: int, weight_kg: float) -> float:
        """Return what the first mile and the hubs add to some parcels of a mode."""
        hubs = self.hubs.get(mode, 0)
        first_mile_kg = packages * self.first_mile_kg_per_parcel if hubs else 0.0
        return first_mile_kg + weight_kg / 1000 * hubs * self.hub_kg_per_tonne
