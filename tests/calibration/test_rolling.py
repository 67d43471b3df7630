"""Rolling replay: the stock moves by our decisions, and what follows is decided on the picture that would have been."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.calibration.shadow_world import GROUND, At, a_picture, a_plan, in_batch, logged, numbered, shelf, ships
from tests.factories import RENO
from twin.assemble import build
from twin.calibration.decision_log import LoggedDecision, numbered_log, read_log
from twin.calibration.rolling import RollingReplay
from twin.calibration.shadow import one_step, parts
from twin.calibration.shadow_results import Compared, Difference
from twin.config import parse
from twin.domain.errors import ConfigurationError, UsageError
from twin.experiments.decision_log import write_own_log
from twin.hydra_glue import compose
from twin.policies.conformance import Shelf
from twin.policies.contract import DecisionMessage, DecisionRequest, LineMessage
from twin.policies.decision import Reason
from twin.policies.routing.batch_reoptimise import BatchReoptimise
from twin.policies.routing.distance_split import DistanceSplit
from twin.policies.routing.min_cost import MinCost
from twin.policies.routing.roles import LearningPolicy, RoutingPolicy
from twin.policies.snapshot import StockState

BUT_COLUMBUS = At(closed=Reason.PREVIOUSLY_REJECTED)
FULL = At(closed=Reason.ORDER_LIMIT, left=0.0)
SPLIT = a_picture({"columbus": {"mug": 1, "lamp": 0}, "reno": {"mug": 0, "lamp": 1}})


def replay(*log: LoggedDecision) -> tuple[list[Compared], RollingReplay]:
    """Follow a log with `min_cost`, which sends what it can from Columbus by ground."""
    follower = RollingReplay(MinCost(), shelf())
    return list(follower.replay(numbered(*log))), follower


def stock(of: Compared, node: str, sku: str = "mug") -> StockState:
    """What the picture that ours was made on says of a product at a node."""
    return of.request.snapshot.nodes[node].stock[sku]


def our_nodes(found: list[Compared]) -> list[list[str]]:
    return [[shipment.node for shipment in one.ours.shipments] for one in found]


TWO_ORDERS_FOR_ONE_UNIT = [
    logged(a_plan(ships("reno"), number=1), a_picture({"columbus": {"mug": 1}, "reno": {"mug": 1}})),
    logged(a_plan(ships("columbus"), number=2), a_picture({"columbus": {"mug": 1}, "reno": {"mug": 0}}, 11.0)),
]


def test_what_we_took_before_is_gone_where_one_step_still_agrees() -> None:
    steps = list(one_step(numbered(*TWO_ORDERS_FOR_ONE_UNIT), MinCost(), shelf()))
    found, _ = replay(*TWO_ORDERS_FOR_ONE_UNIT)

    assert [one.difference for one in steps] == [Difference.OTHER_NODE, Difference.SAME]
    assert [one.difference for one in found] == [Difference.OTHER_NODE, Difference.OTHER_NODE]
    assert our_nodes(found) == [["columbus"], ["reno"]]


def test_units_that_we_took_are_reserved_and_those_that_production_took_are_free() -> None:
    first, second = TWO_ORDERS_FOR_ONE_UNIT
    left = a_picture({"columbus": {"mug": 1}, "reno": {"mug": 0}}, 11.0, reno=At(reserved=1))

    found, _ = replay(first, logged(second.decision, left))

    assert stock(found[1], "columbus") == StockState(on_hand=1, reserved=1, available=0)
    assert stock(found[1], "reno") == StockState(on_hand=1, reserved=0, available=1)


def test_units_that_have_left_the_house_in_the_log_are_still_on_hand_for_us() -> None:
    found, _ = replay(*TWO_ORDERS_FOR_ONE_UNIT)

    assert stock(found[1], "reno") == StockState(on_hand=1, reserved=0, available=1)


def test_stock_never_falls_below_zero() -> None:
    first, second = TWO_ORDERS_FOR_ONE_UNIT
    lost = a_picture({"columbus": {"mug": 0}, "reno": {"mug": 0}}, 11.0)

    found, _ = replay(first, logged(second.decision, lost))

    assert stock(found[1], "columbus") == StockState(on_hand=0, reserved=1, available=0)


def test_our_plan_is_production_s_where_both_always_took_the_same() -> None:
    log = [
        logged(a_plan(ships("columbus"), number=1), a_picture({"columbus": {"mug": 2}})),
        logged(a_plan(ships("columbus"), number=2), a_picture({"columbus": {"mug": 1}}, 11.0)),
        logged(a_plan(number=3, mug=1), a_picture({"columbus": {"mug": 0}}, 12.0)),
    ]

    found, _ = replay(*log)

    assert [one.difference for one in found] == [Difference.SAME] * 3
    assert [one.request for one in found] == [line.request for line in log]


def test_a_node_that_declined_gives_back_what_both_took_there() -> None:
    found, follower = replay(
        logged(a_plan(ships("columbus")), a_picture({"columbus": {"mug": 1}, "reno": {"mug": 1}})),
        logged(a_plan(ships("reno")), a_picture({"columbus": {"mug": 0}, "reno": {"mug": 1}}, columbus=BUT_COLUMBUS)),
        logged(a_plan(ships("columbus"), number=2), a_picture({"columbus": {"mug": 1}}, 11.0)),
    )

    assert [one.difference for one in found] == [Difference.SAME] * 3
    assert stock(found[2], "columbus").available == 1
    assert [total.ours.nodes for total in follower.totals()] == [("reno",), ("columbus",)]


def test_an_order_that_we_placed_already_is_not_asked_of_us_again() -> None:
    found, follower = replay(
        logged(a_plan(ships("reno")), a_picture({"columbus": {"mug": 1}, "reno": {"mug": 1}})),
        logged(
            a_plan(ships("columbus")),
            a_picture({"columbus": {"mug": 1}, "reno": {"mug": 1}}, reno=At(closed=Reason.PREVIOUSLY_REJECTED)),
        ),
        logged(a_plan(mug=1, number=2), a_picture({"columbus": {"mug": 0}, "reno": {"mug": 1}}, 11.0)),
    )

    assert [one.line for one in found] == [1, 3]
    (first, _) = follower.totals()
    assert first.production == first.ours
    assert stock(found[1], "columbus").available == 0


def test_what_we_left_unfilled_is_asked_for_as_soon_as_the_order_comes_again() -> None:
    nothing = a_picture({"columbus": {"mug": 0, "lamp": 0}, "reno": {"mug": 1, "lamp": 0}}, reno=FULL)
    lamps = a_picture({"columbus": {"mug": 1, "lamp": 1}, "reno": {}}, 20.0)

    found, follower = replay(
        logged(a_plan(ships("reno"), lamp=1), nothing, mug=1, lamp=1),
        logged(a_plan(ships("columbus", lamp=1)), lamps, lamp=1),
    )

    assert [one.difference for one in found] == [Difference.PROD_PLAN_INFEASIBLE, Difference.OURS_FILLED_ONLY]
    assert found[1].request.order.lines == (LineMessage("lamp", 1), LineMessage("mug", 1))
    assert follower.totals()[0].production is None
    assert follower.totals()[0].ours.units == 2


def test_a_product_that_the_new_picture_does_not_show_waits() -> None:
    nothing = a_picture({"columbus": {"mug": 0, "lamp": 0}, "reno": {"mug": 1, "lamp": 0}}, reno=FULL)
    only_lamps = a_picture({"columbus": {"lamp": 1}, "reno": {"lamp": 0}}, 20.0)

    found, _ = replay(
        logged(a_plan(ships("reno"), lamp=1), nothing, mug=1, lamp=1),
        logged(a_plan(ships("columbus", lamp=1)), only_lamps, lamp=1),
    )

    assert found[1].request.order.lines == (LineMessage("lamp", 1),)


def test_of_a_split_order_only_the_declined_part_comes_back() -> None:
    there = {"columbus": {"mug": 1, "lamp": 0}, "reno": {"mug": 0, "lamp": 1}}

    found, follower = replay(
        logged(a_plan(ships("columbus"), ships("reno", lamp=1)), a_picture(there), mug=1, lamp=1),
        logged(
            a_plan(lamp=1),
            a_picture({"columbus": {"lamp": 0}, "reno": {"lamp": 1}}, reno=At(closed=Reason.PREVIOUSLY_REJECTED)),
            lamp=1,
        ),
        logged(a_plan(ships("reno", lamp=1)), a_picture({"columbus": {"lamp": 0}, "reno": {"lamp": 1}}, 30.0), lamp=1),
    )

    assert [one.difference for one in found] == [Difference.SAME] * 3
    assert follower.totals()[0].ours.nodes == ("columbus", "reno")


def test_a_unit_comes_back_once_although_the_same_product_stands_there_twice() -> None:
    there = {"columbus": {"mug": 1}, "reno": {"mug": 1}}
    declined = a_picture({"columbus": {"mug": 0}, "reno": {"mug": 1}}, columbus=BUT_COLUMBUS)
    again = a_picture({"columbus": {"mug": 0}, "reno": {"mug": 0}}, reno=At(closed=Reason.PREVIOUSLY_REJECTED))

    _, follower = replay(
        logged(a_plan(ships("columbus"), ships("reno")), a_picture(there), mug=2),
        logged(a_plan(ships("reno")), declined),
        logged(a_plan(mug=1), again),
    )

    (total,) = follower.totals()
    assert total.production.units == 1
    assert total.ours.units == 1


def test_a_node_that_production_had_filled_for_the_day_is_open_to_us() -> None:
    there = {"columbus": {"mug": 5}, "reno": {"mug": 5}}
    found, _ = replay(
        logged(a_plan(ships("columbus"), number=1), a_picture(there, columbus=At(left=2.0)), to=RENO.zip3),
        logged(a_plan(ships("columbus"), number=2), a_picture(there, 11.0, columbus=At(left=1.0))),
        logged(a_plan(ships("reno"), number=3), a_picture(there, 12.0, columbus=FULL)),
    )

    assert our_nodes(found) == [["reno"], ["columbus"], ["columbus"]]
    assert found[2].request.snapshot.nodes["columbus"].orders_left == 1.0


def test_a_node_that_we_had_filled_for_the_day_is_closed_to_us() -> None:
    there = {"columbus": {"mug": 5}, "reno": {"mug": 5}}
    found, _ = replay(
        logged(a_plan(ships("reno"), number=1), a_picture(there, columbus=At(left=1.0))),
        logged(a_plan(ships("columbus"), number=2), a_picture(there, 11.0, columbus=At(left=1.0))),
    )

    assert our_nodes(found) == [["columbus"], ["reno"]]
    assert found[1].request.snapshot.nodes["columbus"].closed_because is Reason.ORDER_LIMIT


@pytest.mark.parametrize(("left_next", "ours"), [(1.0, "reno"), (2.0, "columbus")])
def test_a_new_day_begins_where_more_orders_are_left_than_production_had_left(left_next, ours) -> None:
    there = {"columbus": {"mug": 5}, "reno": {"mug": 5}}
    found, _ = replay(
        logged(a_plan(ships("reno"), number=1), a_picture(there, columbus=At(left=1.0))),
        logged(a_plan(ships("columbus"), number=2), a_picture(there, 20.0, columbus=At(left=left_next))),
    )

    assert our_nodes(found)[1] == [ours]


def test_an_order_taken_back_is_no_new_day() -> None:
    there = {"columbus": {"mug": 5}, "reno": {"mug": 5}}
    found, _ = replay(
        logged(a_plan(ships("reno"), number=1), a_picture(there, columbus=At(left=1.0), reno=At(left=4.0))),
        logged(
            a_plan(ships("columbus"), number=1),
            a_picture(there, 10.5, columbus=At(left=1.0), reno=At(Reason.PREVIOUSLY_REJECTED, left=4.0)),
        ),
        logged(a_plan(ships("reno"), number=2), a_picture(there, 11.0, columbus=FULL, reno=At(left=4.0))),
    )

    assert our_nodes(found) == [["columbus"], ["reno"]]
    assert found[1].request.snapshot.nodes["reno"].orders_left == 4.0


def test_totals_are_what_stands_in_the_end() -> None:
    _, follower = replay(*TWO_ORDERS_FOR_ONE_UNIT)

    first, second = follower.totals()
    assert (first.production.nodes, first.ours.nodes) == (("reno",), ("columbus",))
    assert (second.production.nodes, second.ours.nodes) == (("columbus",), ("reno",))
    assert first.production.cost_usd + second.production.cost_usd == first.ours.cost_usd + second.ours.cost_usd
    assert {*first.production.services, *second.ours.services} == {GROUND}


def test_a_policy_that_learns_cannot_roll() -> None:
    class Pupil(MinCost):
        refresh_days = 1.0

        def refresh(self, network, forecast):
            return self

    assert isinstance(Pupil(), LearningPolicy)
    with pytest.raises(UsageError, match="the policy Pupil learns from a forecast"):
        RollingReplay(Pupil(), shelf())


def test_an_order_that_is_planned_anew_counts_once() -> None:
    there = {"columbus": {"mug": 1}, "reno": {"mug": 1}}
    found, follower = replay(
        logged(a_plan(ships("reno")), a_picture(there)),
        logged(a_plan(ships("columbus")), a_picture(there, 11.0)),
        logged(a_plan(ships("reno"), number=2), a_picture({"columbus": {"mug": 0}, "reno": {"mug": 1}}, 12.0)),
    )

    assert our_nodes(found) == [["columbus"], ["columbus"], ["reno"]]
    assert [one.difference for one in found] == [Difference.OTHER_NODE, Difference.SAME, Difference.SAME]
    assert [stock(one, "columbus").available for one in found] == [1, 1, 0]
    assert [(total.production.nodes, total.ours.nodes) for total in follower.totals()] == [
        (("columbus",), ("columbus",)),
        (("reno",), ("reno",)),
    ]


def test_all_plans_of_an_instant_are_withdrawn_before_the_first_of_its_orders_is_planned_anew() -> None:
    there = {"columbus": {"mug": 1}, "reno": {"mug": 1}}
    without_columbus = {"columbus": {"mug": 0}, "reno": {"mug": 1}}
    found, _ = replay(
        logged(a_plan(ships("columbus"), number=1), a_picture(there)),
        logged(a_plan(ships("reno"), number=2), a_picture(without_columbus, 11.0)),
        logged(a_plan(ships("columbus"), number=2), a_picture(there, 12.0)),
        logged(a_plan(ships("reno"), number=1), a_picture(without_columbus, 12.0)),
    )

    assert our_nodes(found) == [["columbus"], ["reno"], ["columbus"], ["reno"]]


def test_plans_withdrawn_are_no_new_day() -> None:
    there = {"columbus": {"mug": 5}, "reno": {"mug": 5}}
    found, _ = replay(
        logged(a_plan(ships("columbus"), number=1), a_picture(there, columbus=At(left=1.0)), to=RENO.zip3),
        logged(a_plan(ships("reno"), number=1), a_picture(there, 11.0, columbus=At(left=1.0)), to=RENO.zip3),
        logged(a_plan(ships("columbus"), number=2), a_picture(there, 12.0, columbus=At(left=1.0))),
    )

    assert our_nodes(found) == [["reno"], ["reno"], ["columbus"]]
    assert [one.request.snapshot.nodes["columbus"].orders_left for one in found] == [1.0, 1.0, 1.0]


def test_of_an_order_planned_anew_in_part_the_other_shipment_stays() -> None:
    found, follower = replay(
        logged(a_plan(ships("columbus"), ships("reno", lamp=1)), SPLIT, mug=1, lamp=1),
        logged(
            a_plan(ships("columbus", lamp=1)), a_picture({"columbus": {"lamp": 1}, "reno": {"lamp": 1}}, 11.0), lamp=1
        ),
    )

    assert [sorted(nodes) for nodes in our_nodes(found)] == [["columbus", "reno"], ["columbus"]]
    assert follower.totals()[0].production.nodes == ("columbus", "columbus")


def test_half_a_shipment_planned_anew_is_refused() -> None:
    whole = logged(a_plan(ships("columbus", mug=1, lamp=1)), mug=1, lamp=1)

    with pytest.raises(ConfigurationError, match=r"line 2: order 1: mug decided on again, without the rest"):
        replay(whole, logged(a_plan(ships("columbus")), a_picture(taken_at=11.0)))


def test_what_production_decided_together_is_on_one_picture() -> None:
    there = {"columbus": {"mug": 1}, "reno": {"mug": 1}}
    found, _ = replay(
        in_batch(logged(a_plan(ships("reno"), number=1), a_picture(there))),
        in_batch(logged(a_plan(ships("columbus"), number=2), a_picture(there))),
        logged(a_plan(mug=1, number=3), a_picture({"columbus": {"mug": 0}, "reno": {"mug": 0}}, 11.0)),
    )

    assert our_nodes(found) == [["columbus"], ["reno"], []]
    assert [stock(one, "columbus").available for one in found] == [1, 0, 0]
    assert [stock(one, "reno").available for one in found] == [1, 1, 0]


OVERRIDES = [
    "study.warmup_days=0", "study.measured_days=2", "study.cooldown_days=0", "study.runout_days=2",
    "demand.orders_per_day=200", "replenishment=none", "replenishment.opening_days_of_cover=1",
    "+network.nodes.columbus.orders_per_day=60", "+network.nodes.reno.orders_per_day=120",
]  # fmt: skip


@pytest.mark.parametrize(
    ("dom", "production"),
    [("direct", MinCost()), ("replan", MinCost()), ("runs", MinCost()), ("runs", BatchReoptimise())],
)
def test_without_receipts_and_declines_it_is_exactly_the_run_that_would_have_been(
    tmp_path, dom: str, production: RoutingPolicy
) -> None:
    composition = compose([*OVERRIDES, f"dom={dom}"], "tutorial")
    model, ours = build(parse(composition.values, composition.origin)), DistanceSplit()
    write_own_log(replace(model, routing=production), tmp_path / "production.jsonl", 3)
    write_own_log(replace(model, routing=ours), tmp_path / "ours.jsonl", 3)
    prices = Shelf(model.shelves.book, model.shelves.packer)
    truth = {asked(one.request): who(one.decision) for one in read_log(tmp_path / "ours.jsonl")}

    rolled = list(RollingReplay(ours, prices).replay(numbered_log(tmp_path / "production.jsonl")))
    steps = list(one_step(numbered_log(tmp_path / "production.jsonl"), ours, prices))

    assert any(
        node.closed_because is Reason.ORDER_LIMIT for one in rolled for node in one.request.snapshot.nodes.values()
    )
    both = [one for one in rolled if asked(one.request) in truth]
    assert len(both) > 0.98 * max(len(rolled), len(truth))  # an order or two waits for stock in one of the worlds alone
    assert [who(one.ours) for one in both] == [truth[asked(one.request)] for one in both]
    assert [who(one.ours) for one in steps] != [truth.get(asked(one.request)) for one in steps]


def asked(request: DecisionRequest) -> tuple[int, float]:
    """Which order is decided on, and when."""
    return request.order.order_number, request.snapshot.taken_at


def who(decision: DecisionMessage) -> list[tuple[object, ...]]:
    """Who ships what; by which service depends on backlogs, which no log knows."""
    return [part[:2] for part in parts(decision)]
