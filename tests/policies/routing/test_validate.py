"""Every decision is checked before anything is reserved, whoever made it."""

from __future__ import annotations

import pytest

from tests.policies.worlds import SnapshotView, an_order, lines_of, ways_from
from twin.domain.orders import Lines, Order
from twin.policies.decision import Decision, Offer, PlannedShipment, Reason
from twin.policies.routing.validate import IllegalDecision, validate
from twin.policies.view import Without

VIEW = SnapshotView(ways_from("akron", "dayton", "lima"), {"akron": {"mug": 3, "lamp": 1}, "dayton": {"mug": 9}},
                    closed={"lima": Reason.NODE_CLOSED})  # fmt: skip


def a_shipment(node: str, lines: Lines) -> PlannedShipment:
    return PlannedShipment(Offer(node, "parcel_ground", 1, 5.0, 5.0, 1, 0, 1), lines, VIEW.parcels(lines), 24.0)


def a_decision(order: Order, *shipments: PlannedShipment, unfilled: Lines = ()) -> Decision:
    return Decision(order.number, shipments, unfilled)


def test_a_whole_shipment_a_split_and_an_order_left_alone_are_all_legal() -> None:
    order = an_order(mug=5)

    validate(order, a_decision(order, a_shipment("dayton", order.lines)), VIEW)
    validate(
        order,
        a_decision(order, a_shipment("akron", lines_of(mug=3)), a_shipment("dayton", lines_of(mug=1)),
                   unfilled=lines_of(mug=1)),
        VIEW,
    )  # fmt: skip
    validate(order, a_decision(order, unfilled=order.lines), VIEW)


@pytest.mark.parametrize(
    ("shipped", "unfilled"),
    [
        (lines_of(mug=3), lines_of(lamp=1)),
        (lines_of(mug=3, lamp=1), lines_of(mug=2)),
        (lines_of(mug=3, lamp=1), lines_of(book=1)),
        ((), ()),
    ],
    ids=["a unit is lost", "a unit too many", "a product nobody ordered", "nothing at all"],
)
def test_a_decision_must_account_for_every_unit(shipped: Lines, unfilled: Lines) -> None:
    order = an_order(mug=4, lamp=1)
    shipments = [a_shipment("akron", shipped)] if shipped else []

    with pytest.raises(IllegalDecision, match=r"order 7: ordered \{'mug': 4, 'lamp': 1\}, but shipped and unfilled"):
        validate(order, a_decision(order, *shipments, unfilled=unfilled), VIEW)


def test_the_bug_of_vendure_is_caught() -> None:
    # need 5, have 3 and 9: taking min(quantity, available) at each node ships 8
    order = an_order(mug=5)
    decision = a_decision(order, a_shipment("akron", lines_of(mug=3)), a_shipment("dayton", lines_of(mug=5)))

    with pytest.raises(IllegalDecision, match=r"ordered \{'mug': 5\}, but .* add up to \{'mug': 8\}"):
        validate(order, decision, VIEW)


def test_a_node_cannot_ship_more_than_it_has() -> None:
    order = an_order(mug=5)

    with pytest.raises(IllegalDecision, match="'akron' cannot ship 5 of mug: not enough stock to promise"):
        validate(order, a_decision(order, a_shipment("akron", order.lines)), VIEW)


def test_two_shipments_of_a_node_cannot_promise_the_same_unit() -> None:
    order = an_order(mug=4)
    decision = a_decision(order, a_shipment("akron", lines_of(mug=2)), a_shipment("akron", lines_of(mug=2)))

    with pytest.raises(IllegalDecision, match="'akron' cannot ship 4 of mug"):
        validate(order, decision, VIEW)


def test_a_closed_node_cannot_ship() -> None:
    order = an_order(mug=1)

    with pytest.raises(IllegalDecision, match="'lima' cannot ship 1 of mug: NODE_CLOSED"):
        validate(order, a_decision(order, a_shipment("lima", order.lines)), VIEW)


def test_a_node_that_declined_before_cannot_ship() -> None:
    order = an_order(mug=1)

    with pytest.raises(IllegalDecision, match="'akron' cannot ship 1 of mug: PREVIOUSLY_REJECTED"):
        validate(order, a_decision(order, a_shipment("akron", order.lines)), Without(VIEW, frozenset({"akron"})))


@pytest.mark.parametrize("split", [False, True])
def test_a_node_that_does_not_exist_cannot_ship(split: bool) -> None:
    order = an_order(mug=2)
    parts = [lines_of(mug=1), lines_of(mug=1)] if split else [order.lines]
    decision = a_decision(
        order, *(a_shipment(node, part) for node, part in zip(["atlantis", "akron"], parts, strict=False))
    )

    with pytest.raises(IllegalDecision, match=r"'atlantis' cannot ship [12] of mug: no such node"):
        validate(order, decision, VIEW)


def test_a_shipment_of_nothing_is_illegal() -> None:
    order = an_order(mug=1)
    decision = a_decision(order, a_shipment("akron", order.lines), a_shipment("dayton", ()))

    with pytest.raises(IllegalDecision, match="node 'dayton' is to ship nothing"):
        validate(order, decision, VIEW)


def test_a_decision_for_another_order_is_illegal() -> None:
    order = an_order(mug=1)

    with pytest.raises(IllegalDecision, match="order 7: the decision is for order 8"):
        validate(order, Decision(8, (a_shipment("akron", order.lines),)), VIEW)
