"""Shadow mode: whether our code would decide as production did, on the picture that production saw.

What is compared is the plan: which node ships how much of what by which service. What production thinks a shipment
costs and when it arrives are its own estimates; both plans are priced by the twin's rates.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from itertools import zip_longest
from typing import Any

from twin.calibration.deciding import Question, decide, instants, place, refuse_pupils, together
from twin.calibration.decision_log import LoggedDecision, NumberedDecision
from twin.calibration.plan_figures import figures_of, read_plan, units_by_sku
from twin.calibration.shadow_results import Compared, Difference
from twin.domain.errors import ConfigurationError, Problem
from twin.policies.conformance import Shelf
from twin.policies.contract import DecisionMessage, DecisionRequest, LineMessage, decision_message, order_from
from twin.policies.decision import Decision
from twin.policies.routing.roles import RoutingPolicy
from twin.policies.snapshot import UnknownNodes

Part = tuple[str, tuple[tuple[str, int], ...], str]
"""What one node ships by one service: node, units by product, service."""


def one_step(log: Iterable[NumberedDecision], policy: RoutingPolicy, shelf: Shelf) -> Iterator[Compared]:
    """Yield every logged decision beside ours on the same picture.

    A policy that decides on many orders at once decides those of one instant together. Raises `UsageError` for a policy
    that learns, `ConfigurationError` for a line that is not of this network or has no picture, `BrokenRule` where our
    policy decides what cannot be done.
    """
    refuse_pupils(policy)
    for lines in instants(log):
        asked = [question(line, logged, shelf) for line, logged in lines]
        ours = [decision for group in together(policy, asked) for decision in decide(policy, group, shelf)]
        yield from map(compared, asked, ours)


def question(line: int, logged: LoggedDecision, shelf: Shelf) -> Question:
    """Return what a line of the log asks; refuse one without a picture, or of another network."""
    request = logged.request
    picture = request.snapshot
    if picture is None:
        found = "no picture" if request.snapshot_id is None else f"only the name of a picture, {request.snapshot_id!r}"
        raise ConfigurationError([
            Problem(
                f"{place(line)}: request.snapshot", found, "the network as production saw it when it decided",
                "`twin import decisions` makes pictures from a stock table; to repeat decisions without them and "
                "compare whole runs use routing=replay",
            )
        ])  # fmt: skip
    try:
        view = shelf.view(picture)
    except UnknownNodes as error:
        raise ConfigurationError([
            Problem(
                f"{place(line)}: request.snapshot.nodes", str(error), "a picture of exactly the network's nodes",
                "name the network that the log is of: scenario=... or network=...",
            )
        ]) from None  # fmt: skip
    problems = list(_strangers(line, request, shelf))
    if problems:
        raise ConfigurationError(problems)
    order = order_from(request.order)
    return Question(line, request, order, view, logged.decision, read_plan(logged.decision, order, view))


def compared(asked: Question, ours: Decision) -> Compared:
    """Put production's plan, as it was sent and as it was read, beside ours."""
    message, production, answer = asked.message, asked.production, decision_message(ours)
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
            yield Problem(f"{place(line)}: request.order.{field}", repr(name), expected, cure)
