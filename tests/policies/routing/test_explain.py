"""Every node is in the plan or out for exactly one reason."""

from __future__ import annotations

import pytest

from tests.policies.worlds import SnapshotView, Way, an_order, ways_from
from twin.policies.decision import Decision, Explanation, Reason
from twin.policies.routing.explain import explain
from twin.policies.routing.min_cost import MinCost
from twin.policies.routing.ship_complete import ShipComplete
from twin.policies.view import Without

ENOUGH = {"mug": 9, "lamp": 9}


def why(view: SnapshotView, **quantities: int) -> Explanation:
    order = an_order(**quantities)
    return explain(order, MinCost().decide(order, view), view, MinCost(), "full")


def test_the_chosen_node_has_no_reason_and_the_dearer_one_is_dominated() -> None:
    view = SnapshotView((Way("akron", usd=5.0), Way("dayton", usd=7.25)), {"akron": ENOUGH, "dayton": ENOUGH},
                        box_usd=0.5)  # fmt: skip

    found = why(view, mug=1)

    assert found.chosen == ("akron",)
    assert found.rejected == {"dayton": Reason.DOMINATED}
    # $7.25 and $0.50 for the box; 24 hours are 24 before the promise
    assert found.details == {"dayton": "$7.75 by parcel_ground, arriving -24.0 h against the promise, backlog 0.0 h"}


@pytest.mark.parametrize(
    "reason", [Reason.NODE_DISABLED, Reason.NODE_CLOSED, Reason.ORDER_LIMIT, Reason.PREVIOUSLY_REJECTED]
)
def test_a_node_that_takes_no_orders_says_why_whatever_its_stock(reason: Reason) -> None:
    view = SnapshotView(ways_from("akron", "dayton"), {"akron": ENOUGH, "dayton": ENOUGH}, closed={"dayton": reason})

    found = why(view, mug=1)

    assert found.rejected == {"dayton": reason}
    assert found.details == {"dayton": "takes no orders now"}


def test_a_node_that_was_asked_before_is_out_for_that() -> None:
    view = Without(SnapshotView(ways_from("akron", "dayton"), {"akron": ENOUGH, "dayton": ENOUGH}),
                   frozenset({"akron"}))  # fmt: skip
    order = an_order(mug=1)

    found = explain(order, MinCost().decide(order, view), view, MinCost())

    assert found == Explanation(("dayton",), {"akron": Reason.PREVIOUSLY_REJECTED})


def test_a_node_without_a_service_there_is_out_for_that() -> None:
    view = SnapshotView(ways_from("akron"), {"akron": ENOUGH, "dayton": ENOUGH})

    found = why(view, mug=1)

    assert found.rejected == {"dayton": Reason.SERVICE_UNAVAILABLE}
    assert found.details == {"dayton": "no service of standard takes it to 432"}


def test_a_node_without_any_stock_of_it_is_told_from_one_with_a_part() -> None:
    view = SnapshotView(
        ways_from("akron", "dayton", "lima"), {"akron": ENOUGH, "dayton": {"mug": 1}, "lima": {"book": 5}}
    )

    found = why(view, mug=2, lamp=1)

    assert found.rejected == {"dayton": Reason.INCOMPLETE_FOR_SINGLE, "lima": Reason.NO_STOCK}
    assert found.details == {"dayton": "1 of 2 mug, 0 of 1 lamp", "lima": "0 of 2 mug, 0 of 1 lamp"}


def test_a_node_that_is_always_late_cannot_meet_a_promise_that_the_plan_keeps() -> None:
    ways = (Way("akron", usd=9.0), Way("dayton", usd=2.0, arrives_at=96.0),
            Way("dayton", usd=4.0, arrives_at=60.0, service="parcel_air"))  # fmt: skip
    view = SnapshotView(ways, {"akron": ENOUGH, "dayton": ENOUGH})

    found = why(view, mug=1)

    assert found.rejected == {"dayton": Reason.CANNOT_MEET_PROMISE}
    # its fastest way, not its cheapest
    assert found.details["dayton"].startswith("$4.00 by parcel_air, arriving +12.0 h against the promise")


def test_where_the_plan_is_late_too_a_late_node_is_only_dominated() -> None:
    view = SnapshotView((Way("akron", usd=1.0, arrives_at=96.0), Way("dayton", usd=2.0, arrives_at=96.0)),
                        {"akron": ENOUGH, "dayton": ENOUGH})  # fmt: skip

    assert why(view, mug=1).rejected == {"dayton": Reason.DOMINATED}


def test_a_split_names_all_its_nodes_in_order_and_explains_the_others() -> None:
    view = SnapshotView(
        ways_from("akron", "dayton", "lima"), {"akron": {"mug": 1}, "dayton": {"lamp": 1}, "lima": {"mug": 1}}
    )

    found = why(view, mug=1, lamp=1)

    assert set(found.chosen) == {"akron", "dayton"}
    assert found.rejected == {"lima": Reason.INCOMPLETE_FOR_SINGLE}


def test_an_order_nobody_takes_explains_every_node() -> None:
    view = SnapshotView(ways_from("akron", "dayton"), {"akron": {"mug": 1}, "dayton": {}})
    order = an_order(mug=2)

    found = explain(order, ShipComplete().decide(order, view), view, ShipComplete())

    assert found == Explanation((), {"akron": Reason.INCOMPLETE_FOR_SINGLE, "dayton": Reason.NO_STOCK})


def test_details_come_only_where_they_are_asked_for() -> None:
    view = SnapshotView(ways_from("akron"), {"akron": {}, "dayton": {}})
    order = an_order(mug=1)

    assert explain(order, Decision(order.number, (), order.lines), view, MinCost()).details == {}
