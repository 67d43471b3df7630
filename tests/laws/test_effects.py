"""Any effects of disruptions together, in any network: the books balance at midnight, and every order ends once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories import a_disruption, always, tables_in
from tests.laws import checking
from tests.laws.test_any_network import NAMES, SERVICES, SKUS, models
from twin.domain.effects import (
    CarrierCut,
    Closed,
    Effect,
    FeedFrozen,
    MachinesDown,
    OrderManagementDown,
    PeopleAway,
    Recall,
    StockDestroyed,
    SupplierDelay,
    SupplierFailure,
)
from twin.domain.responses import LongerHours, Response
from twin.simulation.disruption_draws import DisruptionPlan
from twin.simulation.order_management import OrderManagement
from twin.simulation.run import Run
from twin.simulation.world import Model, Shelves

AT_NODES: st.SearchStrategy[Effect] = st.sampled_from(
    [PeopleAway(), Closed(), MachinesDown("pack"), StockDestroyed(0.4), StockDestroyed(1.0)]
)
RECALLS = st.builds(
    Recall, st.sampled_from([("mug",), tuple(SKUS)]), st.sampled_from(["release", "scrap"])
)  # fmt: skip
HELD_OPEN = OrderManagement("at_release", run_every_hours=1.0, hold_hours=5.0)
MANAGEMENT = st.sampled_from(
    [OrderManagement(), HELD_OPEN, OrderManagement("at_run"), OrderManagement(stock_lag_hours=6)]
)

RESPONSES: dict[str, st.SearchStrategy[Any]] = {
    "least_severity": st.sampled_from([0.0, 0.5]), "after_hours": st.sampled_from([0.0, 3.3]),
    "hold_hours": st.sampled_from([0.0, 7.7]), "reroute": st.booleans(), "promise_days": st.integers(0, 2),
    "overtime": st.sampled_from([None, LongerHours(0.25, 3.0)]), "expedite": st.just({}),
    "max_shipments": st.sampled_from([None, 1, 4]), "open_standby": st.booleans(),
}  # fmt: skip
NOT_AT_MIDNIGHT = st.integers(0, 80).filter(lambda hour: hour % 24)  # where two days would share what happens


@st.composite
def disruptions(draw: st.DrawFn, name: str) -> DisruptionPlan:
    """Draw something with one effect or several."""
    times = {
        "starts_at": float(draw(NOT_AT_MIDNIGHT)), "duration_hours": always(draw(st.sampled_from([0.0, 5.5, 30.5]))),
        "severity": draw(st.sampled_from([0.3, 1.0])), "ramp_hours": draw(st.sampled_from([0.0, 2.5])),
    }  # fmt: skip
    kind = draw(st.sampled_from(["nodes", "nodes", "products", "suppliers", "services", "network"]))
    if kind == "suppliers":
        effects = draw(st.sampled_from([(SupplierDelay(("maker",), 30.0),), (SupplierFailure(("maker",)),)]))
        return a_disruption(name, scope="supplier", targets=("maker",), effects=effects, **times)
    if kind == "services":
        cut = CarrierCut("departures")
        return a_disruption(name, scope="service", targets=SERVICES, effects=(cut,), **times)
    if kind == "network":
        effects = draw(
            st.sampled_from([(FeedFrozen(),), (OrderManagementDown(),), (FeedFrozen(), OrderManagementDown())])
        )
        return a_disruption(name, scope="network", targets=(), effects=effects, **times)
    if kind == "products":
        recall = draw(RECALLS)
        return a_disruption(name, scope="product", targets=recall.skus, effects=(recall,), **times)
    effects = tuple(draw(st.lists(AT_NODES, min_size=1, max_size=3, unique_by=type)))
    targets = draw(st.sampled_from([("columbus",), NAMES]))
    return a_disruption(name, scope="node", targets=targets, effects=effects, **times)


@st.composite
def disturbed(draw: st.DrawFn) -> Model:
    """Draw a model in which much happens at once."""
    plans = [draw(disruptions(f"event-{number}")) for number in range(draw(st.integers(1, 4)))]
    answers = draw(st.lists(st.builds(Response, st.just("one"), **RESPONSES), max_size=1))
    others = draw(st.lists(st.builds(Response, st.just("other"), **RESPONSES), max_size=1))
    model = draw(models())
    responses = [one if hasattr(model.routing, "max_shipments") else replace(one, max_shipments=None)
                 for one in answers + others]  # fmt: skip
    if draw(st.booleans()):
        model = with_standby(model)
    return replace(model, disruptions=plans, order_management=draw(MANAGEMENT), responses=responses)


def with_standby(model: Model) -> Model:
    """Return a model in which all nodes but the first are on standby."""
    first, *others = model.network.nodes.items()
    nodes = dict([first, *((name, replace(node, standby=True)) for name, node in others)])
    network = replace(model.network, nodes=nodes)
    return replace(model, network=network, shelves=Shelves.of(network))


@settings(max_examples=30, derandomize=True)
@given(disturbed(), st.integers(0, 5))
def test_the_books_balance_whatever_disruptions_and_responses_do(model: Model, seed: int) -> None:
    with TemporaryDirectory() as folder:
        tables = tables_in(Path(folder), Run(model, Path(folder), seed, 0).live())

    checking.units_are_conserved(model.opening_stock, tables)
    checking.every_order_ends_once(tables)
    checking.shipments_add_up_to_orders(tables)
    checking.causes_come_before_effects(model, tables)
    checking.credits_are_given_once(model, tables)
    checking.numbers_are_numbers(tables)
