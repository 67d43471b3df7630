"""What a disruption does to the network: each effect a small value of its own."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PeopleAway:
    """As large a share of the people as it is severe stays away: of the crews, and at stages without a crew."""


@dataclass(frozen=True, slots=True)
class Closed:
    """Nodes take no orders and send no truck, however severe it is; whoever is inside works on."""


@dataclass(frozen=True, slots=True)
class MachinesDown:
    """As large a share of the stations of one stage as it is severe stands still, whoever is there."""

    stage: str


Effect = PeopleAway | Closed | MachinesDown
