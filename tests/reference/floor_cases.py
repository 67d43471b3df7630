"""Models with work inside their nodes, each hard on another part of it; `HAPPENINGS` says how often, at least.

Times have no round mean and shifts, breaks and waves do not fall on whole hours, so that nothing shares an instant by
chance.
"""

from __future__ import annotations

from datetime import time
from typing import Any

from tests.factories import COLUMBUS, DAILY, PRODUCTS, RENO, a_model, a_network, a_node, a_shape, a_supply
from tests.reference.shared_cases import LINES, UNITS, exponential, lognormal
from twin.domain.calendars import Shift, WorkCalendar
from twin.domain.distributions import Distribution
from twin.domain.geography import Place
from twin.domain.nodes import FulfillmentNode
from twin.domain.work import Batch, Crew, Inbound, Learning, Machines, Overtime, Rework, Stage, Work
from twin.policies.routing.distance_split import DistanceSplit
from twin.simulation.order_management import OrderManagement
from twin.simulation.world import Model

EARLY = Shift(DAILY, time(6, 5), time(14, 10), 1.0, ((time(9, 20), time(9, 50)),))
LATE = Shift(DAILY, time(14, 10), time(21, 35), 0.5, ((time(18, 5), time(18, 25)),))
UP, REPAIR = exponential(7.3), exponential(2.1)
WAVES = (time(7, 10), time(11, 25), time(15, 40))
SHELVES_M3 = 0.617
RARE = Distribution.of("gamma", mean=31.0, cv=0.4)


def pick(stations: int = 6, mean: float = 0.31, **special: Any) -> Stage:
    """The first stage."""
    return Stage("pick", stations, lognormal(mean), 0.4, 0.1, **special)


def pack(stations: int = 5, mean: float = 0.23, **special: Any) -> Stage:
    """The last stage."""
    return Stage("pack", stations, lognormal(mean), 0.2, queue="arrival", **special)


def site(
    *stages: Stage, name: str = "columbus", place: Place = COLUMBUS, supply: bool = False, **special: Any
) -> FulfillmentNode:
    """A node with an early and a late shift; what is no field of a node is one of its work."""
    calendar = WorkCalendar(place.timezone, (EARLY, LATE), frozenset())
    of_node = {key: special.pop(key) for key in ("orders_per_day", "found_rate", "enabled") if key in special}
    return a_node(name, place, calendar=calendar, stages=stages, supply=a_supply(RARE) if supply else None,
                  work=Work(**special), **of_node)  # fmt: skip


def lived_in(*nodes: FulfillmentNode, orders_per_day: float = 190.0, **special: Any) -> Model:
    """Some days of orders of several lines."""
    known: dict[str, Any] = {"stock": 5000, "order_days": 3, "runout_days": 6}
    return a_model(a_network(nodes), shape=a_shape(orders_per_day, lines=LINES, units=UNITS), **known | special)


def crew_that_packs_first() -> Model:
    """A crew too small for both of its stages, with stations that run out at one of them."""
    return lived_in(site(pick(), pack(2), crews=(Crew("floor", 8, ("pack", "pick")),)))


def crews_beside_a_stage() -> Model:
    """Two crews, and a stage that has people of its own."""
    crews = (Crew("in", 5, ("sort", "pick")), Crew("out", 3, ("pack",)))
    return lived_in(
        site(pick(), Stage("sort", 2, exponential(0.07)), pack(), Stage("label", 3, exponential(0.19)), crews=crews)
    )


def overtime() -> Model:
    """Shifts that stay on, but not in their breaks: one node with a crew, one without."""
    stays = Overtime(0.4, 2.6)
    return lived_in(
        site(pick(), pack(), overtime=stays),
        site(pick(), pack(), name="reno", place=RENO, crews=(Crew("floor", 7, ("pick", "pack")),), overtime=stays),
        orders_per_day=390.0,
    )


def absent_people_who_learn() -> Model:
    """A crew of whom many are away, and who are slow at first."""
    learning = Learning(starts_at=0.55, half_days=1.7, open_days=0.4)
    return lived_in(site(pick(9), pack(7), absence_rate=0.17, learning=learning))


def waves_of_batches() -> Model:
    """Orders that are let go three times a day, and picked on tours."""
    tours = pick(2, batch=Batch(5, 0.55))
    return lived_in(site(tours, pack(), waves=WAVES))


def zones() -> Model:
    """Zones that a crew works in, and a cap on what waits in front of them."""
    crew = Crew("floor", 7, ("pick", "pack"))
    nodes = [
        site(pick(4, zones=2, waiting_cap=50), pack(), crews=(crew,)),
        site(pick(6, zones=3, waiting_cap=50), pack(), name="reno", place=RENO),
    ]
    return lived_in(*nodes, orders_per_day=250.0)


def goods_to_person() -> Model:
    """Machines that bring too little to stations, with a crew of fewer people than stations, and without one."""
    slow = pick(5, 0.11, lines_per_hour=17.0)
    return lived_in(
        site(slow, pack(), crews=(Crew("in", 3, ("pick",)),)), site(slow, pack(), name="reno", place=RENO),
        orders_per_day=350.0,
    )  # fmt: skip


def failing_machines() -> Model:
    """Machines that fail often: of a stage with people of its own, and of a crew's."""
    failing = pick(8, machines=Machines(3, UP, REPAIR))
    return lived_in(
        site(failing, pack()), site(failing, pack(), name="reno", place=RENO, crews=(Crew("in", 6, ("pick", "pack")),)),
        orders_per_day=390.0,
    )  # fmt: skip


def rework() -> Model:
    """A check that sends much back, to packing and, from packing, to picking."""
    check = Stage("check", 2, exponential(0.11), rework=Rework(0.2, "pack"))
    return lived_in(site(pick(9), pack(6, rework=Rework(0.1, "pick")), check), orders_per_day=170.0)


def receiving() -> Model:
    """Few doors, slow trips, small shelves, and orders that wait for goods."""
    inbound = Inbound(1, lognormal(9.3), 2, lognormal(0.83), 17, SHELVES_M3)
    nodes = [
        site(pick(), pack(), supply=True, inbound=inbound),
        site(pick(), pack(), name="reno", place=RENO, supply=True, inbound=inbound,
             crews=(Crew("floor", 6, ("put_away", "pick", "pack")),)),
    ]  # fmt: skip
    return lived_in(*nodes, orders_per_day=110.0, patience_hours=25.0, order_days=6, **scarce(45))


def scarce(level: int) -> dict[str, Any]:
    """Too little of everything, and suppliers who send more."""
    levels = {name: {product.sku: level for product in PRODUCTS} for name in ("columbus", "reno")}
    return {"stock": 20, "levels": levels}


def latencies() -> Model:
    """Nodes of somebody else: they hear of orders late, and tell of their stock seldom."""
    late = {"order_latency_hours": 0.37, "stock_latency_hours": 3.3, "supply": True}
    return lived_in(
        site(pick(waiting_cap=6), pack(), **late), site(pick(), pack(), name="reno", place=RENO, **late),
        orders_per_day=160.0, patience_hours=25.0, order_management=OrderManagement(sees_own_reservations=False),
        **scarce(45),
    )  # fmt: skip


def everything() -> Model:
    """All of it, on three nodes with too little stock, a limit and goods that are not found; a fourth is shut."""
    inbound = Inbound(1, lognormal(1.7), 2, lognormal(0.43), 17, SHELVES_M3)
    common: dict[str, Any] = {
        "overtime": Overtime(0.3, 2.6), "absence_rate": 0.1, "learning": Learning(0.6, 2.1), "inbound": inbound,
        "supply": True, "found_rate": 0.9,
    }  # fmt: skip
    check = Stage("check", 2, exponential(0.11), rework=Rework(0.15, "pack"))
    nodes = [
        site(pick(3, batch=Batch(4, 0.5), waiting_cap=45), pack(machines=Machines(2, UP, REPAIR)), check,
             waves=WAVES, crews=(Crew("floor", 6, ("put_away", "pack", "pick")),), **common),
        site(pick(6, zones=3, waiting_cap=40), pack(rework=Rework(0.1, "pick")), check, name="reno", place=RENO,
             crews=(Crew("in", 5, ("pick", "check")), Crew("dock", 2, ("put_away",))), **common),
        site(pick(5, 0.11, lines_per_hour=17.0), pack(), check, name="hub", place=RENO, orders_per_day=70,
             order_latency_hours=0.37, stock_latency_hours=3.3, waves=(time(8, 15), time(13, 35)), **common),
        site(pick(), pack(), name="shut", enabled=False, **common),
    ]  # fmt: skip
    levels = {node.name: {"mug": 130, "lamp": 35, "book": 90} for node in nodes}
    stock = {node.name: dict.fromkeys(levels[node.name], 200 if node.name == "reno" else 30) for node in nodes}
    return lived_in(
        *nodes, orders_per_day=190.0, patience_hours=30.0, stock=stock, levels=levels, order_days=6,
        routing=DistanceSplit(),
    )  # fmt: skip


CASES = {
    case.__name__: case
    for case in (
        crew_that_packs_first,
        crews_beside_a_stage,
        overtime,
        absent_people_who_learn,
        waves_of_batches,
        zones,
        goods_to_person,
        failing_machines,
        rework,
        receiving,
        latencies,
        everything,
    )
}

HAPPENINGS = {
    "crew_that_packs_first": {"went elsewhere": 200},
    "crews_beside_a_stage": {"went elsewhere": 200, "finished after hours": 50},
    "overtime": {"asked to stay on": 20, "overtime hours": 60, "finished after hours": 50},
    "absent_people_who_learn": {"absent": 20, "slow": 500},
    "waves_of_batches": {"released together": 400, "tours of several": 100},
    "zones": {"tasks of several zones": 150, "declined": 200, "went elsewhere": 100},
    "goods_to_person": {"waited for goods": 500},
    "failing_machines": {"machines changed": 200},
    "rework": {"sent back": 150},
    "receiving": {
        "waited for a door": 3,
        "waited for room": 15,
        "replenishment_received": 10,
        "backordered": 100,
        "cancelled": 50,
    },
    "latencies": {"oversold": 200, "declined": 200, "replenishment_received": 8},
    "everything": {
        "went elsewhere": 200,
        "asked to stay on": 20,
        "overtime hours": 50,
        "absent": 20,
        "slow": 300,
        "released together": 200,
        "tours of several": 50,
        "tasks of several zones": 10,
        "waited for goods": 200,
        "machines changed": 50,
        "sent back": 100,
        "waited for room": 30,
        "replenishment_received": 15,
        "declined": 500,
        "rerouted": 500,
        "backordered": 500,
        "cancelled": 100,
    },
}
"""What must happen in a case, and how often at least."""
