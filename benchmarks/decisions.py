"""Measure what one decision costs, for every policy: `python -m benchmarks.decisions`.

Twenty nodes, orders of three lines, the live view at opening stock. Each order is decided once before, so that its
price lists are there, as they are for most orders of a run.
"""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.networks import model
from benchmarks.timing import timeout_us
from twin.domain.orders import Order, OrderLine
from twin.policies.routing import RoutingPolicy, kinds, load
from twin.policies.routing.roles import LearningPolicy
from twin.simulation.run import Run
from twin.simulation.world import Model

NODES, LINES, ORDERS, ROUNDS = 20, 3, 2_000, 3


def main() -> None:
    """Print microseconds a decision and decisions a second for every policy, and write them down."""
    built = model(NODES, 1)
    orders = _orders(built)
    with tempfile.TemporaryDirectory() as folder:
        run = Run(built, Path(folder), 1, 0)
        for node in run.nodes.values():
            node.expect()
        found = {kind: _microseconds(_taught(load({"kind": kind}), run), orders, run) for kind in kinds()}
        sure = load({"kind": "min_cost", "min_on_time_probability": 0.95})
        found["min_cost, 95 % sure"] = _microseconds(sure, orders, run)
    print(f"{NODES} nodes, orders of {LINES} lines; a bare timeout takes {timeout_us():.2f} us")
    for kind, cost_us in sorted(found.items(), key=lambda pair: pair[1]):
        print(f"  {kind:22} {cost_us:8.1f} us {1e6 / cost_us:10,.0f} decisions/s")
    place = Path("results/decisions.json")
    place.parent.mkdir(exist_ok=True)
    place.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def _orders(built: Model) -> list[Order]:
    """Make orders of three products by popularity, to destinations by population, due after three days."""
    luck = np.random.default_rng(1)
    products, places = list(built.network.products.values()), list(built.network.places.values())
    popularity = np.array([product.popularity for product in products])
    people = np.array([float(place.population) for place in places])
    level = next(iter(built.network.service_levels))
    made = []
    for number in range(ORDERS):
        chosen = luck.choice(len(products), LINES, replace=False, p=popularity / popularity.sum())
        to = places[luck.choice(len(places), p=people / people.sum())].zip3
        lines = tuple(OrderLine(products[at].sku, 1) for at in sorted(chosen.tolist()))
        made.append(Order(number, 0.0, "web", to, level, lines, 96.0, (), 0.0))
    return made


def _taught(policy: RoutingPolicy, run: Run) -> RoutingPolicy:
    return policy.refresh(run.view, run.model.forecast) if isinstance(policy, LearningPolicy) else policy


def _microseconds(policy: RoutingPolicy, orders: list[Order], run: Run) -> float:
    """Return the microseconds of a decision, the median of some rounds over all orders."""
    rounds = []
    for _ in range(ROUNDS + 1):  # the first one makes the price lists
        started = time.process_time()
        for order in orders:
            policy.decide(order, run.view)
        rounds.append((time.process_time() - started) / len(orders) * 1e6)
    return median(rounds[1:])


if __name__ == "__main__":
    main()
