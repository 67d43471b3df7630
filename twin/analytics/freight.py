"""Freight in: how goods came that a node ships, what that cost by the unit, and what loads on the way were like.

Freight counts for the units that leave in the window (see the decision on it). Where a lane is paid by the load, a unit
bears the mean of all loads of the run on that lane: so how full they are counts, and not whether the last one left on
Sunday or on Monday.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from twin.analytics.sums import Result, ratio, total
from twin.domain import carbon
from twin.domain.geography import KM_PER_MILE
from twin.domain.network import Network
from twin.domain.nodes import FulfillmentNode, Supply


def freight_usd_per_unit(freight: pd.DataFrame, by: str | None = None) -> Result:
    """Freight of a unit on lanes that pay by the load, over the whole run [USD/unit; ours]."""
    return ratio(total(freight, freight["freight_usd"], by), total(freight, freight["units"], by))


def pallets_per_load(freight: pd.DataFrame, by: str | None = None) -> Result:
    """Mean pallets of a load on lanes that pay by the load, over the whole run [pallets/load; ours]."""
    return ratio(total(freight, freight["pallets"], by), total(freight, freight["units"] > 0, by))


@dataclass(frozen=True, slots=True)
class Haul:
    """One mode on one lane by which goods came: the share of the lane's way that it stands for, and its factor."""

    leg: str
    factor: str
    km: float
    co2e_kg_per_tkm: float


def hauls(node: str, network: Network, freight: pd.DataFrame | None) -> Iterator[Haul]:
    """Yield how goods came that stand at a node, lane by lane; where modes vary, by their shares of the weight."""
    factors = {
        "truckload": (carbon.TRUCKLOAD, network.carbon.inbound_kg_per_tkm),
        "ltl": (carbon.LTL, network.carbon.inbound_ltl_kg_per_tkm),
    }
    for end, supply in network.lanes_to(node):
        leg = "transfer" if supply.supplier in network.nodes else "supply"
        for mode, share in _shares(end, supply, freight).items():
            key, kg_per_tkm = factors[mode]
            yield Haul(leg, key, supply.distance_miles * KM_PER_MILE * share, kg_per_tkm)


def _shares(end: str, supply: Supply, freight: pd.DataFrame | None) -> dict[str, float]:
    """Return the share of each mode on the lane that leads to a node; without a load it is the one it would take."""
    loads = None if freight is None or supply.freight is None else freight[freight["node"] == end]
    if loads is None or loads.empty:
        return {"ltl" if supply.freight == "ltl" else "truckload": 1.0}
    weights = loads.groupby("mode", observed=True)["weight_kg"].sum()
    return {str(mode): float(share) for mode, share in (weights / weights.sum()).items()}


def receiving_usd_per_unit(node: FulfillmentNode, network: Network) -> float:
    """Return a node's flat price of goods that come in, without the freight that is paid by the load instead."""
    flat, lanes = node.costs.inbound_usd_per_unit, network.lanes_to(node.name)
    if network.freight is None or not lanes or lanes[-1][1].freight is None:
        return flat
    return max(0.0, flat - network.freight.replaced_usd_per_unit)


def billed_usd_per_unit(node: FulfillmentNode, network: Network, freight: pd.DataFrame | None) -> float:
    """Return what a unit that stands at a node bears of the loads on its way; nothing where none came in the run."""
    if freight is None:
        return 0.0
    usd = 0.0
    for end, supply in network.lanes_to(node.name):
        loads = freight[freight["node"] == end]
        if supply.freight is not None and len(loads):
            usd += float(loads["freight_usd"].sum() / loads["units"].sum())
    return usd
