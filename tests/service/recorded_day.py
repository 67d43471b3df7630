"""What routing was asked while a network of DCs and stores lived through two days, and chance changes of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from dataclasses import replace as with_changes
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import msgspec
from msgspec.structs import replace

from twin.assemble import build
from twin.config import parse
from twin.domain.orders import Order
from twin.hydra_glue import compose
from twin.policies.contract import DecisionRequest, canonical, order_message
from twin.policies.decision import Decision, Reason
from twin.policies.routing.roles import RoutingPolicy
from twin.policies.snapshot import NodeState, Snapshot, StockState, snapshot_for
from twin.policies.view import NetworkView
from twin.simulation.run import simulate
from twin.simulation.world import Model

OVERRIDES = [
    "study.warmup_days=0", "study.measured_days=2", "study.cooldown_days=0", "study.runout_days=3",
    "demand.orders_per_day=520", "replenishment.opening_days_of_cover=1", "replenishment=none",
]  # fmt: skip
CLOSED = (Reason.NODE_CLOSED, Reason.ORDER_LIMIT, Reason.NODE_DISABLED, Reason.PREVIOUSLY_REJECTED)


@cache
def model() -> Model:
    """Two days of a network whose stock runs out."""
    composition = compose(OVERRIDES, "omnichannel")
    return build(parse(composition.values, composition.origin))


@dataclass(frozen=True)
class Recording:
    """A policy that leaves what it was asked, as JSON."""

    policy: RoutingPolicy
    asked: list[bytes] = field(default_factory=list)

    def decide(self, order: Order, network: NetworkView) -> Decision:
        picture = snapshot_for(order, network, model().shelves.book)
        self.asked.append(canonical(DecisionRequest(order_message(order), picture)))
        return self.policy.decide(order, network)


@cache
def asked() -> tuple[DecisionRequest, ...]:
    """Every request of the two days, by a network as it was when the order came."""
    recording = Recording(model().routing)
    with TemporaryDirectory() as folder:
        simulate(with_changes(model(), routing=recording), Path(folder), 1, 0)
    return tuple(msgspec.json.decode(text, type=DecisionRequest) for text in recording.asked)


def by_chance(request: DecisionRequest, luck: Random) -> DecisionRequest:
    """Change some nodes of a picture: closed, at their limit, behind, without a pickup; now and then all are empty."""
    assert request.snapshot is not None
    scarce = luck.random() < 0.3
    nodes = {name: _changed(state, luck, scarce=scarce) for name, state in request.snapshot.nodes.items()}
    return replace(
        request,
        snapshot=Snapshot(request.snapshot.taken_at, nodes),
        explain=luck.choice(("off", "codes", "full")),
        attempt=luck.randint(1, 3),
    )


def _changed(state: NodeState, luck: Random, *, scarce: bool) -> NodeState:
    if not scarce and luck.random() < 0.5:
        return state
    most = 1 if luck.random() < 0.05 else 0
    return NodeState(
        stock={sku: _units(luck, most if scarce else 50) for sku in state.stock},
        arrives_at={service: days for service, days in state.arrives_at.items() if luck.random() < 0.8},
        closed_because=luck.choice((None, None, None, *CLOSED)),
        backlog_hours=luck.uniform(0, 48),
        orders_left=luck.choice((None, float(luck.randint(1, 9)))),
    )


def _units(luck: Random, most: int) -> StockState:
    available, reserved = luck.randint(0, most), luck.randint(0, 5)
    return StockState(available + reserved, reserved, available)
