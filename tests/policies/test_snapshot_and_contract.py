"""Pictures of the network and the JSON that carries them."""

from __future__ import annotations

import json

import msgspec
import pytest
from msgspec import structs

from tests.factories import COLUMBUS, RENO, a_network
from tests.policies.worlds import an_order
from twin.domain.orders import Order, OrderLine
from twin.policies.cartons import Packer
from twin.policies.contract import (
    DecisionMessage,
    DecisionRequest,
    LineMessage,
    ShipmentMessage,
    UnknownOffer,
    canonical,
    decision_from,
    decision_message,
    identity,
    order_from,
    order_message,
)
from twin.policies.decision import Reason
from twin.policies.offers import OfferBook
from twin.policies.routing.min_cost import MinCost
from twin.policies.snapshot import NodeState, Snapshot, SnapshotView, StockState, UnknownNodes, snapshot_for
from twin.policies.view import Without

NETWORK = a_network()
BOOK, PACKER = OfferBook(NETWORK), Packer.of(NETWORK)
LEVEL = next(iter(NETWORK.service_levels))
ORDER = Order(7, 10.0, "web", COLUMBUS.zip3, LEVEL, (OrderLine("mug", 2), OrderLine("book", 1)), 90.0, (0.5,), 0.3)


def a_state(**special) -> NodeState:
    """Three mugs on the shelf, one of them promised, two books, and every pickup on the doorstep at hour 50."""
    days = {str(days): 50.0 for days in range(9)}
    known = {
        "stock": {"mug": StockState(3, 1, 2), "book": StockState(2, 0, 2)},
        "arrives_at": dict.fromkeys(NETWORK.services, days),
    }
    return NodeState(**{**known, **special})


def a_view(**nodes: NodeState) -> SnapshotView:
    return SnapshotView(BOOK, PACKER, Snapshot(10.0, {name: nodes.get(name, a_state()) for name in NETWORK.nodes}))


def test_a_view_over_a_snapshot_answers_what_the_snapshot_says() -> None:
    view = a_view(reno=a_state(closed_because=Reason.ORDER_LIMIT, backlog_hours=3.5, orders_left=0.0))

    assert view.now_hours == 10.0
    assert (view.on_hand("columbus", "mug"), view.reserved("columbus", "mug")) == (3, 1)
    assert view.unreserved("mug") == dict.fromkeys(NETWORK.nodes, 2)
    assert set(view.unreserved("lamp").values()) == {0}
    assert view.available_to_promise("columbus", "mug") == 2
    assert view.available_to_promise("columbus", "lamp") == view.on_hand("columbus", "lamp") == 0
    assert view.can_fill("columbus", ORDER.lines)
    assert not view.can_fill("reno", ORDER.lines)
    assert (view.closed_because("reno"), view.backlog_hours("reno"), view.orders_left("reno")) == (
        "ORDER_LIMIT",
        3.5,
        0,
    )
    assert view.orders_left("columbus") == float("inf")
    assert view.region(RENO.zip3) == "west"


def test_a_service_without_an_arrival_never_arrives() -> None:
    view = a_view(columbus=a_state(arrives_at={}))
    offers = view.offers(ORDER.destination, LEVEL, view.parcels(ORDER.lines))

    assert {view.arrives_at(offer) for offer in offers if offer.node == "columbus"} == {float("inf")}
    assert {view.arrives_at(offer) for offer in offers if offer.node == "reno"} == {50.0}


def test_a_picture_for_an_order_holds_its_products_and_one_arrival_for_each_way() -> None:
    picture = snapshot_for(ORDER, Without(a_view(), frozenset({"reno"})), BOOK)

    assert picture.taken_at == 10.0
    assert picture.nodes["columbus"].stock == a_state().stock
    assert picture.nodes["columbus"].closed_because is None
    assert picture.nodes["reno"].closed_because is Reason.PREVIOUSLY_REJECTED
    assert all(list(by_days.values()) == [50.0] for by_days in picture.nodes["columbus"].arrives_at.values())


def test_a_picture_of_another_network_is_refused() -> None:
    with pytest.raises(UnknownNodes, match=r"another network than 'tests'.*missing reno; unknown sparks"):
        SnapshotView(BOOK, PACKER, Snapshot(0.0, {"columbus": a_state(), "sparks": a_state()}))


def test_an_order_goes_there_and_back_without_its_luck() -> None:
    again = order_from(msgspec.json.decode(canonical(order_message(ORDER)), type=type(order_message(ORDER))))

    assert again == structs.replace(ORDER, work=(), found_luck=0.0)


def test_a_product_on_several_lines_becomes_one_line() -> None:
    lines = tuple(LineMessage(sku, units) for sku, units in (("mug", 1), ("book", 2), ("mug", 3)))

    order = order_from(structs.replace(order_message(ORDER), lines=lines))

    assert order.lines == (OrderLine("mug", 4), OrderLine("book", 2))


def test_a_decision_goes_there_and_back() -> None:
    view = a_view()
    decision = MinCost().decide(ORDER, view)

    message = msgspec.json.decode(canonical(decision_message(decision)), type=DecisionMessage)

    assert message.status == "FULL"
    assert decision_from(message, ORDER, view) == decision
    shipment = decision.shipments[0]
    assert message.shipments[0].cost_usd == round(shipment.offer.cost_usd + shipment.parcels.packaging_usd, 6)


@pytest.mark.parametrize(("mugs", "status"), [(2, "FULL"), (5, "PARTIAL")])
def test_the_status_says_whether_anything_is_left(mugs: int, status: str) -> None:
    order = structs.replace(ORDER, lines=(OrderLine("mug", mugs),))

    assert decision_message(MinCost().decide(order, a_view())).status == status


def test_a_decision_that_ships_nothing_is_unfillable() -> None:
    order = structs.replace(ORDER, lines=(OrderLine("lamp", 1),))

    message = decision_message(MinCost().decide(order, a_view()))

    assert (message.status, message.unfilled) == ("UNFILLABLE", (LineMessage("lamp", 1),))


def test_a_shipment_by_a_way_that_is_not_there_is_refused() -> None:
    message = DecisionMessage(7, "FULL", (ShipmentMessage("reno", "pigeon", (LineMessage("mug", 2),)),))

    with pytest.raises(UnknownOffer, match="order 7: node 'reno' cannot send 2 of mug to 432 by 'pigeon'"):
        decision_from(message, ORDER, a_view())


def test_canonical_json_sorts_its_keys_and_names_itself() -> None:
    request = DecisionRequest(order_message(ORDER), snapshot_for(ORDER, a_view(), BOOK))
    text = canonical(request)

    assert list(json.loads(text)) == sorted(json.loads(text))
    assert msgspec.json.decode(text, type=DecisionRequest) == request
    assert identity(request) != identity(DecisionRequest(order_message(ORDER)))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"quantity": 0}, r"quantity must be at least 1, got 0 - at `\$.lines\[0\]`"),
        ({"quantity": 1, "colour": "red"}, "unknown field `colour`"),
    ],
)
def test_what_we_are_asked_must_be_exact(change, message: str) -> None:
    asked = json.loads(canonical(order_message(ORDER)))
    asked["lines"][0] |= change

    with pytest.raises(msgspec.ValidationError, match=message):
        msgspec.convert(asked, type(order_message(ORDER)))


def test_an_order_without_lines_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one line"):
        order_message(structs.replace(an_order(mug=1), lines=()))
