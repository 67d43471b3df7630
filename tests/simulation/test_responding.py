"""What is done about disruptions: when it begins and ends, and what it changes, hour by hour."""

from __future__ import annotations

from datetime import time
from pathlib import Path
from typing import Any

import pytest

from tests.factories import (
    RENO,
    Tables,
    a_calendar,
    a_departure,
    a_disruption,
    a_level,
    a_model,
    a_network,
    a_node,
    a_service,
    a_stage,
    an_order,
    run,
)
from twin.domain.disruptions import Disruption
from twin.domain.effects import Closed, PeopleAway, StockDestroyed
from twin.domain.responses import LongerHours, Response
from twin.domain.work import Overtime, Work
from twin.policies.routing.min_cost import MinCost
from twin.simulation.disruption_draws import DisruptionPlan

FLU = a_disruption("flu", 10.0, 24.0, effects=(PeopleAway(),))
PICK_AND_PACK = (a_stage("pick", 1, 0.5), a_stage("pack", 1, 0.5))
THREE = [an_order(9.8), an_order(9.81), an_order(9.82)]
EACH = {"mug": 10, "lamp": 10, "book": 10}


def ways(tables: Tables) -> list[tuple[int, str, float]]:
    """Return of each shipment its order, its node, and when it was routed."""
    rows = tables.shipments.sort_values(["order", "routed_at", "node"])
    return list(rows[["order", "node", "routed_at"]].itertuples(index=False, name=None))


def happened(tables: Tables, *kinds: str) -> list[tuple[float, str, str, str]]:
    """Return the events of some kinds: when, what, where and why."""
    rows = tables.events[tables.events["kind"].isin(kinds)]
    return list(rows[["at", "kind", "subject", "reason"]].itertuples(index=False, name=None))


def lived(
    folder: Path, orders: list[Any], *responses: Response, disruptions: tuple[DisruptionPlan, ...] = (FLU,),
    columbus: Any = None, reno: Any = None, **special: Any,
) -> Tables:  # fmt: skip
    """Live through orders to Columbus while people there are ill."""
    nodes = [columbus or a_node(stages=PICK_AND_PACK), reno or a_node("reno", RENO)]
    model = a_model(a_network(nodes), orders, disruptions=disruptions, **{"stock": 10, **special})
    object.__setattr__(model, "responses", responses)
    return run(model, folder)


def _event(name: str) -> Disruption:
    return Disruption(name, "node", ("columbus",), 0.0, 1.0, 1.0)


# When


def test_a_response_begins_when_somebody_has_noticed_and_ends_with_the_disruption(tmp_path: Path) -> None:
    tables = lived(tmp_path, [], Response("call", after_hours=4.0, hold_hours=2.0, promise_days=1))

    assert happened(tables, "response_began", "response_ended") == [
        (14.0, "response_began", "call", "flu"),
        (36.0, "response_ended", "call", "flu"),
    ]


def test_what_is_over_before_anybody_has_decided_is_not_answered(tmp_path: Path) -> None:
    tables = lived(tmp_path, [], Response("call", after_hours=24.0, promise_days=1))

    assert happened(tables, "response_began", "response_ended") == []


@pytest.mark.parametrize(
    ("response", "began"),
    [
        (Response("call", ("flu",), promise_days=1), True),
        (Response("call", ("storm",), promise_days=1), False),
        (Response("call", least_severity=0.5, promise_days=1), True),
        (Response("call", least_severity=0.6, promise_days=1), False),
    ],
)
def test_a_response_answers_what_it_names_if_that_is_bad_enough(
    response: Response, began: bool, tmp_path: Path
) -> None:
    half = a_disruption("flu", 10.0, 24.0, severity=0.5, effects=(PeopleAway(),))

    tables = lived(tmp_path, [], response, disruptions=(half,))

    assert bool(happened(tables, "response_began")) == began


def test_one_of_several_of_a_plan_is_known_by_the_name_of_the_plan() -> None:
    one = Response("call", ("flu",), promise_days=1)

    answered = [one.answers(_event(name)) for name in ("flu", "flu-2", "flu-two", "swine-flu")]
    assert answered == [True, True, False, False]


def test_two_disruptions_are_answered_until_the_last_of_them_is_over(tmp_path: Path) -> None:
    later = a_disruption("snow", 20.0, 24.0, effects=(PeopleAway(),))

    orders = [an_order(at, promised_by=144.0) for at in (15.0, 35.0, 43.9, 44.1)]
    tables = lived(tmp_path, orders, Response("later", promise_days=1), disruptions=(FLU, later))

    assert tables.orders["promised_by"].tolist() == [168.0, 168.0, 168.0, 144.0]


# Rerouting


def test_what_nobody_has_begun_is_sent_from_elsewhere(tmp_path: Path) -> None:
    tables = lived(tmp_path, THREE, Response("reroute", after_hours=4.0, reroute=True))

    # the first was on somebody's cart as they fell ill, and is packed when they are back
    assert ways(tables) == [(0, "columbus", 9.8), (1, "reno", 14.0), (2, "reno", 14.0)]
    assert tables.orders["attempts"].tolist() == [1, 2, 2]
    assert happened(tables, "rerouted") == [(14.0, "rerouted", "reno", "")] * 2


def test_nobody_works_on_what_is_sent_from_elsewhere(tmp_path: Path) -> None:
    tables = lived(tmp_path, THREE, Response("reroute", after_hours=4.0, reroute=True))

    picked = tables.nodes[(tables.nodes["node"] == "columbus") & (tables.nodes["stage"] == "pick")]
    assert (picked["admitted"].sum(), picked["finished"].sum(), picked["busy_hours"].sum()) == (1, 1, 0.5)


def test_an_order_stays_where_nobody_else_has_all_of_it(tmp_path: Path) -> None:
    stock = {"columbus": EACH, "reno": {"mug": 1, "lamp": 0, "book": 0}}

    tables = lived(tmp_path, THREE, Response("reroute", after_hours=4.0, reroute=True), stock=stock)

    assert ways(tables) == [(0, "columbus", 9.8), (1, "reno", 14.0), (2, "columbus", 9.82)]


def test_an_order_stays_where_the_policy_would_have_it_again(tmp_path: Path) -> None:
    few = a_disruption("flu", 10.0, 2.0, severity=0.5, effects=(PeopleAway(),))

    tables = lived(tmp_path, THREE, Response("reroute", reroute=True), disruptions=(few,))

    assert [node for _, node, _ in ways(tables)] == ["columbus"] * 3
    assert tables.orders["attempts"].tolist() == [1, 1, 1]


def test_nodes_that_nothing_happened_to_keep_their_orders(tmp_path: Path) -> None:
    elsewhere = a_disruption("flu", 10.0, 24.0, targets=("reno",), effects=(PeopleAway(),))

    tables = lived(tmp_path, THREE, Response("reroute", reroute=True), disruptions=(elsewhere,))

    assert [node for _, node, _ in ways(tables)] == ["columbus"] * 3


def test_what_waits_for_a_wave_is_sent_from_elsewhere_too(tmp_path: Path) -> None:
    in_waves = a_node(stages=PICK_AND_PACK, work=Work(waves=(time(20),)))

    tables = lived(tmp_path, THREE, Response("reroute", after_hours=4.0, reroute=True), columbus=in_waves)

    assert [node for _, node, _ in ways(tables)] == ["reno"] * 3


def test_what_several_zones_pick_is_sent_from_elsewhere_while_none_has_begun(tmp_path: Path) -> None:
    in_zones = a_node(stages=(a_stage("pick", 2, 0.5, zones=2), a_stage("pack", 1, 0.5)))
    orders = [an_order(at, mug=1, lamp=1, book=1) for at in (9.8, 9.81, 9.82)]

    tables = lived(tmp_path, orders, Response("reroute", after_hours=4.0, reroute=True), columbus=in_zones)

    assert [node for _, node, _ in ways(tables)] == ["columbus", "reno", "reno"]
    assert tables.orders["status"].tolist() == ["delivered"] * 3


def test_orders_that_are_rerouted_see_what_those_before_them_brought(tmp_path: Path) -> None:
    # Columbus first, then Reno: at an hour each it makes 8 of them by the truck of the day, and 16 by the next one
    slow = a_node("reno", RENO, calendar=a_calendar(timezone=RENO.timezone), stages=(a_stage("pack", 1, 1.0),))
    late_usd = MinCost(late_usd=5.0)
    orders = [an_order(9.0 + number / 1000, promised_by=120.0) for number in range(90)]
    half = a_disruption("flu", 10.0, 60.0, severity=0.5, effects=(PeopleAway(),))

    tables = lived(
        tmp_path, orders, Response("reroute", after_hours=1.0, reroute=True), disruptions=(half,), reno=slow, stock=100,
        columbus=a_node(stages=(a_stage("pack", 2, 2.0),)), routing=late_usd,
    )  # fmt: skip

    sent = tables.shipments["node"].value_counts()
    assert 20 <= sent["reno"] <= 60  # by one look all would go
    assert sent["columbus"] == 90 - sent["reno"]


def test_goods_that_are_destroyed_later_are_not_missed_twice(tmp_path: Path) -> None:
    fire = a_disruption("fire", 16.0, 24.0, effects=(StockDestroyed(1.0),))

    tables = lived(tmp_path, THREE, Response("reroute", ("flu",), 0.0, 4.0, reroute=True), disruptions=(FLU, fire))

    assert ways(tables) == [(0, "reno", 16.0), (1, "reno", 14.0), (2, "reno", 14.0)]


# Standby


def test_a_node_on_standby_takes_orders_only_while_it_is_asked_to(tmp_path: Path) -> None:
    standby = a_node("reno", RENO, standby=True)
    orders = [an_order(at, to="895") for at in (9.0, 12.9, 13.1, 38.9, 39.1)]

    tables = lived(
        tmp_path, orders, Response("open", after_hours=3.0, hold_hours=5.0, open_standby=True),
        disruptions=(a_disruption("snow", 10.0, 24.0, severity=0.1, effects=(PeopleAway(),)),), reno=standby,
    )  # fmt: skip

    assert [node for _, node, _ in ways(tables)] == ["columbus", "columbus", "reno", "reno", "columbus"]


def test_nobody_is_at_a_node_on_standby(tmp_path: Path) -> None:
    standby = a_node("reno", RENO, calendar=a_calendar(), standby=True)

    tables = lived(tmp_path, [], Response("open", open_standby=True), reno=standby)

    there = tables.nodes[tables.nodes["node"] == "reno"]
    assert there["stations"].tolist()[:50] == [0] * 10 + [2] * 37 + [0] * 3  # until the shift on which it closes ends
    assert there["overtime_hours"].tolist()[:40] == [0.0] * 40


def test_what_a_node_on_standby_has_when_it_closes_it_finishes(tmp_path: Path) -> None:
    early = a_calendar((6, 14), timezone=RENO.timezone)
    standby = a_node("reno", RENO, calendar=early, stages=(a_stage("pack", 1, 1.0),), standby=True)
    orders = [an_order(9.0 + number / 100, to="895") for number in range(10)]

    tables = lived(
        tmp_path, orders, Response("open", open_standby=True), reno=standby,
        disruptions=(a_disruption("snow", 8.0, 2.0, severity=0.1, effects=(PeopleAway(),)),),
    )  # fmt: skip

    assert {node for _, node, _ in ways(tables)} == {"reno"}
    assert tables.orders["status"].tolist() == ["delivered"] * 10


def test_orders_that_wait_go_to_a_node_that_opens(tmp_path: Path) -> None:
    standby = a_node("reno", RENO, standby=True)
    shut = a_disruption("flood", 8.0, 48.0, effects=(Closed(),))

    tables = lived(tmp_path, [an_order(9.0)], Response("open", after_hours=4.0, open_standby=True),
                   disruptions=(shut,), reno=standby)  # fmt: skip

    assert ways(tables) == [(0, "reno", 12.0)]


# Longer hours


def test_shifts_stay_on_sooner_and_longer_while_a_response_asks_for_it(tmp_path: Path) -> None:
    usual = Work(overtime=Overtime(from_backlog_hours=100.0, most_hours=1.0))
    slow = a_node("columbus", calendar=a_calendar((6, 14)), stages=(a_stage("pack", 1, 1.0),), work=usual)
    orders = [an_order(9.0 + number / 100) for number in range(20)]
    elsewhere = a_disruption("flu", 10.0, 10.0, targets=("reno",), effects=(PeopleAway(),))

    tables = lived(tmp_path, orders, Response("stay", overtime=LongerHours(0.5, 3.0)),
                   disruptions=(elsewhere,), columbus=slow, stock=20)  # fmt: skip

    here = tables.nodes[tables.nodes["node"] == "columbus"]
    by_day = here.groupby((here["at"] - 0.01) // 24)["overtime_hours"].sum().tolist()
    assert by_day[:3] == [3.0, 0.0, 0.0]


# Orders


def test_what_is_promised_later_is_judged_by_that_promise(tmp_path: Path) -> None:
    orders = [an_order(at, promised_by=30.0) for at in (9.0, 12.0, 40.0)]

    tables = lived(tmp_path, orders, Response("later", after_hours=1.0, promise_days=2))

    assert tables.orders["promised_by"].tolist() == [30.0, 78.0, 30.0]
    assert happened(tables, "promised_later") == [(12.0, "promised_later", "", "")]


def test_orders_go_by_the_services_of_a_faster_level_where_that_is_cheaper_than_being_late(tmp_path: Path) -> None:
    air = a_service("parcel_air", factor=3.0, typical_days=(1, 1, 1, 1))
    levels = [a_level(), a_level("fast", ("parcel_ground", "parcel_air"), share=0.0)]
    far = a_node("reno", RENO, departures=(*a_node().departures, a_departure("parcel_air")))
    network = a_network([far], services=[a_service(), air], levels=levels)
    orders = [an_order(at, promised_by=60.0) for at in (9.0, 12.0, 12.1)]
    plenty = an_order(12.2, promised_by=300.0)
    model = a_model(network, [*orders, plenty], routing=MinCost(late_usd=50.0),
                    disruptions=[a_disruption("fog", 10.0, 20.0, targets=("reno",), severity=0.1)])  # fmt: skip
    object.__setattr__(model, "responses", (Response("faster", expedite={"standard": "fast"}),))

    tables = run(model, tmp_path)

    services = tables.shipments.sort_values("order")["service"].tolist()
    assert services == ["parcel_ground", "parcel_air", "parcel_air", "parcel_ground"]
    assert tables.orders["service_level"].unique().tolist() == ["standard"]


def test_what_is_rerouted_may_go_faster_too(tmp_path: Path) -> None:
    air = a_service("parcel_air", factor=3.0, typical_days=(1, 1, 1, 1))
    levels = [a_level(), a_level("fast", ("parcel_ground", "parcel_air"), share=0.0)]
    far = a_node("reno", RENO, departures=(*a_node().departures, a_departure("parcel_air")))
    network = a_network([a_node(stages=PICK_AND_PACK), far], services=[a_service(), air], levels=levels)
    model = a_model(network, [an_order(9.8, promised_by=60.0), an_order(9.81, promised_by=60.0)],
                    routing=MinCost(late_usd=50.0), disruptions=[FLU])  # fmt: skip
    object.__setattr__(model, "responses", (Response("all", reroute=True, expedite={"standard": "fast"}),))

    tables = run(model, tmp_path)

    assert tables.shipments.sort_values("order")["service"].tolist() == ["parcel_ground", "parcel_air"]


def test_orders_are_split_further_while_a_response_allows_it(tmp_path: Path) -> None:
    stock = {"columbus": {"mug": 9, "lamp": 0, "book": 0}, "reno": {"mug": 0, "lamp": 9, "book": 0}}
    orders = [an_order(at, mug=1, lamp=1) for at in (9.0, 12.0, 40.0)]

    tables = lived(
        tmp_path, orders, Response("split", max_shipments=2), stock=stock, patience_hours=0.0,
        routing=MinCost(max_shipments=1, allow_partial=False),
        disruptions=(a_disruption("snow", 10.0, 24.0, severity=0.01, effects=(PeopleAway(),)),),
        columbus=a_node(stages=(a_stage("pack", 200, 0.1),)),
    )  # fmt: skip

    assert tables.orders["status"].tolist() == ["cancelled", "delivered", "cancelled"]
    assert tables.orders["shipments"].tolist() == [0, 2, 0]
