"""What every routing policy must obey, held against recorded orders: for a team's own policy before it routes anything.

A check is a question about one recorded case. It answers with None, or with what it found wrong.
"""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass
from time import perf_counter

from msgspec import structs

from twin.domain.nodes import FulfillmentNode
from twin.domain.orders import Order
from twin.policies.cartons import Packer
from twin.policies.contract import DecisionMessage, DecisionRequest, canonical, decision_message, order_from
from twin.policies.decision import Decision, Reason
from twin.policies.offers import OfferBook
from twin.policies.routing.explain import explain
from twin.policies.routing.roles import RoutingPolicy
from twin.policies.routing.validate import validate
from twin.policies.snapshot import Snapshot, SnapshotView

MICROSECONDS = 1e6


@dataclass(frozen=True, slots=True)
class Recorded:
    """An order with the picture it was decided on, and what the policy answered while the clock ran.

    Orders that were decided together have one `batch`, counted from 1.
    """

    request: DecisionRequest
    answer: DecisionMessage
    batch: int | None = None


@dataclass(frozen=True, slots=True)
class Shelf:
    """The price lists and boxes of the network that the cases are of."""

    book: OfferBook
    packer: Packer

    def view(self, snapshot: Snapshot) -> SnapshotView:
        """Return the view over a picture."""
        return SnapshotView(self.book, self.packer, snapshot)


@dataclass(frozen=True, slots=True)
class Failure:
    """A case that a check found wrong, and what it said."""

    order: Order
    said: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a check went over all cases; `smallest` is the failing order with the fewest units, lines and number."""

    check: str
    cases: int
    failed: int
    smallest: Failure | None


Check = Callable[[RoutingPolicy, Recorded, Shelf], str | None]


def conformance(policy: RoutingPolicy, cases: Sequence[Recorded], shelf: Shelf) -> list[Verdict]:
    """Hold a policy against every check."""
    return [_verdict(title, check, policy, cases, shelf) for title, check in CHECKS.items()]


def latencies_us(policy: RoutingPolicy, cases: Sequence[Recorded], shelf: Shelf) -> list[float]:
    """Return the microseconds of each decision, sorted: of the second time, when price lists are there."""
    found = []
    for case in cases:
        order, view = order_from(case.request.order), _view(case, shelf)
        with suppress(Exception):  # an order that a policy fails on is what the checks are about
            policy.decide(order, view)
            started = perf_counter()
            policy.decide(order, view)
            found.append((perf_counter() - started) * MICROSECONDS)
    return sorted(found)


def _verdict(title: str, check: Check, policy: RoutingPolicy, cases: Sequence[Recorded], shelf: Shelf) -> Verdict:
    failures = []
    for case in cases:
        try:
            said = check(policy, case, shelf)
        except Exception as error:  # noqa: BLE001  (whatever a team's code raises is a finding, not our failure)
            said = f"{type(error).__name__}: {error}"
        if said is not None:
            failures.append(Failure(order_from(case.request.order), said))
    return Verdict(title, len(cases), len(failures), min(failures, key=_size, default=None))


def _size(failure: Failure) -> tuple[int, int, int]:
    order = failure.order
    return (sum(line.quantity for line in order.lines), len(order.lines), order.number)


def _view(case: Recorded, shelf: Shelf) -> SnapshotView:
    assert case.request.snapshot is not None, "a recorded case has its picture"
    return shelf.view(case.request.snapshot)


def _decided(policy: RoutingPolicy, case: Recorded, shelf: Shelf) -> tuple[Order, SnapshotView, Decision]:
    order, view = order_from(case.request.order), _view(case, shelf)
    return order, view, policy.decide(order, view)


def _said(decision: Decision) -> bytes:
    return canonical(decision_message(decision))


def decides_alike_twice(policy: RoutingPolicy, case: Recorded, shelf: Shelf) -> str | None:
    """The same question gets the same answer."""
    order, view, first = _decided(policy, case, shelf)
    again = policy.decide(deepcopy(order), shelf.view(deepcopy(view.snapshot)))
    return None if _said(again) == _said(first) else f"first {_plan(first)}, then {_plan(again)}"


def changes_nothing(policy: RoutingPolicy, case: Recorded, shelf: Shelf) -> str | None:
    """Neither the order nor the picture nor the policy is changed by a decision."""
    order, view = order_from(case.request.order), _view(case, shelf)
    kept = (deepcopy(order), canonical(view.snapshot), repr(policy))
    policy.decide(order, view)
    names = ("the order", "the picture of the network", "the policy itself")
    now = (order, canonical(view.snapshot), repr(policy))
    changed = [name for name, before, after in zip(names, kept, now, strict=True) if before != after]
    return f"it changed {', '.join(changed)}" if changed else None


def accounts_for_every_unit(policy: RoutingPolicy, case: Recorded, shelf: Shelf) -> str | None:
    """What ships and what stays adds up to what was ordered."""
    order, _, decision = _decided(policy, case, shelf)
    ordered, planned = Counter[str](), Counter[str]()
    for line in order.lines:
        ordered[line.sku] += line.quantity
    for part in (*(shipment.lines for shipment in decision.shipments), decision.unfilled):
        for line in part:
            planned[line.sku] += line.quantity
    return None if ordered == planned else f"ordered {dict(ordered)}, planned {dict(planned)}"


def promises_only_what_is_there(policy: RoutingPolicy, case: Recorded, shelf: Shelf) -> str | None:
    """No node is to ship more than it can promise, and the validator agrees with the whole plan."""
    order, view, decision = _decided(policy, case, shelf)
    wanted = Counter[tuple[str, str]]()
    for shipment in decision.shipments:
        for line in shipment.lines:
            wanted[shipment.offer.node, line.sku] += line.quantity
    for (node, sku), units in wanted.items():
        if node in view.nodes and units > view.available_to_promise(node, sku):
            return f"{units} of {sku} from {node!r}, which can promise {view.available_to_promise(node, sku)}"
    validate(order, decision, view)
    return None


def ships_by_real_offers(policy: RoutingPolicy, case: Recorded, shelf: Shelf) -> str | None:
    """Every shipment goes by an offer of the network for exactly its lines, and says when that arrives."""
    order, view, decision = _decided(policy, case, shelf)
    for shipment in decision.shipments:
        parcels = view.parcels(shipment.lines)
        offers = view.offers(order.destination, order.service_level, parcels)
        if shipment.parcels != parcels or shipment.offer not in offers:
            return f"{shipment.offer.node!r} has no such offer by {shipment.offer.service!r} for what it is to ship"
        if shipment.arrives_at != view.arrives_at(shipment.offer):
            return f"{shipment.offer.node!r} arrives at {view.arrives_at(shipment.offer)}, not {shipment.arrives_at}"
    return None


def leaves_closed_nodes_alone(policy: RoutingPolicy, case: Recorded, shelf: Shelf) -> str | None:
    """A node that takes no orders now is not used: each node of the plan is closed in turn and asked about again."""
    order, view, decision = _decided(policy, case, shelf)
    for name in dict.fromkeys(shipment.offer.node for shipment in decision.shipments):
        for reason in (Reason.NODE_CLOSED, Reason.ORDER_LIMIT, Reason.PREVIOUSLY_REJECTED):
            state = structs.replace(view.snapshot.nodes[name], closed_because=reason)
            closed = structs.replace(view.snapshot, nodes={**view.snapshot.nodes, name: state})
            again = policy.decide(order, shelf.view(closed))
            if name in {shipment.offer.node for shipment in again.shipments}:
                return f"it still ships from {name!r}, which is out for {reason.value}"
    return None


def explains_every_node(policy: RoutingPolicy, case: Recorded, shelf: Shelf) -> str | None:
    """Every node is in the plan or out for exactly one reason."""
    order, view, decision = _decided(policy, case, shelf)
    found = explain(order, decision, view, policy, "full")
    named = Counter([*found.chosen, *found.rejected])
    wrong = sorted({*view.nodes} ^ {*named}) or [node for node, count in named.items() if count > 1]
    return f"no single answer for {', '.join(wrong)}" if wrong else None


def decides_alike_live_and_recorded(policy: RoutingPolicy, case: Recorded, shelf: Shelf) -> str | None:
    """The recorded picture gets the answer that the live network got."""
    _, _, decision = _decided(policy, case, shelf)
    message = decision_message(decision)
    if canonical(message) == canonical(structs.replace(case.answer, explanation=None)):
        return None
    return f"live {_summary(case.answer)}, recorded {_summary(message)}"


def does_not_mind_the_order_of_nodes(policy: RoutingPolicy, case: Recorded, shelf: Shelf) -> str | None:
    """Nodes listed the other way round get the same plan."""
    order, view, decision = _decided(policy, case, shelf)
    again = policy.decide(order, _Mirrored(view.book, view.packer, view.snapshot))
    return None if _said(again) == _said(decision) else f"{_plan(decision)}, the other way round {_plan(again)}"


def can_be_sent_to_workers(policy: RoutingPolicy, case: Recorded, shelf: Shelf) -> str | None:
    """A copy through pickle is the same policy and decides alike."""
    order, view, decision = _decided(policy, case, shelf)
    copy = pickle.loads(pickle.dumps(policy))  # noqa: S301  (our own bytes)
    if copy != policy or hash(copy) != hash(policy):
        return "its copy is another policy"
    return None if _said(copy.decide(order, view)) == _said(decision) else "its copy decides otherwise"


CHECKS: Mapping[str, Check] = {
    "same question, same answer": decides_alike_twice,
    "changes nothing": changes_nothing,
    "accounts for every unit": accounts_for_every_unit,
    "promises only what is there": promises_only_what_is_there,
    "ships by offers of the network": ships_by_real_offers,
    "leaves closed nodes alone": leaves_closed_nodes_alone,
    "every node is explained": explains_every_node,
    "same answer live and recorded": decides_alike_live_and_recorded,
    "same answer whatever the order of nodes": does_not_mind_the_order_of_nodes,
    "can be sent to workers": can_be_sent_to_workers,
}


class _Mirrored(SnapshotView):
    """The same picture with its nodes listed the other way round."""

    __slots__ = ()

    @property
    def nodes(self) -> Mapping[str, FulfillmentNode]:
        """All fulfillment nodes, the last name first."""
        return dict(reversed([*self.book.network.nodes.items()]))


def _plan(decision: Decision) -> str:
    return _summary(decision_message(decision))


def _summary(message: DecisionMessage) -> str:
    """Say in a few words who ships what."""
    parts = [
        f"{', '.join(f'{line.quantity} of {line.sku}' for line in shipment.lines)} from {shipment.node!r} "
        f"by {shipment.service}"
        for shipment in message.shipments
    ]
    if message.unfilled:
        parts.append(f"{', '.join(f'{line.quantity} of {line.sku}' for line in message.unfilled)} unfilled")
    return "; ".join(parts) or "nothing"
