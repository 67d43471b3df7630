"""Freight bills: what each load costs on lanes that buy freight by the load."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from twin.domain.geography import KM_PER_MILE
from twin.domain.network import Network
from twin.simulation.history import History
from twin.simulation.receiving import Truckload


class FreightClerk:
    """Enters a bill for every load on its way to a node whose lane buys freight by the load."""

    def __init__(self, network: Network, history: History) -> None:
        self._network, self._history = network, history
        if network.has_freight_bills:
            history.keep_freight()

    def sent(self, name: str, goods: Truckload) -> None:
        """Bill a load on its way to a node, if its lane says so."""
        supply, terms = self._network.nodes[name].supply, self._network.freight
        if supply is None or supply.freight is None:
            return
        assert terms is not None, "a lane that buys freight without a price is a finding"
        load = terms.load(goods, self._network.products)
        bill = terms.bill(supply.freight, load, supply.distance_miles)
        words = {"node": name, "supplier": supply.supplier, "mode": bill.mode}
        numbers = {
            "at": self._history.clock.now_hours, "trucks": bill.trucks, "pallets": load.pallets, "units": load.units,
            "weight_kg": load.weight_kg, "distance_km": supply.distance_miles * KM_PER_MILE,
            "freight_usd": bill.freight_usd,
        }  # fmt: skip
        columns = {key: pa.array([word]).dictionary_encode() for key, word in words.items()}
        self._history.rows("freight", columns | {key: np.array([number]) for key, number in numbers.items()})
