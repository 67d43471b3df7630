"""Any small network, any orders, any disruptions: the laws still hold."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, cast

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories import (
    CHICAGO_PLACE,
    COLUMBUS,
    PRODUCTS,
    RENO,
    WEEKDAYS,
    GivenOrder,
    a_calendar,
    a_departure,
    a_level,
    a_model,
    a_network,
    a_node,
    a_service,
    a_stage,
    always,
    tables_in,
)
from tests.laws.checking import check_laws
from tests.laws.floors import special_stages, watch, works
from tests.returns import a_desk, some_terms
from twin.domain.distributions import Distribution
from twin.domain.geography import Place
from twin.domain.nodes import FulfillmentNode, Supply
from twin.domain.returns import DropOff, ReturnReason, ReturnTerms
from twin.domain.work import AS_ALWAYS, Stage
from twin.policies.returns import ReturnRoute
from twin.policies.routing.catalogue import kinds, load
from twin.simulation.disruption_draws import DisruptionPlan
from twin.simulation.run import Run
from twin.simulation.world import Model

SERVICES = ("parcel_ground", "post_ground")
PLACES = (COLUMBUS, CHICAGO_PLACE, RENO)
NAMES = ("columbus", "chicago", "reno")
SKUS = [product.sku for product in PRODUCTS]
ORDER_DAYS, RUNOUT_DAYS = 3, 14

Scope = Literal["node", "service", "region", "demand"]

WORK = st.sampled_from(
    [
        always(0.1),
        always(1.0),
        Distribution.of("exponential", mean=0.4),
        Distribution.of("discrete", values=[0.0, 0.5], weights=[1.0, 3.0]),
    ]
)
STAGES = st.builds(
    a_stage,
    st.just("pack"),
    st.integers(1, 3),
    WORK,
    queue=st.sampled_from(["promise", "arrival"]),
    extra_line_rate=st.sampled_from([0.0, 0.5]),
    waiting_cap=st.sampled_from([None, None, 2]),
)
SHIFTS = st.sampled_from([(), ((6, 22),), ((8, 12), (13, 17)), ((20, 4),), ((0, 12), (10, 18))])


@st.composite
def nodes(draw: st.DrawFn, name: str, place: Place) -> FulfillmentNode:
    """Draw a node; some have a limit, lose goods, or are not in use."""
    pick = Stage("pick", draw(st.integers(1, 2)), draw(WORK))
    stages = (pick, draw(STAGES)) if draw(st.booleans()) else (draw(STAGES),)
    special = draw(st.booleans())
    stages = draw(special_stages(stages)) if special else stages
    lead_hours = draw(st.sampled_from([None, 0.0, 20.0, 24.0, 60.0]))
    source = draw(st.sampled_from(["maker", "maker", *NAMES[: NAMES.index(name)]]))
    return a_node(
        name,
        place,
        calendar=a_calendar(*draw(SHIFTS), timezone=place.timezone),
        stages=stages,
        work=draw(works(stages)) if special else AS_ALWAYS,
        departures=tuple(a_departure(service, draw(st.sampled_from([11, 17])), WEEKDAYS) for service in SERVICES),
        supply=None if lead_hours is None else Supply(source, always(lead_hours), 500.0),
        orders_per_day=draw(st.sampled_from([None, None, None, None, 0, 1, 4])),
        found_rate=draw(st.sampled_from([1.0, 1.0, 1.0, 0.7, 0.0])),
        priority=draw(st.integers(1, 3)),
        enabled=draw(st.sampled_from([True] * 6 + [False])),
        kind=draw(st.sampled_from(["dc", "store"])),
        returns=draw(st.sampled_from([None, a_desk(1), a_desk(2, fee_usd=1.5)])),
    )


@st.composite
def given_orders(draw: st.DrawFn) -> GivenOrder:
    """Draw an order; many come at whole hours, together with shifts, trucks and midnights."""
    hour = draw(st.one_of(st.integers(0, 24 * ORDER_DAYS - 1).map(float), st.floats(0, 24 * ORDER_DAYS - 0.01)))
    lines = draw(st.dictionaries(st.sampled_from(SKUS), st.integers(1, 3), min_size=1, max_size=3))
    to = draw(st.sampled_from(PLACES)).zip3
    level = draw(st.sampled_from(["standard", "ground_only"]))
    return GivenOrder(hour, lines, to, level, hour + draw(st.sampled_from([10.0, 60.0, 200.0])))


@st.composite
def disruptions(draw: st.DrawFn, name: str) -> DisruptionPlan:
    """Draw something that goes wrong somewhere, perhaps for no time at all."""
    scope, targets = draw(
        st.sampled_from([("node", ("columbus",)), ("node", NAMES), ("service", SERVICES[:1]), ("service", SERVICES),
                         ("region", ("midwest",)), ("demand", ())])
    )  # fmt: skip
    return DisruptionPlan(
        name=name,
        scope=cast("Scope", scope),
        targets=targets,
        starts_at=float(draw(st.integers(0, 80))),
        rate_per_year=None,
        duration_hours=always(draw(st.sampled_from([0.0, 0.5, 5.0, 24.0, 70.0]))),
        severity=draw(st.sampled_from([0.0, 0.3, 1.0])),
        ramp_hours=draw(st.sampled_from([0.0, 2.5, 100.0])),
        delay_days=draw(st.sampled_from([0, 0, 2])),
        demand_factor=draw(st.sampled_from([1.0, 3.0])),
    )


@st.composite
def return_terms(draw: st.DrawFn) -> ReturnTerms:
    """Draw who sends what back, soon or late, good or broken."""
    grades = st.sampled_from([(1.0, 0.0, 0.0, 0.0), (0.25, 0.25, 0.25, 0.25), (0.0, 0.5, 0.0, 0.5)])
    delays = st.sampled_from([always(0.0), always(60.0), Distribution.of("exponential", mean=80.0)])
    reasons = [
        ReturnReason("FIT", 0.7, draw(delays), draw(grades)),
        ReturnReason("BAD", 0.3, draw(delays), draw(grades)),
    ]
    return some_terms(
        rate=draw(st.sampled_from([0.3, 1.0])), reasons=tuple(reasons),
        refurbish_hours=draw(st.sampled_from([0.0, 9.0])),
        drop_off=DropOff(draw(st.sampled_from([0.0, 0.5])), within_miles=300.0), recovered_rate=0.5,
    )  # fmt: skip


@st.composite
def models(draw: st.DrawFn) -> Model:
    """Draw a whole model with hand-made orders."""
    own = [draw(nodes(name, place)) for name, place in zip(NAMES, PLACES, strict=True)]
    services = [a_service(SERVICES[0]), a_service(SERVICES[1], 1.2, typical_days=(1, 1, None, None))]
    levels = [a_level(services=SERVICES), a_level("ground_only", SERVICES[:1])]
    stock: dict[str, dict[str, int]] = {
        node.name: {sku: draw(st.sampled_from([0, 2, 5, 50])) for sku in SKUS} for node in own
    }
    network = a_network(own[: draw(st.sampled_from([1, 2, 3, 3]))], services=services, levels=levels)
    model = a_model(
        network,
        draw(st.lists(given_orders(), max_size=40)),
        stock=stock,
        levels={name: dict.fromkeys(SKUS, draw(st.integers(2, 12))) for name in NAMES},
        order_days=ORDER_DAYS,
        runout_days=RUNOUT_DAYS,
        routing=load(draw(POLICIES)),
        unfilled=draw(st.sampled_from(["backorder", "backorder", "backorder", "cancel"])),
        patience_hours=draw(st.sampled_from([30.0, 100.0, 200.0])),
        disruptions=[draw(disruptions(f"event-{number}")) for number in range(draw(st.integers(0, 3)))],
    )
    if not any(node.takes_returns for node in network.nodes.values()):
        return model
    route = draw(st.sampled_from(["origin", "nearest", "store"]))
    return replace(model, returns=draw(st.none() | return_terms()), return_route=ReturnRoute(route))


POLICIES: st.SearchStrategy[dict[str, Any]] = st.sampled_from([{"kind": kind} for kind in kinds()])


@settings(max_examples=45, derandomize=True)
@given(models(), st.integers(0, 5))
def test_the_laws_hold_whatever_happens(model: Model, seed: int) -> None:
    with TemporaryDirectory() as folder:
        watched = Run(model, Path(folder), seed, 0)
        watched.clock.process(watch(watched))
        tables = tables_in(Path(folder), watched.live())

    check_laws(model, tables)
