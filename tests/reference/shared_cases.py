"""Models that both the kernel and the textbook can live through, each hard on another part of the order path.

Times of work have no round mean, so that nothing ends at a whole hour by chance.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import time

from tests.factories import (
    CHICAGO,
    CHICAGO_PLACE,
    COLUMBUS,
    LOS_ANGELES,
    NEW_YORK,
    PRODUCTS,
    RENO,
    a_calendar,
    a_disruption,
    a_level,
    a_model,
    a_network,
    a_node,
    a_service,
    a_shape,
    a_stage,
    a_supply,
)
from tests.returns import some_terms
from twin.assemble.model import build
from twin.config import parse
from twin.domain.calendars import Shift, WorkCalendar
from twin.domain.distributions import Distribution
from twin.domain.effects import StockDestroyed
from twin.domain.liability import Liability
from twin.domain.nodes import FulfillmentNode, MoreOrders, Supply
from twin.domain.returns import DropOff, ReturnReason, ReturnsDesk
from twin.domain.shelf import ShelfTerms
from twin.domain.work import Stage
from twin.hydra_glue import compose
from twin.policies.returns import ReturnRoute
from twin.policies.routing.distance_split import DistanceSplit
from twin.simulation.world import Model, Shelves

LINES = Distribution.of("discrete", values=[1, 2, 3], weights=[0.5, 0.3, 0.2])
UNITS = Distribution.of("discrete", values=[1, 2], weights=[0.8, 0.2])
LATE = Distribution.of("discrete", values=[0, 1, 3], weights=[0.8, 0.15, 0.05])


def exponential(mean: float) -> Distribution:
    """Work of a Markovian station."""
    return Distribution.of("exponential", mean=mean)


def lognormal(mean: float) -> Distribution:
    """Work as people do it."""
    return Distribution.of("lognormal", mean=mean, cv=0.6)


def scenario(name: str, *overrides: str) -> Model:
    """Build a shipped scenario."""
    composition = compose(overrides, name)
    return build(parse(composition.values, composition.origin))


def tutorial() -> Model:
    """The tutorial as shipped, at a lower rate."""
    return scenario("tutorial", "demand.orders_per_day=120")


def thirteen_nodes() -> Model:
    """Some of every kind of node, few orders and fewer people."""
    model = scenario("full_mix", "study=quick", "demand.orders_per_day=300")
    nodes = {name: with_one_station(node) for name, node in model.network.nodes.items()}
    network = replace(model.network, nodes=nodes)
    return replace(model, network=network, shelves=Shelves.of(network))


def with_one_station(node: FulfillmentNode) -> FulfillmentNode:
    """Leave one station to each stage, which takes six times as long, and lose one order in twenty."""
    stages = [replace(stage, stations=1, work_hours=stage.work_hours.scaled(6.0)) for stage in node.stages]
    return replace(node, stages=tuple(stages), found_rate=0.95)


def backlog_with_shifts() -> Model:
    """More work than hands, shifts of different strength that shrink and grow, and two promises to keep."""
    calendar = WorkCalendar(
        NEW_YORK,
        (
            Shift(frozenset(range(7)), time(6), time(14), 1.0),
            Shift(frozenset(range(7)), time(14), time(20), 0.4),
            Shift(frozenset(range(5)), time(22), time(3), 0.2),
        ),
        frozenset(),
    )
    stages = (
        Stage("pick", 5, lognormal(0.31), extra_line_rate=0.4, extra_unit_rate=0.1),
        Stage("pack", 4, lognormal(0.27), extra_line_rate=0.2, queue="arrival"),
    )
    fast = a_level("fast", ("parcel_air", "parcel_ground"), share=0.3, promise_days=1)
    network = a_network(
        [a_node("columbus", calendar=calendar, stages=stages)],
        services=[
            a_service(extra_days=LATE),
            a_service("parcel_air", 3.0, mode="air", typical_days=(1, 1, 1, 1)),
        ],
        levels=[a_level(share=0.7), fast],
    )
    shape = a_shape(220.0, lines=LINES, units=UNITS, level_shares={"standard": 0.7, "fast": 0.3})
    return a_model(network, shape=shape, order_days=5, runout_days=9, stock=5000)


def split_orders() -> Model:
    """No node has everything: orders are split, and rounded off by whoever is next."""
    stages = (a_stage("pick", 3, lognormal(0.11)), a_stage("pack", 3, lognormal(0.13)))
    nodes = [
        a_node("columbus", COLUMBUS, stages=stages),
        a_node("reno", RENO, stages=stages, calendar=a_calendar((7, 19), timezone=LOS_ANGELES)),
    ]
    stock = {"columbus": {"mug": 250, "lamp": 0, "book": 90}, "reno": {"mug": 40, "lamp": 300, "book": 90}}
    shape = a_shape(120.0, lines=LINES, units=UNITS)
    return a_model(a_network(nodes), shape=shape, stock=stock, order_days=3, routing=DistanceSplit())


def backorders_with_replenishment() -> Model:
    """Too little stock: orders wait for trucks of uncertain length, in part, and some lose patience."""
    lead = Distribution.of("gamma", mean=31.0, cv=0.4)
    nodes = [
        a_node("columbus", COLUMBUS, stages=(a_stage("pack", 6, lognormal(0.17)),), supply=a_supply(lead)),
        a_node("reno", RENO, stages=(a_stage("pack", 6, lognormal(0.17)),), supply=a_supply(lead)),
    ]
    levels = {name: {product.sku: 45 for product in PRODUCTS} for name in ("columbus", "reno")}
    shape = a_shape(110.0, lines=LINES, units=UNITS)
    return a_model(a_network(nodes), shape=shape, stock=20, levels=levels, order_days=6, patience_hours=25.0)


def nodes_that_refill_one_another() -> Model:
    """A depot with too little refills a shop, and the shop a kiosk."""
    lead = Distribution.of("gamma", mean=31.0, cv=0.4)
    nodes = [
        a_node("columbus", COLUMBUS, stages=(a_stage("pack", 3, lognormal(0.17)),), supply=a_supply(lead)),
        a_node("chicago", CHICAGO_PLACE, stages=(a_stage("pack", 3, lognormal(0.19)),),
               supply=Supply("columbus", Distribution.of("gamma", mean=9.0, cv=0.3), 300.0)),
        a_node("reno", RENO, stages=(a_stage("pack", 3, lognormal(0.21)),),
               supply=Supply("chicago", Distribution.of("gamma", mean=27.0, cv=0.3), 1700.0)),
    ]  # fmt: skip
    levels = {name: {product.sku: 45 for product in PRODUCTS} for name in ("columbus", "chicago", "reno")}
    shape = a_shape(120.0, lines=LINES, units=UNITS)
    return a_model(a_network(nodes), shape=shape, stock=30, levels=levels, order_days=6, patience_hours=55.0)


def returns_that_are_sold_again() -> Model:
    """A third comes back, much of it to another node and broken, and waiting orders live on it."""
    nodes = [
        a_node("columbus", COLUMBUS, stages=(a_stage("pack", 2, lognormal(0.17)),), returns=ReturnsDesk(1, 0.337)),
        a_node("chicago", CHICAGO_PLACE, kind="store", stages=(a_stage("pack", 1, lognormal(0.19)),),
               returns=ReturnsDesk(1, 0.523), calendar=a_calendar((8, 13), (15, 21), timezone=CHICAGO)),
        a_node("reno", RENO, stages=(a_stage("pack", 2, lognormal(0.21)),),
               calendar=a_calendar((7, 19), timezone=LOS_ANGELES)),
    ]  # fmt: skip
    reasons = (
        ReturnReason("FIT", 0.6, Distribution.of("gamma", mean=70.0, cv=0.6), (0.8, 0.2, 0.0, 0.0)),
        ReturnReason("DAMAGED", 0.4, Distribution.of("exponential", mean=50.0), (0.1, 0.3, 0.35, 0.25)),
    )
    terms = some_terms(rate=0.35, rates={}, reasons=reasons, refurbish_hours=7.3,
                       drop_off=DropOff(0.5, within_miles=100.0))  # fmt: skip
    shape = a_shape(150.0, lines=LINES, units=UNITS)
    model = a_model(a_network(nodes), shape=shape, stock=75, order_days=7, runout_days=14, patience_hours=150.0)
    return replace(model, returns=terms, return_route=ReturnRoute("nearest"))


def order_limits() -> Model:
    """A daily limit, a full house and goods that are not found: orders are declined and sent elsewhere."""
    small = (a_stage("pack", 1, exponential(0.23), waiting_cap=3),)
    nodes = [
        a_node(
            "columbus",
            COLUMBUS,
            stages=small,
            orders_per_day=40,
            found_rate=0.85,
            more_orders=MoreOrders(step=15, most=80, notice_days=1, from_use=0.9),
        ),
        a_node("reno", RENO, stages=(a_stage("pack", 3, exponential(0.37)),), orders_per_day=70, found_rate=0.9),
    ]
    return a_model(
        a_network(nodes), shape=a_shape(150.0, lines=LINES), order_days=4, runout_days=12, patience_hours=90.0
    )


def shelves_that_lie() -> Model:
    """Records are wrong, goods vanish, customers of the nodes take cases, pickers look in vain, counts find out."""
    terms = ShelfTerms(
        wrong_by=Distribution.of("discrete", values=[1, 3, 9], weights=[0.5, 0.3, 0.2]), book_accuracy=0.4,
        phantom_share=0.5, shrinkage_per_day=0.01, count_every_days=3, walk_in_units_per_day=60.0,
        units_per_walk_in=Distribution.of("discrete", values=[1, 4], weights=[0.7, 0.3]),
    )  # fmt: skip
    stages = (a_stage("pick", 3, lognormal(0.13)), a_stage("pack", 3, lognormal(0.11)))
    lead = Distribution.of("gamma", mean=28.0, cv=0.4)
    nodes = [
        a_node("columbus", COLUMBUS, stages=stages, supply=a_supply(lead), shelf=terms),
        a_node("chicago", CHICAGO_PLACE, stages=stages, supply=a_supply(lead),
               shelf=replace(terms, walk_ins_take_reserved=False)),
        a_node("reno", RENO, stages=stages, supply=a_supply(lead)),
    ]  # fmt: skip
    levels = {name: {product.sku: 130 for product in PRODUCTS} for name in ("columbus", "chicago", "reno")}
    shape = a_shape(150.0, lines=LINES, units=UNITS)
    return a_model(a_network(nodes), shape=shape, stock=100, levels=levels, order_days=6, patience_hours=55.0)


def carriers_that_lose() -> Model:
    """A fifth of all shipments is lost or damaged, noticed days later and sent once more."""
    stages = (a_stage("pick", 3, lognormal(0.11)), a_stage("pack", 3, lognormal(0.13)))
    nodes = [a_node("columbus", COLUMBUS, stages=stages), a_node("reno", RENO, stages=stages)]
    careless = a_service(liability=Liability(lost_rate=0.12, damaged_rate=0.08, claim_limit_usd=100.0))
    stock = {"columbus": {"mug": 350, "lamp": 90, "book": 190}, "reno": {"mug": 350, "lamp": 300, "book": 90}}
    shape = a_shape(120.0, lines=LINES, units=UNITS)
    network = a_network(nodes, services=[careless])
    return a_model(network, shape=shape, stock=stock, order_days=5, routing=DistanceSplit())


def fires() -> Model:
    """Most goods burn at one node, then at two: what waits there is sent from elsewhere, or waits for more."""
    lead = Distribution.of("gamma", mean=29.0, cv=0.4)
    stages = (a_stage("pick", 2, lognormal(0.17)), a_stage("pack", 2, lognormal(0.19)))
    nodes = [
        a_node("columbus", COLUMBUS, stages=stages, supply=a_supply(lead)),
        a_node("chicago", CHICAGO_PLACE, stages=stages, supply=a_supply(lead)),
        a_node("reno", RENO, stages=stages, supply=a_supply(lead)),
    ]
    burning = [
        a_disruption("first", 57.313, 1.0, effects=(StockDestroyed(0.9),)),
        a_disruption("second", 83.717, 1.0, targets=("chicago", "reno"), effects=(StockDestroyed(0.6),)),
    ]
    levels = {node.name: {product.sku: 60 for product in PRODUCTS} for node in nodes}
    shape = a_shape(150.0, lines=LINES, units=UNITS)
    return a_model(a_network(nodes), shape=shape, stock=60, levels=levels, order_days=6, patience_hours=55.0,
                   disruptions=burning)  # fmt: skip


def single_station() -> Model:
    """M/M/1 around the clock."""
    node = a_node("columbus", calendar=a_calendar(), stages=(a_stage("pack", 1, exponential(0.173)),))
    return a_model(a_network([node]), shape=a_shape(120.0), order_days=6, stock=2000)


CASES = {
    case.__name__: case
    for case in (
        tutorial,
        thirteen_nodes,
        backlog_with_shifts,
        split_orders,
        backorders_with_replenishment,
        nodes_that_refill_one_another,
        returns_that_are_sold_again,
        order_limits,
        shelves_that_lie,
        carriers_that_lose,
        fires,
        single_station,
    )
}
