"""`replay` ships as production did: which logged decision counts, and who decides where none can be carried out."""

from __future__ import annotations

import pickle
from dataclasses import dataclass, replace

import pytest
from msgspec import structs

from tests.policies.worlds import SnapshotView, Way, an_order, ways_from, who_ships_what
from twin.domain.errors import ConfigurationError
from twin.domain.orders import Order
from twin.policies.contract import (
    DecisionMessage,
    DecisionRequest,
    ExplanationMessage,
    LineMessage,
    ShipmentMessage,
    order_message,
)
from twin.policies.decision import Decision, Reason
from twin.policies.routing.catalogue import load
from twin.policies.routing.min_cost import MinCost
from twin.policies.routing.replay import DecisionBook, Replay
from twin.policies.snapshot import NodeState, Snapshot
from twin.policies.view import NetworkView, Without

NODES = ("akron", "dayton", "lima")
WORLD = SnapshotView(
    (Way("akron", usd=1.0), *ways_from("dayton", "lima")), {node: {"mug": 5, "lamp": 5} for node in NODES}
)
ORDER = an_order(mug=1)
NOBODY = Replay(otherwise=None)


def a_picture(taken_at: float = 0.0, declined: tuple[str, ...] = ()) -> Snapshot:
    states = {node: Reason.PREVIOUSLY_REJECTED if node in declined else None for node in NODES}
    return Snapshot(taken_at, {node: NodeState({}, {}, closed_because=why) for node, why in states.items()})


def logged(
    node: str | None, picture: Snapshot | None = None, order: Order = ORDER, service: str = "parcel_ground"
) -> tuple[DecisionRequest, DecisionMessage]:
    """A decision by which a node ships all of an order, or nobody."""
    lines = tuple(LineMessage(line.sku, line.quantity) for line in order.lines)
    if node is None:
        decision = DecisionMessage(order.number, "UNFILLABLE", (), lines)
    else:
        decision = DecisionMessage(order.number, "FULL", (ShipmentMessage(node, service, lines),))
    return DecisionRequest(order_message(order), picture), decision


def of_log(*log: tuple[DecisionRequest, DecisionMessage], otherwise: object = None) -> Replay:
    return Replay(otherwise, DecisionBook(log))


@dataclass(frozen=True)
class At:
    """The world at another instant."""

    now_hours: float

    def __getattr__(self, name: str) -> object:
        return getattr(WORLD, name)


def nodes(policy: Replay, order: Order = ORDER, view: NetworkView = WORLD) -> list[str]:
    return list(who_ships_what(policy.decide(order, view)))


def test_an_order_ships_as_production_shipped_it() -> None:
    policy = of_log(logged("lima", a_picture()), otherwise=MinCost())

    decision = policy.decide(ORDER, WORLD)

    assert who_ships_what(decision) == {"lima": {"mug": 1}}
    assert decision.shipments[0].offer.cost_usd == 5.0
    assert policy.is_logged(ORDER, WORLD)


def test_an_order_that_is_not_in_the_log_is_decided_by_the_other_policy() -> None:
    policy = of_log(logged("lima", a_picture(), structs.replace(ORDER, number=8)), otherwise=MinCost())

    assert nodes(policy) == ["akron"]
    assert not policy.is_logged(ORDER, WORLD)


def test_without_another_policy_such_an_order_waits() -> None:
    assert NOBODY.decide(ORDER, WORLD) == Decision(7, (), ORDER.lines)
    assert not NOBODY.is_logged(ORDER, WORLD)


def test_a_logged_order_that_nobody_could_ship_waits_again() -> None:
    policy = of_log(logged(None, a_picture()), otherwise=MinCost())

    assert policy.decide(ORDER, WORLD) == Decision(7, (), ORDER.lines)
    assert policy.is_logged(ORDER, WORLD)


@pytest.mark.parametrize(
    ("node", "service", "world"),
    [
        ("lima", "parcel_ground", replace(WORLD, stock={"akron": {"mug": 1}})),
        ("lima", "parcel_ground", replace(WORLD, closed={"lima": Reason.NODE_CLOSED})),
        ("lima", "parcel_air", WORLD),
        ("xenia", "parcel_ground", WORLD),
    ],
    ids=["no stock", "closed", "no such service", "no such node"],
)
def test_a_plan_that_cannot_be_carried_out_here_is_left_to_the_other_policy(node, service, world) -> None:
    policy = of_log(logged(node, a_picture(), service=service), otherwise=MinCost())

    assert nodes(policy, view=world) == ["akron"]
    assert not policy.is_logged(ORDER, world)


def test_after_nodes_declined_the_decision_counts_that_was_taken_after_the_same_ones_did() -> None:
    log = (logged("lima", a_picture()), logged("dayton", a_picture(0.0, ("lima",))))
    policy = of_log(*log)

    assert nodes(policy) == ["lima"]
    assert nodes(policy, view=Without(WORLD, frozenset({"lima"}))) == ["dayton"]
    assert nodes(policy, view=Without(WORLD, frozenset({"lima", "dayton"}))) == []
    assert nodes(policy, view=Without(WORLD, frozenset({"akron"}))) == []


def test_the_decision_counts_that_was_taken_on_the_same_lines() -> None:
    whole, part = an_order(mug=1, lamp=1), an_order(lamp=1)
    policy = of_log(logged("lima", a_picture(), whole), logged("dayton", a_picture(), part))

    assert (nodes(policy, whole), nodes(policy, part), nodes(policy, an_order(mug=1))) == (["lima"], ["dayton"], [])


def test_the_order_of_lines_does_not_matter() -> None:
    policy = of_log(logged("lima", a_picture(), an_order(mug=1, lamp=2)))

    assert nodes(policy, an_order(lamp=2, mug=1)) == ["lima"]


@pytest.mark.parametrize(
    ("now", "node"), [(1.0, "lima"), (2.0, "lima"), (4.9, "lima"), (5.0, "dayton"), (99.0, "dayton")]
)
def test_of_several_the_latest_by_now_counts_and_before_all_of_them_the_first(now: float, node: str) -> None:
    policy = of_log(logged("dayton", a_picture(5.0)), logged("lima", a_picture(2.0)))

    assert nodes(policy, view=At(now)) == [node]


def test_of_one_instant_the_last_that_can_be_carried_out_counts() -> None:
    log = (logged(None, a_picture()), logged("dayton", a_picture()), logged("lima", a_picture()))
    policy = of_log(*log)

    assert nodes(policy) == ["lima"]
    assert nodes(policy, view=replace(WORLD, closed={"lima": Reason.NODE_CLOSED})) == ["dayton"]
    assert policy.is_logged(ORDER, replace(WORLD, stock={}))  # nobody ships it


def test_an_older_decision_does_not_stand_in_for_the_latest() -> None:
    policy = of_log(logged("lima", a_picture(0.0)), logged("dayton", a_picture(1.0)), otherwise=MinCost())
    world = replace(WORLD, closed={"dayton": Reason.NODE_CLOSED})

    assert nodes(policy, view=world) == ["lima"]  # it is midnight still
    assert not policy.is_logged(ORDER, AtClosed(2.0))


class AtClosed(At):
    """The world at another instant, with Dayton closed."""

    def __getattr__(self, name: str) -> object:
        return getattr(replace(WORLD, closed={"dayton": Reason.NODE_CLOSED}), name)


def test_without_pictures_the_first_decision_counts_until_a_node_of_it_declines() -> None:
    policy = of_log(logged("lima"), logged("dayton"))

    assert nodes(policy) == ["lima"]
    assert nodes(policy, view=Without(WORLD, frozenset({"akron"}))) == ["lima"]
    assert nodes(policy, view=Without(WORLD, frozenset({"lima"}))) == ["dayton"]
    assert nodes(policy, view=Without(WORLD, frozenset({"lima", "dayton"}))) == []


def test_a_decision_with_a_picture_goes_before_one_without() -> None:
    assert nodes(of_log(logged("lima"), logged("dayton", a_picture()))) == ["dayton"]


def test_equal_logs_make_equal_policies_whatever_was_explained() -> None:
    request, decision = logged("lima", a_picture())
    told = ExplanationMessage(("lima",), {"akron": Reason.DOMINATED})
    explained = DecisionMessage(decision.order_number, decision.status, decision.shipments, (), told)

    one, other = of_log((request, decision)), of_log((request, explained))

    assert one == other == pickle.loads(pickle.dumps(one))  # noqa: S301  (our own bytes)
    assert hash(one) == hash(other)


@pytest.mark.parametrize(
    "log",
    [
        [logged("dayton", a_picture())],
        [logged("lima", a_picture(1.0))],
        [logged("lima", a_picture(0.0, ("akron",)))],
        [logged("lima")],
        [logged("lima", a_picture(), structs.replace(ORDER, number=8))],
        [logged("lima", a_picture())] * 2,
    ],
)
def test_another_log_makes_another_policy(log) -> None:
    assert of_log(*log) != of_log(logged("lima", a_picture()))


def test_a_policy_says_how_much_it_repeats() -> None:
    policy = of_log(logged("lima"), logged("dayton"))

    assert repr(policy).startswith("Replay(otherwise=None, decisions=DecisionBook(2 decisions, sha256 ")


def test_only_who_reads_the_log_makes_it_of_a_configuration() -> None:
    with pytest.raises(
        ConfigurationError, match=r"routing\.log: log = 'log\.jsonl'\n  expected: a parameter of replay"
    ):
        load({"kind": "replay", "log": "log.jsonl"})
