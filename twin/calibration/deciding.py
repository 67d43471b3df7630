"""Our own decisions on the questions of a log: one by one, or together those that came at one instant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from msgspec import structs

from twin.calibration.decision_log import LoggedDecision, NumberedDecision
from twin.calibration.plan_figures import ReadPlan
from twin.domain.errors import TwinError, UsageError
from twin.domain.orders import Order
from twin.policies.conformance import Shelf
from twin.policies.contract import DecisionMessage, DecisionRequest
from twin.policies.decision import Decision, Reason
from twin.policies.routing.roles import BatchPolicy, LearningPolicy, RoutingPolicy
from twin.policies.routing.validate import validate, validate_batch
from twin.policies.snapshot import NodeState, Snapshot, SnapshotView


class BrokenRule(TwinError):  # noqa: N818  (says what the policy did)
    """Our own policy decided something that cannot be done."""


@dataclass(frozen=True, slots=True)
class Question:
    """A line of the log as both have to answer it, the order and the network as it was, with production's answer.

    `production` is that answer, the `message`, read on the logged picture.
    """

    line: int
    request: DecisionRequest
    order: Order
    view: SnapshotView
    message: DecisionMessage
    production: ReadPlan


def refuse_pupils(policy: RoutingPolicy) -> None:
    """Refuse policies that decide by more than pictures."""
    if isinstance(policy, LearningPolicy):
        raise UsageError(
            f"the policy {type(policy).__name__} learns from a forecast of the whole network, which a log of pictures "
            "of single orders does not have; shadow with one that decides by the picture alone, such as min_cost"
        )


def instants(log: Iterable[NumberedDecision]) -> Iterator[list[NumberedDecision]]:
    """Group lines that follow each other with one batch and one instant; an order that comes again begins another."""
    found: dict[int, NumberedDecision] = {}
    instant: object = None
    for line, logged in log:
        number = logged.request.order.order_number
        if found and (number in found or _instant(logged) != instant):
            yield [*found.values()]
            found = {}
        found[number], instant = (line, logged), _instant(logged)
    if found:
        yield [*found.values()]


def together(policy: RoutingPolicy, asked: Sequence[Question]) -> Iterator[Sequence[Question]]:
    """Yield the questions of an instant as a policy takes them: all at once if it can, else one after the other.

    An order that some node has declined is asked by itself, because for it alone that node is out.
    """
    waiting: list[Question] = []
    for one in asked:
        if isinstance(policy, BatchPolicy) and not _declined(one):
            waiting.append(one)
            continue
        if waiting:
            yield waiting
            waiting = []
        yield [one]
    if waiting:
        yield waiting


def decide(policy: RoutingPolicy, asked: Sequence[Question], shelf: Shelf) -> Sequence[Decision]:
    """Return our decisions on questions that are asked together, checked as in the simulation."""
    try:
        if len(asked) > 1 and isinstance(policy, BatchPolicy):
            return _decide_batch(policy, asked, shelf)
        return [_decide_one(policy, one) for one in asked]
    except TwinError as error:
        raise BrokenRule(
            f"{place(asked[0].line)}: our own policy {type(policy).__name__} gives no plan that can be carried out: "
            f"{error}\n  to mend:  hold it against the rules with twin policy check"
        ) from error


def place(line: int) -> str:
    """Return how messages name a line."""
    return f"decision log, line {line}"


def _decide_one(policy: RoutingPolicy, asked: Question) -> Decision:
    decision = policy.decide(asked.order, asked.view)
    validate(asked.order, decision, asked.view)
    return decision


def _decide_batch(policy: BatchPolicy, asked: Sequence[Question], shelf: Shelf) -> Sequence[Decision]:
    orders, view = [one.order for one in asked], shelf.view(_whole([one.view.snapshot for one in asked]))
    decisions = policy.decide_batch(orders, view)
    validate_batch(orders, decisions, view)
    return decisions


def _whole(pictures: Sequence[Snapshot]) -> Snapshot:
    """Return one picture of several, each of one order's products; where they differ the first was there first."""
    first = pictures[0]
    nodes = {name: _node([picture.nodes[name] for picture in pictures]) for name in first.nodes}
    return structs.replace(first, nodes=nodes)


def _node(states: Sequence[NodeState]) -> NodeState:
    arrives_at: dict[str, dict[str, float]] = {}
    for state in reversed(states):
        for service, by_days in state.arrives_at.items():
            arrives_at[service] = arrives_at.get(service, {}) | by_days
    stock = {sku: found for state in reversed(states) for sku, found in state.stock.items()}
    return structs.replace(states[0], stock=stock, arrives_at=arrives_at)


def _declined(asked: Question) -> bool:
    return any(node.closed_because is Reason.PREVIOUSLY_REJECTED for node in asked.view.snapshot.nodes.values())


def _instant(logged: LoggedDecision) -> tuple[int | None, float | None]:
    picture = logged.request.snapshot
    return logged.batch, None if picture is None else picture.taken_at
