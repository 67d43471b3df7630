"""Cartons, and the parcels an order becomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from msgspec import Struct


@dataclass(frozen=True, slots=True)
class Carton:
    """One size of box, with its longest side first."""

    carton_id: str
    dimensions_cm: tuple[float, float, float]
    max_weight_kg: float
    tare_kg: float
    cost_usd: float
    co2e_kg: float
    volume_cm3: float = field(init=False)

    def __post_init__(self) -> None:
        if min(self.dimensions_cm) <= 0 or self.max_weight_kg <= 0:
            raise ValueError(f"carton {self.carton_id!r}: dimensions and weight limit must be above zero")
        if list(self.dimensions_cm) != sorted(self.dimensions_cm, reverse=True):
            raise ValueError(f"carton {self.carton_id!r}: dimensions must be given longest first")
        length, width, height = self.dimensions_cm
        object.__setattr__(self, "volume_cm3", length * width * height)


@dataclass(frozen=True, slots=True)
class PackingStandard:
    """How a node packs that does not pack as the network does: into which cartons, and whether products share them."""

    cartons: tuple[Carton, ...]
    lines_together: bool = True


class Parcel(Struct, frozen=True, order=True, gc=False):
    """One packed box as the carrier sees it, in whole pounds and inches; the girth goes around the longest side."""

    weight_lb: int
    volume_in3: int
    longest_in: int
    second_in: int = 0
    girth_in: int = 0


class Parcels(Struct, frozen=True, gc=False):
    """All boxes of one shipment.

    `key` numbers all that freight and handling depend on (weights and sizes as billed, lines and units): shipments that
    are equal in this share their price list. Nodes with a packing standard of their own make other boxes of the same
    goods, which are in `by_node`.
    """

    key: int
    signature: tuple[Parcel, ...]
    weight_kg: float
    packaging_usd: float
    packaging_co2e_kg: float
    lines: int
    units: int
    by_node: Mapping[str, Parcels] | None = None

    def packed_at(self, node: str) -> Parcels:
        """Return the boxes as a node packs them."""
        return self if self.by_node is None else self.by_node.get(node, self)
