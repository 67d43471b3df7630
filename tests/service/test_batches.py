"""Many orders at once: by pictures of their own, or by one picture of which no unit is promised twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.service.serving import (
    Caller,
    Greedy,
    a_picture,
    a_request,
    a_service,
    a_state,
    a_view,
    an_order,
)  # fmt: skip
from twin.domain.orders import Order
from twin.policies.contract import DecisionRequest, order_from
from twin.policies.decision import Decision, Reason
from twin.policies.routing.min_cost import MinCost
from twin.policies.snapshot import Snapshot, StockState
from twin.policies.view import NetworkView
from twin.service.messages import PictureMessage, RequestBatch
from twin.service.pictures import less

BATCH = "/v1/decisions:batch"
SHARED = a_service()


@dataclass(frozen=True)
class LastFirst:
    """Decides the last order of a batch first, so that nobody takes it for deciding one after the other."""

    def decide(self, order: Order, network: NetworkView) -> Decision:
        return MinCost().decide(order, network)

    def decide_batch(self, orders: Sequence[Order], network: NetworkView) -> Sequence[Decision]:
        assert network.can_fill("columbus", orders[-1].lines)
        nothing = [Decision(order.number, (), order.lines) for order in orders[:-1]]
        return [*nothing, self.decide(orders[-1], network)]


@dataclass(frozen=True)
class Forgetful(Greedy):
    """Forgets the last order of a batch, or sends every one from the same stock."""

    forgets: int

    def decide_batch(self, orders: Sequence[Order], network: NetworkView) -> Sequence[Decision]:
        return [self.decide(order, network) for order in orders][: len(orders) - self.forgets]


def a_stocked(policy=None, snapshot: Snapshot | None = None, **limits: int) -> Caller:
    """A service that has a picture called `now`."""
    service = a_service(policy, limits=limits)
    service.ask("PUT", "/v1/snapshots/now", PictureMessage(1, snapshot or a_picture(reno=a_state(0))))
    return service


def by_now(*mugs: int) -> RequestBatch:
    """One order for each number of mugs, all by the stored picture."""
    return RequestBatch(
        tuple(a_request(an_order(number, mug=units), snapshot_id="now") for number, units in enumerate(mugs))
    )


def statuses(service: Caller, batch: RequestBatch) -> list[str]:
    answer = service.ask("POST", BATCH, batch)
    assert answer.status_code == 200
    return [decision["status"] for decision in answer.json()["decisions"]]


def test_orders_with_pictures_of_their_own_are_decided_as_if_each_came_alone() -> None:
    service = a_service()
    requests = [a_request(an_order(number, mug=5), explain="full") for number in range(3)]

    answer = service.ask("POST", BATCH, RequestBatch(tuple(requests)))

    decisions = msgspec.json.decode(answer.content, type=dict[str, list[msgspec.Raw]])["decisions"]
    assert [bytes(decision) for decision in decisions] == [service.decide(request).content for request in requests]


def test_no_unit_of_a_shared_picture_is_promised_twice_in_a_batch() -> None:
    assert statuses(a_stocked(), by_now(5, 5, 4)) == ["FULL", "PARTIAL", "UNFILLABLE"]


def test_the_next_batch_begins_with_the_picture_as_it_was_stored() -> None:
    service = a_stocked()

    assert statuses(service, by_now(9)) == statuses(service, by_now(9)) == ["FULL"]


def test_a_node_takes_no_more_orders_of_a_batch_than_it_has_left() -> None:
    service = a_stocked(snapshot=a_picture(columbus=a_state(orders_left=2.0), reno=a_state(0)))

    assert statuses(service, by_now(1, 1, 1)) == ["FULL", "FULL", "UNFILLABLE"]


def test_orders_with_and_without_pictures_come_back_in_their_order() -> None:
    own = tuple(a_request(an_order(number, mug=1)) for number in (10, 11))
    shared = by_now(9, 1).requests

    answer = a_stocked().ask("POST", BATCH, RequestBatch((shared[0], own[0], shared[1], own[1])))

    told = [(decision["order_number"], decision["status"]) for decision in answer.json()["decisions"]]
    assert told == [(0, "FULL"), (10, "FULL"), (1, "UNFILLABLE"), (11, "FULL")]


def test_a_policy_for_batches_sees_them_whole() -> None:
    service = a_stocked(LastFirst())

    assert service.ask("GET", "/v1/policy").json()["capabilities"]["batch"] is True
    assert statuses(service, by_now(9, 9)) == ["UNFILLABLE", "FULL"]


def test_a_policy_for_batches_explains_by_the_picture_that_it_decided_by() -> None:
    batch = RequestBatch(tuple(msgspec.structs.replace(request, explain="full") for request in by_now(9, 9).requests))

    answer = a_stocked(LastFirst()).ask("POST", BATCH, batch)

    assert [decision["explanation"]["rejected"] for decision in answer.json()["decisions"]] == [
        {"columbus": "DOMINATED", "reno": "NO_STOCK"},
        {"reno": "NO_STOCK"},
    ]


def test_a_policy_for_batches_that_promises_a_unit_twice_is_refused() -> None:
    answer = a_stocked(Forgetful(0)).ask("POST", BATCH, by_now(5, 5))

    assert answer.status_code == 500
    assert "order 1: node 'columbus' cannot ship 5 of mug: not enough stock to promise" in answer.json()["detail"]


def test_a_policy_for_batches_that_forgets_an_order_is_refused() -> None:
    answer = a_stocked(Forgetful(1)).ask("POST", BATCH, by_now(1, 1))

    assert answer.status_code == 500
    assert answer.json()["detail"].startswith("policy 'min_cost': 1 decisions for 2 orders; expected")


def test_one_order_that_cannot_be_decided_is_named_and_none_is_decided() -> None:
    batch = RequestBatch((a_request(), a_request(an_order(8, sofa=1))))

    answer = a_service().ask("POST", BATCH, batch)

    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("body, requests[1], order.lines[0].sku: 'sofa'; expected the SKU")


def test_a_batch_of_nothing_is_decided() -> None:
    answer = a_service().ask("POST", BATCH, RequestBatch(()))

    assert (answer.status_code, answer.content) == (200, b'{"decisions":[]}')


def test_a_batch_of_too_many_orders_is_refused() -> None:
    answer = a_stocked(batch_orders=2).ask("POST", BATCH, by_now(1, 1, 1))

    assert answer.status_code == 413
    assert answer.json()["detail"] == "body, requests: 3; expected at most 2; divide the batch"


def test_what_is_promised_is_taken_from_the_picture_and_from_nothing_else() -> None:
    picture = a_picture(columbus=a_state(orders_left=1.5, backlog_hours=2.0))
    decision = MinCost().decide(order_from(an_order(mug=2, book=1)), a_view(picture))

    after = less(picture, decision)

    stock = {"mug": StockState(9, 2, 7), "lamp": StockState(9, 0, 9), "book": StockState(9, 1, 8)}
    assert after.nodes["columbus"] == a_state(
        stock=stock, orders_left=0.5, backlog_hours=2.0, closed_because=Reason.ORDER_LIMIT
    )
    assert after.nodes["reno"] == picture.nodes["reno"]
    assert picture.nodes["columbus"].stock["mug"] == StockState(9, 0, 9)


@settings(max_examples=25, derandomize=True)
@given(
    mugs=st.lists(st.integers(1, 12), min_size=1, max_size=12),
    columbus=st.integers(0, 30),
    reno=st.integers(0, 30),
    left=st.sampled_from([None, 1.0, 2.5]),
)
def test_whatever_is_asked_no_batch_promises_more_than_there_is(mugs, columbus, reno, left) -> None:
    picture = a_picture(columbus=a_state(columbus, orders_left=left), reno=a_state(reno))

    answer = SHARED.ask("PUT", "/v1/snapshots/now", PictureMessage(0, picture))
    decisions = SHARED.ask("POST", BATCH, by_now(*mugs)).json()["decisions"]

    shipments = [shipment for decision in decisions for shipment in decision["shipments"]]
    shipped = dict.fromkeys(("columbus", "reno"), 0)
    for shipment in shipments:
        shipped[shipment["node"]] += shipment["lines"][0]["quantity"]
    unfilled = sum(line["quantity"] for decision in decisions for line in decision["unfilled"])
    assert answer.status_code == 200
    assert shipped["columbus"] <= columbus
    assert shipped["reno"] <= reno
    assert sum(shipped.values()) + unfilled == sum(mugs)
    assert left is None or sum(shipment["node"] == "columbus" for shipment in shipments) <= left


@pytest.mark.parametrize("many", [1, 7])
def test_a_batch_is_the_orders_one_by_one_over_what_is_left(many: int) -> None:
    picture = a_picture(columbus=a_state(4), reno=a_state(6))
    requests = [a_request(an_order(number, mug=2, book=1), snapshot_id="now") for number in range(many)]

    answer = a_stocked(snapshot=picture).ask("POST", BATCH, RequestBatch(tuple(requests)))

    decisions = msgspec.json.decode(answer.content, type=dict[str, list[msgspec.Raw]])["decisions"]
    assert [bytes(decision) for decision in decisions] == one_by_one(requests, picture)


def one_by_one(requests: Sequence[DecisionRequest], picture: Snapshot) -> list[bytes]:
    """Ask for each order alone, with a picture from which what was promised before is gone."""
    alone, told = a_service(), []
    for request in requests:
        asked = msgspec.structs.replace(request, snapshot=picture, snapshot_id=None)
        told.append(alone.decide(asked).content)
        picture = less(picture, MinCost().decide(order_from(asked.order), a_view(picture)))
    return told
