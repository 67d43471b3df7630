"""How much of what perfect foresight would save a routing policy saves: the same orders, from the same stock."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

import pandas as pd
from joblib import Parallel, delayed

from twin.domain.errors import UsageError
from twin.domain.orders import Order
from twin.experiments.replication import Build, Design, folder_of
from twin.policies.decision import Offer
from twin.policies.hindsight import HindsightTerms, hindsight_lp
from twin.policies.routing.search import lateness_usd
from twin.simulation.run import Run
from twin.simulation.world import Model

BOUND = "hindsight_lp"
COLUMNS = ("design", "replication", "orders", "units", "cost_usd", "unserved_units")


def gap_costs(study: Path, designs: Sequence[Design], build: Build, terms: HindsightTerms, jobs: int) -> pd.DataFrame:
    """Return what every design of a finished study paid and the hindsight bound, by replication.

    Columns are `COLUMNS`; the bound's design is `hindsight_lp`. All is counted by the prices that routing saw:
    carriage, handling and boxes, expected lateness given the truck that took the parcel, `split_usd` for each further
    shipment of an order and `unserved_usd` for each unit that never shipped. All days count, the warm-up too: stock
    that was used then is gone.
    """
    refuse_if_no_gap(designs)
    rows = Parallel(n_jobs=jobs)(
        delayed(_replication)(study, designs, build, terms, number)
        for number in range(designs[0].config.study.replications)
    )
    return pd.DataFrame([row for some in rows for row in some], columns=list(COLUMNS))


def terms_of(unserved_usd: float) -> HindsightTerms:
    """Return what costs what, the same for every policy whatever it charges itself; refuse what is no number."""
    if not isfinite(unserved_usd):
        raise UsageError(
            f"--unserved-usd: {unserved_usd:g}\n  expected: dollars\n  to mend:  give a number, such as 50"
        )
    return HindsightTerms(unserved_usd=unserved_usd)


def refuse_if_no_gap(designs: Sequence[Design]) -> None:
    """Refuse designs of which no gap can be told.

    These are a single design, designs that differ in more than routing, deliveries, and tables that would not be kept.
    """
    if len(designs) == 1:
        raise UsageError(
            f"twin gap needs an incumbent and at least one candidate; found only {designs[0].name!r}.\n"
            "Give a list, such as routing=min_cost,shadow_price; the first is the incumbent"
        )
    without_routing = {design.config.model_dump_json(exclude={"routing"}) for design in designs}
    if len(without_routing) > 1:
        raise UsageError(
            "twin gap compares routing policies on the same network, stock and customers; these designs differ in more "
            "than routing.\nGive one list, such as routing=distance_split,min_cost,shadow_price"
        )
    config = designs[0].config
    if config.replenishment.kind != "none":
        raise UsageError(
            f"replenishment.kind: {config.replenishment.kind!r}\n"
            "  expected: none, since what is ordered depends on what a policy sold, and each would have another bound\n"
            "  to mend:  replenishment=none, and replenishment.opening_days_of_cover=... for what there is to sell"
        )
    if not config.study.order_tables:
        raise UsageError(
            "study.order_tables: false\n  expected: true, because the gap is counted order by order\n"
            "  to mend:  study.order_tables=true"
        )


def _replication(
    study: Path, designs: Sequence[Design], build: Build, terms: HindsightTerms, number: int
) -> list[tuple[object, ...]]:
    """Return the rows of one replication: each design, then the bound."""
    first = designs[0]
    world = World.of(build(first.config, first.name), first.config.study.seed, number)
    stock = world.run.model.opening_stock
    bound = hindsight_lp(world.orders, world.run.view, stock, terms=terms, arrives_at=world.earliest)
    orders, units = len(world.orders), sum(line.quantity for order in world.orders for line in order.lines)
    rows: list[tuple[object, ...]] = []
    for design in designs:
        cost_usd, unserved = world.paid(folder_of(study, design.name, number), terms)
        rows.append((design.name, number, orders, units, cost_usd, unserved))
    return [*rows, (BOUND, number, orders, units, bound.cost_usd, bound.unserved_units)]


@dataclass(frozen=True, slots=True)
class World:
    """The orders of a replication and when parcels could arrive, without anybody deciding anything."""

    run: Run
    orders: list[Order]

    @classmethod
    def of(cls, model: Model, seed: int, replication: int) -> World:
        """Make the customers of a replication; nothing is simulated."""
        with tempfile.TemporaryDirectory() as folder:
            run = Run(model, Path(folder), seed, replication)
            run.view.price(model.shelves.book)  # without the surcharges of a season: no day is cheaper
            orders = list(run.orders)
            run.history.close()
        return cls(run, orders)

    def earliest(self, order: Order, offer: Offer) -> float:
        """Return when an order would arrive that leaves with the first truck after it is placed."""
        return self.run.docks[offer.pickup].arrival_if_packed(order.placed_at, offer.transit_days)

    def paid(self, folder: Path, terms: HindsightTerms) -> tuple[float, float]:
        """Return what a lived replication cost, and the units that never shipped."""
        orders = pd.read_parquet(folder / "orders.parquet", columns=["order", "units", "units_shipped"])
        shipments = pd.read_parquet(
            folder / "shipments.parquet", columns=["order", "node", "service", "departed_at", "expected_usd"]
        )
        unserved = float((orders["units"] - orders["units_shipped"]).sum())
        splits = len(shipments) - shipments["order"].nunique()
        late_usd = self._late_usd(shipments, terms)
        cost = float(shipments["expected_usd"].sum()) + late_usd
        return cost + terms.split_usd * splits + terms.unserved_usd * unserved, unserved

    def _late_usd(self, shipments: pd.DataFrame, terms: HindsightTerms) -> float:
        """Return what it costs that shipments should arrive late, by the trucks that took them."""
        by_number = {order.number: order for order in self.orders}
        ways = _ways(self.run)
        total = 0.0
        columns = [shipments[name].tolist() for name in ("order", "node", "service", "departed_at")]
        for number, node, service, departed_at in zip(*columns, strict=True):
            order = by_number[number]
            offer = ways(order)[node, service]
            arrives_at = self.run.docks[offer.pickup].arrival_if_departed(departed_at, offer.transit_days)
            if arrives_at > order.promised_by:
                total += lateness_usd(arrives_at - order.promised_by, terms)
        return total


def _ways(run: Run) -> Callable[[Order], Mapping[tuple[str, str], Offer]]:
    """Return what looks up an order's ways by node and service, each list made once."""
    known: dict[tuple[str, str], dict[tuple[str, str], Offer]] = {}

    def ways(order: Order) -> Mapping[tuple[str, str], Offer]:
        key = (order.destination, order.service_level)
        if key not in known:
            known[key] = {(way.node, way.service): way for way in run.model.shelves.book.ways(*key)}
        return known[key]

    return ways
