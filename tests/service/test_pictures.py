"""Pictures that callers keep in the service: stored whole, changed in sequence, forgotten, and how many."""

from __future__ import annotations

import msgspec
import pytest

from tests.service.serving import Caller, Hands, a_picture, a_request, a_service, a_state, an_order
from twin.policies.decision import Reason
from twin.policies.snapshot import Snapshot, StockState
from twin.service.messages import ChangeMessage, NodeChange, PictureMessage
from twin.service.pictures import changed

NOW = "/v1/snapshots/now"


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def service(clock: Hands) -> Caller:
    """A service that has picture number 5, nine of everything everywhere."""
    caller = a_service(clock=clock)
    assert caller.ask("PUT", NOW, PictureMessage(5, a_picture())).status_code == 200
    return caller


def a_change(sequence: int = 6, **nodes: NodeChange) -> ChangeMessage:
    """An hour later."""
    return ChangeMessage(sequence, 11.0, nodes)


def nodes_of(service: Caller, **quantities: int) -> list[str]:
    """Say who would ship an order by the stored picture."""
    told = service.decide(a_request(an_order(**quantities), snapshot_id="now")).json()
    return [shipment["node"] for shipment in told["shipments"]]


def test_an_order_is_decided_by_a_stored_picture_as_by_one_it_brings(service: Caller) -> None:
    stored = service.decide(a_request(snapshot_id="now"))

    assert stored.content == service.decide(a_request()).content


def test_a_picture_tells_how_far_it_is_and_how_old(service: Caller, clock: Hands) -> None:
    clock.at += 7.5

    told = service.ask("GET", NOW).json()

    assert told == {"snapshot_id": "now", "sequence": 5, "taken_at": 10.0, "age_seconds": 7.5}


def test_the_next_change_brings_a_picture_up_to_date(service: Caller, clock: Hands) -> None:
    clock.at += 7.5

    told = service.ask("PATCH", NOW, a_change(columbus=NodeChange(closed_because=Reason.NODE_CLOSED)))

    assert told.json() == {"snapshot_id": "now", "sequence": 6, "taken_at": 11.0, "age_seconds": 0.0}
    assert nodes_of(service, mug=2) == ["reno"]


@pytest.mark.parametrize("sequence", [4, 5, 7])
def test_any_other_change_is_stale_and_told_which_was_expected(service: Caller, sequence: int) -> None:
    answer = service.ask("PATCH", NOW, a_change(sequence))

    assert (answer.status_code, answer.json()["expected_sequence"]) == (409, 6)
    assert answer.json()["type"] == "urn:twin:problem:STALE_SNAPSHOT"
    assert answer.json()["detail"] == (
        f"snapshot 'now': sequence number {sequence}; expected 6; send what is missing in between, or PUT the whole "
        "picture again with a later number"
    )
    assert service.ask("GET", NOW).json()["sequence"] == 5


def test_a_whole_picture_replaces_one_that_is_as_far_or_less(service: Caller) -> None:
    answer = service.ask("PUT", NOW, PictureMessage(9, a_picture(columbus=a_state(0))))

    assert (answer.status_code, answer.json()["sequence"]) == (200, 9)
    assert nodes_of(service, mug=2) == ["reno"]


def test_a_whole_picture_that_comes_late_does_not_replace_a_later_one(service: Caller) -> None:
    answer = service.ask("PUT", NOW, PictureMessage(4, a_picture(columbus=a_state(0))))

    assert (answer.status_code, answer.json()["expected_sequence"]) == (409, 5)
    assert "sequence number 4; expected at least 5; send" in answer.json()["detail"]
    assert nodes_of(service, mug=2) == ["columbus"]


def test_a_change_says_only_what_is_different() -> None:
    arrivals = a_state().arrives_at
    change = NodeChange(
        stock={"mug": StockState(1, 0, 1), "lamp": None},
        arrives_at={"parcel_ground": {"2": 60.0}},
        backlog_hours=3.0,
        orders_left=4.0,
    )

    after = changed(a_picture(), a_change(reno=change))

    assert after.taken_at == 11.0
    assert after.nodes["columbus"] == a_state()
    assert after.nodes["reno"] == a_state(
        stock={"mug": StockState(1, 0, 1), "book": StockState(9, 0, 9)},
        arrives_at={**arrivals, "parcel_ground": {"2": 60.0}},
        backlog_hours=3.0,
        orders_left=4.0,
    )


def test_a_node_opens_again_and_loses_its_limit_by_null() -> None:
    closed = a_picture(reno=a_state(closed_because=Reason.ORDER_LIMIT, orders_left=0.0))
    text = b'{"sequence": 6, "taken_at": 10.0, "nodes": {"reno": {"closed_because": null, "orders_left": null}}}'

    after = changed(closed, msgspec.json.decode(text, type=ChangeMessage))

    assert after == a_picture()


def test_changes_one_by_one_lead_to_the_same_picture_as_the_whole(service: Caller) -> None:
    whole = a_picture(columbus=a_state(1), reno=a_state(0))
    service.ask("PATCH", NOW, a_change(6, columbus=NodeChange(stock=a_state(1).stock)))
    service.ask("PATCH", NOW, a_change(7, reno=NodeChange(stock=a_state(0).stock)))

    by_changes = service.decide(a_request(an_order(mug=2), snapshot_id="now", explain="full"))

    at_eleven = Snapshot(11.0, whole.nodes)
    assert by_changes.content == service.decide(a_request(snapshot=at_eleven, explain="full")).content


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"sparks": NodeChange()}, "body.nodes: 'sparks'; expected one of columbus, reno"),
        ({"reno": NodeChange(stock={"sofa": None})}, "body.nodes.reno.stock: 'sofa'; expected the SKU of a product"),
        ({"reno": NodeChange(arrives_at={"pigeon": None})}, "body.nodes.reno.arrives_at: 'pigeon'; expected one of"),
    ],
)
def test_a_change_of_what_the_network_does_not_have_is_refused(
    service: Caller, change: dict[str, NodeChange], words: str
) -> None:
    answer = service.ask("PATCH", NOW, a_change(**change))

    assert answer.status_code == 422
    assert words in answer.json()["detail"]
    assert service.ask("GET", NOW).json()["sequence"] == 5


def test_a_sequence_begins_at_0(service: Caller) -> None:
    answer = service.ask("PUT", "/v1/snapshots/other", PictureMessage(-1, a_picture()))

    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("body, sequence: -1; expected a number from 0 to 9007199254740991;")


def test_what_was_never_stored_cannot_be_changed_or_decided_by(service: Caller) -> None:
    answers = [
        service.ask("PATCH", "/v1/snapshots/never", a_change()),
        service.ask("DELETE", "/v1/snapshots/never"),
        service.decide(a_request(snapshot_id="never")),
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert {answer.json()["detail"] for answer in answers} == {
        "snapshot 'never': none of this name; expected one that was stored; PUT it first"
    }


def test_no_more_pictures_are_kept_than_the_limit_until_one_is_deleted() -> None:
    service = a_service(limits={"pictures": 1})
    first, second = "/v1/snapshots/first", "/v1/snapshots/second"
    picture = PictureMessage(0, a_picture())
    service.ask("PUT", first, picture)

    refused = service.ask("PUT", second, picture)
    again = service.ask("PUT", first, picture)
    deleted = service.ask("DELETE", first)
    accepted = service.ask("PUT", second, picture)

    assert refused.status_code == 409
    assert refused.json()["detail"] == (
        "this service: 1 pictures already; expected no more than that; delete one of them first"
    )
    assert (again.status_code, deleted.status_code, accepted.status_code) == (200, 204, 200)
    assert deleted.content == b""
