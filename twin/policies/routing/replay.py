"""Production's own decisions, repeated: the incumbent as it was, not as we think it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple, final

from msgspec import structs

from twin.domain.orders import Lines, Order
from twin.policies.contract import DecisionMessage, DecisionRequest, LineMessage, UnknownOffer, decision_from, identity
from twin.policies.decision import Decision, Reason
from twin.policies.routing.min_cost import MinCost
from twin.policies.routing.roles import LEARNED, RoutingPolicy
from twin.policies.routing.validate import IllegalDecision, validate
from twin.policies.view import NetworkView

LineKey = frozenset[tuple[str, int]]
"""Units by product, whatever the order of the lines."""


class LoggedPlan(NamedTuple):
    """One logged decision and the question it answers: which lines, and where it has a picture, when and without whom.

    `declined` are the nodes that had sent the order back by then; it and `taken_at` are none without a picture.
    """

    lines: LineKey
    taken_at: float | None
    declined: frozenset[str] | None
    decision: DecisionMessage


@final
class DecisionBook:
    """The decisions of a log by order number; two books are equal where their decisions are."""

    __slots__ = ("_plans", "decisions", "sha256")

    def __init__(self, log: Iterable[tuple[DecisionRequest, DecisionMessage]] = ()) -> None:
        self._plans: dict[int, list[LoggedPlan]] = {}
        total, self.decisions = sha256(), 0
        for request, decision in log:
            plan = _plan(request, decision)
            self._plans.setdefault(request.order.order_number, []).append(plan)
            total.update(f"{identity(request.order)}{plan.taken_at}{sorted(plan.declined or ())}".encode())
            total.update(identity(plan.decision).encode())
            self.decisions += 1
        self.sha256 = total.hexdigest()

    def of(self, order_number: int) -> Sequence[LoggedPlan]:
        """Return the decisions on an order as they stand in the log."""
        return self._plans.get(order_number, ())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DecisionBook) and self.sha256 == other.sha256

    def __hash__(self) -> int:
        return hash(self.sha256)

    def __repr__(self) -> str:
        return f"DecisionBook({self.decisions} decisions, sha256 {self.sha256[:12]})"


NO_DECISIONS = DecisionBook()


@dataclass(frozen=True, slots=True)
class Replay:
    """Ship every order as production did; where the log has no plan that can be carried out, `otherwise` decides.

    Without `otherwise` such an order waits. Of several decisions on an order the one counts that was taken on the same
    lines with the same nodes having declined: the latest by now, or where all were taken later the first. Of those
    taken at one instant the last that can be carried out counts. Decisions without a picture say neither when they were
    taken nor who had declined: the first counts that is on the same lines and ships from nobody who has declined.
    """

    # Both are made by whoever reads the log (`twin.calibration.replaying`): a policy reads no files.
    otherwise: RoutingPolicy | None = field(default_factory=MinCost, metadata=LEARNED)
    decisions: DecisionBook = field(default=NO_DECISIONS, metadata=LEARNED)

    def decide(self, order: Order, network: NetworkView) -> Decision:
        """Return production's plan, else what the other policy decides."""
        decision = self.logged(order, network)
        if decision is not None:
            return decision
        if self.otherwise is None:
            return Decision(order.number, (), order.lines)
        return self.otherwise.decide(order, network)

    def is_logged(self, order: Order, network: NetworkView) -> bool:
        """Answer whether the decision on an order is production's own, given the network it was taken on."""
        return self.logged(order, network) is not None

    def logged(self, order: Order, network: NetworkView) -> Decision | None:
        """Return production's plan for an order, None where there is none that can be carried out here and now."""
        plans = self.decisions.of(order.number)
        if not plans:
            return None
        wanted = _units(order.lines)
        declined = frozenset(
            node for node in network.nodes if network.closed_because(node) is Reason.PREVIOUSLY_REJECTED
        )
        fitting = [plan for plan in plans if plan.lines == wanted and _fits(plan, declined)]
        for plan in _in_question(fitting, network.now_hours):
            decision = _carried_over(plan.decision, order, network)
            if decision is not None:
                return decision
        return None


def _plan(request: DecisionRequest, decision: DecisionMessage) -> LoggedPlan:
    lines, picture = _units(request.order.lines), request.snapshot
    bare = structs.replace(decision, explanation=None)
    if picture is None:
        return LoggedPlan(lines, None, None, bare)
    declined = frozenset(
        name for name, node in picture.nodes.items() if node.closed_because is Reason.PREVIOUSLY_REJECTED
    )
    return LoggedPlan(lines, picture.taken_at, declined, bare)


def _units(lines: Lines | tuple[LineMessage, ...]) -> LineKey:
    units: Counter[str] = Counter()
    for line in lines:
        units[line.sku] += line.quantity
    return frozenset(units.items())


def _fits(plan: LoggedPlan, declined: frozenset[str]) -> bool:
    """Answer whether a decision was taken after the same nodes declined; one without a picture if it asks none."""
    if plan.declined is None:
        return not any(shipment.node in declined for shipment in plan.decision.shipments)
    return plan.declined == declined


def _in_question(plans: Sequence[LoggedPlan], now: float) -> Iterator[LoggedPlan]:
    """Yield the decisions to try, the best first: of one instant, or the first without a picture."""
    instants = [plan.taken_at for plan in plans if plan.taken_at is not None]
    if instants:
        taken_at = max((at for at in instants if at <= now), default=min(instants))
        yield from (plan for plan in reversed(plans) if plan.taken_at == taken_at)
        return
    yield from plans[:1]


def _carried_over(message: DecisionMessage, order: Order, network: NetworkView) -> Decision | None:
    """Return a logged decision by the network's own offers, None where the network cannot carry it out."""
    try:
        decision = decision_from(message, order, network)
        validate(order, decision, network)
    except (UnknownOffer, IllegalDecision):
        return None
    return decision
