"""The pictures of the network that callers keep here: stored whole, then brought up to date change by change."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from msgspec import UNSET
from msgspec.structs import replace

from twin.domain.errors import Problem
from twin.domain.network import Network
from twin.policies.decision import Decision, Reason
from twin.policies.snapshot import NodeState, Snapshot, StockState
from twin.service.messages import ChangeMessage, NodeChange, PictureMessage, PictureStatus
from twin.service.problems import CONTRACT, NOT_FOUND, PICTURES_FULL, STALE_SNAPSHOT, Refused, shown

LARGEST_NUMBER = 2**53 - 1  # what every JSON reader keeps exact
LONGEST_DAYS = 3  # digits of transit days
KNOWN = "name only what GET /openapi.json and the network of this service know"

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture, how far it is in the sequence of changes, and when that came."""

    sequence: int
    snapshot: Snapshot
    came_at: float


class Pictures:
    """Keeps a limited number of pictures of one network by name."""

    def __init__(self, network: Network, most: int, clock: Callable[[], float]) -> None:
        self._network, self._most, self._clock = network, most, clock
        self._pictures: dict[str, Picture] = {}

    def put(self, name: str, message: PictureMessage) -> PictureStatus:
        """Store a whole picture; one that is older than the picture of that name is stale."""
        refuse_strangers(message.snapshot.nodes, self._network, "body, snapshot", whole=True)
        held = self._pictures.get(name)
        if held is None and len(self._pictures) >= self._most:
            problem = Problem(
                "this service", f"{self._most} pictures already", "no more than that", "delete one of them first"
            )
            raise Refused(PICTURES_FULL, problem)
        if held is not None and message.sequence < held.sequence:
            raise _stale(name, message.sequence, held.sequence, "at least ")
        return self._keep(name, message.sequence, message.snapshot)

    def change(self, name: str, message: ChangeMessage) -> PictureStatus:
        """Bring a picture up to date with the next change; any other change is stale."""
        held = self.get(name)
        if message.sequence != held.sequence + 1:
            raise _stale(name, message.sequence, held.sequence + 1)
        refuse_strangers(message.nodes, self._network, "body", whole=False)
        return self._keep(name, message.sequence, changed(held.snapshot, message))

    def get(self, name: str) -> Picture:
        """Return the picture of a name."""
        if name not in self._pictures:
            problem = Problem(f"snapshot {name!r}", "none of this name", "one that was stored", "PUT it first")
            raise Refused(NOT_FOUND, problem)
        return self._pictures[name]

    def status(self, name: str) -> PictureStatus:
        """Tell how far a picture is and how old."""
        held = self.get(name)
        return PictureStatus(name, held.sequence, held.snapshot.taken_at, self._clock() - held.came_at)

    def delete(self, name: str) -> None:
        """Forget a picture."""
        self.get(name)
        del self._pictures[name]

    def _keep(self, name: str, sequence: int, snapshot: Snapshot) -> PictureStatus:
        if not 0 <= sequence <= LARGEST_NUMBER:
            problem = Problem("body, sequence", f"{sequence}", f"a number from 0 to {LARGEST_NUMBER}", "start again")
            raise Refused(CONTRACT, problem)
        self._pictures[name] = Picture(sequence, snapshot, self._clock())
        return self.status(name)


def changed(snapshot: Snapshot, message: ChangeMessage) -> Snapshot:
    """Return a picture with what has changed."""
    nodes = {name: _changed(snapshot.nodes[name], change) for name, change in message.nodes.items()}
    return Snapshot(message.taken_at, snapshot.nodes | nodes)


def less(snapshot: Snapshot, decision: Decision) -> Snapshot:
    """Return a picture in which what a decision promises is promised, so that nobody is promised it again."""
    nodes = dict(snapshot.nodes)
    for shipment in decision.shipments:
        state = nodes[shipment.offer.node]
        stock = dict(state.stock)
        for line in shipment.lines:
            units = stock[line.sku]
            stock[line.sku] = StockState(units.on_hand, units.reserved + line.quantity, units.available - line.quantity)
        nodes[shipment.offer.node] = _with_one_order_less(replace(state, stock=stock))
    return Snapshot(snapshot.taken_at, nodes)


def refuse_strangers(
    nodes: Mapping[str, NodeState] | Mapping[str, NodeChange], network: Network, where: str, *, whole: bool
) -> None:
    """Refuse what names nodes, products or services of another network, or leaves nodes out of a whole picture."""
    problems = [*_strangers(nodes, network, where)]
    missing = sorted(network.nodes.keys() - nodes.keys()) if whole else []
    if missing:
        expected = f"all {len(network.nodes)} nodes of the network {network.name!r}"
        problems.append(Problem(f"{where}.nodes", f"nothing of {', '.join(missing[:3])}", expected, "add them"))
    if problems:
        raise Refused(CONTRACT, *problems[:5])


def _strangers(
    nodes: Mapping[str, NodeState] | Mapping[str, NodeChange], network: Network, where: str
) -> Iterator[Problem]:
    for name, state in nodes.items():
        if name in network.nodes:
            yield from _strangers_at(state, network, f"{where}.nodes.{name}")
        else:
            yield Problem(f"{where}.nodes", shown(name), f"one of {', '.join(sorted(network.nodes)[:20])}", KNOWN)


def _strangers_at(state: NodeState | NodeChange, network: Network, where: str) -> Iterator[Problem]:
    """Look every name up: to subtract the sets of all names took 1.3 ms for 27 nodes and 1,000 products."""
    for sku in state.stock:
        if sku not in network.products:
            yield Problem(f"{where}.stock", shown(sku), "the SKU of a product of the network", KNOWN)
    for service, by_days in state.arrives_at.items():
        if service not in network.services:
            yield Problem(f"{where}.arrives_at", shown(service), f"one of {', '.join(network.services)}", KNOWN)
        for days in by_days or ():
            if not (days.isascii() and days.isdigit() and len(days) <= LONGEST_DAYS):
                yield Problem(f"{where}.arrives_at", shown(days), "a number of transit days such as '2'", KNOWN)


def _changed(state: NodeState, change: NodeChange) -> NodeState:
    return NodeState(
        stock=_merged(state.stock, change.stock),
        arrives_at=_merged(state.arrives_at, change.arrives_at),
        closed_because=state.closed_because if change.closed_because is UNSET else change.closed_because,
        backlog_hours=state.backlog_hours if change.backlog_hours is UNSET else change.backlog_hours,
        orders_left=state.orders_left if change.orders_left is UNSET else change.orders_left,
    )


def _merged(held: Mapping[str, Value], change: Mapping[str, Value | None]) -> dict[str, Value]:
    both = {**held, **change}
    return {name: value for name, value in both.items() if value is not None}


def _with_one_order_less(state: NodeState) -> NodeState:
    """Return a node that has taken one order more; one that takes no further order says so."""
    if state.orders_left is None:
        return state
    left = state.orders_left - 1
    return replace(state, orders_left=left, closed_because=Reason.ORDER_LIMIT if left < 1 else state.closed_because)


def _stale(name: str, found: int, expected: int, least: str = "") -> Refused:
    problem = Problem(
        f"snapshot {name!r}",
        f"sequence number {found}",
        f"{least}{expected}",
        "send what is missing in between, or PUT the whole picture again with a later number",
    )
    return Refused(STALE_SNAPSHOT, problem, expected_sequence=expected)
