"""A short day on which much goes wrong, for whoever wants to look at decisions."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from twin.assemble import build
from twin.config import parse
from twin.hydra_glue import compose
from twin.policies.routing.min_cost import MinCost
from twin.simulation.world import Model

OVERRIDES = [
    "study.warmup_days=0", "study.measured_days=1", "study.cooldown_days=0", "study.runout_days=4",
    "demand.orders_per_day=300", "replenishment.opening_days_of_cover=0.5", "node_kinds.dc.found_rate=0.8",
    "node_kinds.3pl.found_rate=0.9",
]  # fmt: skip


@cache
def model() -> Model:
    """A day of two nodes that decline every fifth or tenth order and whose stock runs out."""
    composition = compose(OVERRIDES, "tutorial")
    return replace(build(parse(composition.values, composition.origin)), routing=MinCost())
