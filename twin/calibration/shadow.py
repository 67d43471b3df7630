"""Shadow mode: whether our code would decide as production did, on the picture that production saw.

What is compared is the plan: which node ships how much of what by which service. What production thinks a shipment
costs and when it arrives are its own estimates; both plans are priced by the twin's rates.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import zip_longest
from typing import Any

from twin.calibration.decision_log import LoggedDecision
from twin.calibration.plan_figures import ReadPlan, figures_of, read_plan, units_by_sku
from twin.calibration.shadow_results import Compared, Difference
from twin.domain.errors import ConfigurationError, Problem, TwinError, UsageError
from twin.domain.orders import Order
from twin.policies.conformance import Shelf
from twin.policies.contract import DecisionMessage, DecisionRequest, LineMessage, decision_message, order_from
from twin.policies.decision import Decision
from twin.policies.routing.roles import BatchPolicy, LearningPolicy, RoutingPolicy
from twin.policies.routing.validate import validate
from twin.policies.snapshot import SnapshotView, UnknownNodes

Part = tuple[str, tuple[tuple[str, int], ...], str]
"""What one node ships by one service: node, units by product, service."""


class BrokenRule(TwinError):  # noqa: N818  (says what the policy did)
    """Our own policy decided something that cannot be done."""


@dataclass(frozen=True, slots=True)
class Question:
    """A line of the log as both have to answer it: the order, and the network as it was."""

    line: int
    request: DecisionRequest
    order: Order
    view: SnapshotView


def one_step(log: Iterable[LoggedDecision], policy: RoutingPolicy, shelf: Shelf) -> Iterator[Compared]:
    """Yield every logged decision beside ours on the same picture.

    Raises `UsageError` for a policy that learns, `ConfigurationError` for a line that is not of this network or has no
    picture, `BrokenRule` where our policy decides what cannot be done. Lines count from 1; empty ones are no lines.
    """
    refuse_pupils(policy)
    for line, logged in enumerate(log, start=1):
        asked = question(line, logged, shelf)
        ours = decide(policy, asked)
        production = read_plan(logged.decision, asked.order, asked.view)
        yield compared(asked, logged.decision, production, ours)


def refuse_pupils(policy: RoutingPolicy) -> None:
    """Refuse policies that decide by more than the picture of one order."""
    if isinstance(policy, BatchPolicy):
        raise UsageError(
            f"the policy {type(policy).__name__} decides on many orders at once, and a log does not say which were "
            "decided together; shadow with one that decides order by order, such as min_cost"
        )
    if isinstance(policy, LearningPolicy):
        raise UsageError(
            f"the policy {type(policy).__name__} learns from a forecast of the whole network, which a log of pictures "
            "of single orders does not have; shadow with one that decides by the picture alone, such as min_cost"
        )


def question(line: int, logged: LoggedDecision, shelf: Shelf) -> Question:
    """Return what a line of the log asks; refuse one without a picture, or of another network."""
    request = logged.request
    picture = request.snapshot
    if picture is None:
        found = "no picture" if request.snapshot_id is None else f"only the name of a picture, {request.snapshot_id!r}"
        raise ConfigurationError([
            Problem(
                f"{_place(line)}: request.snapshot", found, "the network as production saw it when it decided",
                "`twin import decisions` makes pictures from a stock table; to repeat decisions without them and "
                "compare whole runs use routing=replay",
            )
        ])  # fmt: skip
    try:
        view = shelf.view(picture)
    except UnknownNodes as error:
        raise ConfigurationError([
            Problem(
                f"{_place(line)}: request.snapshot.nodes", str(error), "a picture of exactly the network's nodes",
                "name the network that the log is of: scenario=... or network=...",
            )
        ]) from None  # fmt: skip
    problems = list(_strangers(line, request, shelf))
    if problems:
        raise ConfigurationError(problems)
    return Question(line, request, order_from(request.order), view)


def decide(policy: RoutingPolicy, asked: Question) -> Decision:
    """Return our decision, checked as in the simulation."""
    try:
        decision = policy.decide(asked.order, asked.view)
        validate(asked.order, decision, asked.view)
    except TwinError as error:
        raise BrokenRule(
            f"{_place(asked.line)}: our own policy {type(policy).__name__} gives no plan that can be carried out: "
            f"{error}\n  to mend:  hold it against the rules with twin policy check"
        ) from error
    return decision


def compared(asked: Question, message: DecisionMessage, production: ReadPlan, ours: Decision) -> Compared:
    """Put production's plan, as it was sent and as it was read, beside ours."""
    answer = decision_message(ours)
    return Compared(
        line=asked.line,
        request=asked.request,
        production=message,
        ours=answer,
        difference=Difference.PROD_PLAN_INFEASIBLE if production.said else difference(message, answer),
        first_key=first_key(message, answer),
        said=production.said,
        production_figures=figures_of(production.decision, asked.order),
        our_figures=figures_of(ours, asked.order),
    )


def parts(decision: DecisionMessage) -> list[Part]:
    """Return who ships what, in order of node; neither the order of shipments nor that of lines matters."""
    return sorted((shipment.node, _units(shipment.lines), shipment.service) for shipment in decision.shipments)


def difference(production: DecisionMessage, ours: DecisionMessage) -> Difference:
    """Return how two plans for one order differ that can both be carried out.

    Whoever fills more units comes first, whatever else differs. Then, how the order is divided: another number of
    shipments, or other units together in one (so too where each fills as many units of other products), is
    `OTHER_SPLIT`. The same division with any part from another node is `OTHER_NODE`, also where two nodes swap parts.
    """
    theirs, mine = parts(production), parts(ours)
    filled = _filled(theirs) - _filled(mine)
    if filled:
        return Difference.PROD_FILLED_ONLY if filled > 0 else Difference.OURS_FILLED_ONLY
    if sorted(units for _, units, _ in theirs) != sorted(units for _, units, _ in mine):
        return Difference.OTHER_SPLIT
    if sorted(part[:2] for part in theirs) != sorted(part[:2] for part in mine):
        return Difference.OTHER_NODE
    return Difference.SAME if theirs == mine else Difference.SAME_NODES_OTHER_SERVICE


def first_key(production: DecisionMessage, ours: DecisionMessage) -> str:
    """Return the first place at which two plans differ, such as `shipments[0].node`; empty where they do not.

    `status` comes first, then the shipments in order of node, each with node, service and lines, then `unfilled`.
    """
    theirs, mine = _plain(production), _plain(ours)
    return "" if theirs == mine else _first(theirs, mine, "")


def _units(lines: Iterable[LineMessage]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(units_by_sku(lines).items()))


def _filled(plan: Sequence[Part]) -> int:
    return sum(count for _, units, _ in plan for _, count in units)


def _plain(decision: DecisionMessage) -> dict[str, Any]:
    """Return what counts of a decision, everything in one order."""
    shipments = [
        {"node": node, "service": service, "lines": [{"sku": sku, "quantity": count} for sku, count in units]}
        for node, units, service in parts(decision)
    ]
    unfilled = [{"sku": sku, "quantity": count} for sku, count in _units(decision.unfilled)]
    return {"status": decision.status, "shipments": shipments, "unfilled": unfilled}


def _first(one: object, other: object, path: str) -> str:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        inside = ((f"{path}.{key}" if path else key, one[key], other[key]) for key in one)
    elif isinstance(one, list) and isinstance(other, list):
        pairs = enumerate(zip_longest(one, other))
        inside = ((f"{path}[{at}]", *pair) for at, pair in pairs)
    else:
        return "" if one == other else path
    return next(filter(None, (_first(mine, yours, key) for key, mine, yours in inside)), "")


def _strangers(line: int, request: DecisionRequest, shelf: Shelf) -> Iterator[Problem]:
    """Yield what an order names that the network does not have."""
    network, order = shelf.book.network, request.order
    asked = [
        ("destination", order.destination, network.places, "a destination of the network"),
        ("service_level", order.service_level, network.service_levels, "a service level of the scenario"),
        *(("lines", one.sku, network.products, "a product of the network") for one in order.lines),
    ]
    for field, name, known, expected in asked:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            cure = f"did you mean {near[0]!r}?" if near else "name the network that the log is of: scenario=..."
            yield Problem(f"{_place(line)}: request.order.{field}", repr(name), expected, cure)


def _place(line: int) -> str:
    return f"decision log, line {line}"
