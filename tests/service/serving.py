"""A service without a server, somebody who asks it, and what they ask: 2 nodes, 3 products, everything on the shelf."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import msgspec

from tests.factories import COLUMBUS, a_network
from twin.domain.orders import Order
from twin.policies.cartons import Packer
from twin.policies.contract import DecisionRequest, LineMessage, OrderMessage, canonical
from twin.policies.decision import Decision, PlannedShipment
from twin.policies.offers import OfferBook
from twin.policies.routing.min_cost import MinCost
from twin.policies.routing.roles import RoutingPolicy
from twin.policies.snapshot import NodeState, Snapshot, SnapshotView, StockState
from twin.policies.view import NetworkView
from twin.service.app import create_app
from twin.service.settings import Limits, Settings

NETWORK = a_network()
BOOK = OfferBook(NETWORK)
PACKER = Packer.of(NETWORK)
LEVEL = next(iter(NETWORK.service_levels))
KEY = "a-key-that-nobody-guesses"
KEYS = {"shop": sha256(KEY.encode()).hexdigest()}
JSON = "application/json"


class Hands:
    """The hands of a clock that only a test moves."""

    def __init__(self) -> None:
        self.at = 1_000.0

    def __call__(self) -> float:
        return self.at


class Caller:
    """Somebody who asks a service in this process, and waits for each answer."""

    def __init__(self, app: Any, headers: Mapping[str, str]) -> None:
        self._app, self._headers = app, headers

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """Ask with a message, or bytes as they are; underscores in names of headers are dashes."""
        return self.ask_all([(method, path, body)], **headers)[0]

    def decide(self, request: Any, **headers: str) -> httpx.Response:
        """Ask for one decision."""
        return self.ask("POST", "/v1/decisions", request, **headers)

    def ask_all(self, questions: Iterable[tuple[str, str, Any]], **headers: str) -> list[httpx.Response]:
        """Ask one thing after the other."""
        return asyncio.run(self._ask_all(questions, headers))

    async def _ask_all(
        self, questions: Iterable[tuple[str, str, Any]], headers: Mapping[str, str]
    ) -> list[httpx.Response]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        transport = httpx.ASGITransport(self._app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost", headers=self._headers) as client:
            return [
                await client.request(
                    method,
                    path,
                    content=canonical(body) if isinstance(body, msgspec.Struct) else body,
                    headers=({"Content-Type": JSON} if body is not None else {}) | named,
                )
                for method, path, body in questions
            ]


@dataclass(frozen=True)
class Broken:
    """A policy with a bug."""

    def decide(self, order: Any, network: Any) -> Any:
        raise KeyError("the secret of the policy")


@dataclass(frozen=True)
class Greedy:
    """A policy that sends everything from Columbus, whatever is there."""

    def decide(self, order: Order, network: NetworkView) -> Decision:
        parcels = network.parcels(order.lines)
        offers = network.offers(order.destination, order.service_level, parcels)
        offer = next(offer for offer in offers if offer.node == "columbus")
        return Decision(order.number, (PlannedShipment(offer, order.lines, parcels, network.arrives_at(offer)),))


def a_service(
    policy: RoutingPolicy | None = None,
    clock: Hands | None = None,
    limits: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
    **settings: Any,
) -> Caller:
    """The cheapest plan for everybody on this machine."""
    special = Settings(limits=Limits(**(limits or {})), **settings)
    app = create_app(policy or MinCost(), "min_cost", NETWORK, special, clock or Hands())
    return Caller(app, headers or {})


def with_key(owner_key: str = KEY) -> dict[str, str]:
    """The header that shows an API key."""
    return {"Authorization": f"Bearer {owner_key}"}


def a_state(available: int = 9, **special: Any) -> NodeState:
    """Nine of everything, and every pickup on the doorstep at hour 50."""
    known = {
        "stock": {sku: StockState(available, 0, available) for sku in NETWORK.products},
        "arrives_at": {service: {str(days): 50.0 for days in range(9)} for service in NETWORK.services},
    }
    return NodeState(**{**known, **special})


def a_picture(**nodes: NodeState) -> Snapshot:
    """Both nodes open at hour 10."""
    return Snapshot(10.0, {name: nodes.get(name, a_state()) for name in NETWORK.nodes})


def a_view(picture: Snapshot) -> SnapshotView:
    return SnapshotView(BOOK, PACKER, picture)


def an_order(number: int = 7, **quantities: int) -> OrderMessage:
    """Two mugs for Columbus by hour 90."""
    lines = tuple(LineMessage(sku, units) for sku, units in (quantities or {"mug": 2}).items())
    return OrderMessage(number, 10.0, "web", COLUMBUS.zip3, LEVEL, 90.0, lines)


def a_request(order: OrderMessage | None = None, **special: Any) -> DecisionRequest:
    """What to do with two mugs, everything being there; by a stored picture where it is named."""
    if "snapshot_id" not in special:
        special = {"snapshot": a_picture(), **special}
    return DecisionRequest(order or an_order(), **special)


def changed(message: msgspec.Struct, path: str, value: Any) -> bytes:
    """Return a message as JSON with one value changed, named by a path such as `order.lines.0.sku`."""
    tree = msgspec.json.decode(canonical(message))
    *above, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    place = tree
    for step in above:
        place = place[step]
    place[last] = value
    return msgspec.json.encode(tree)


def lines_in(file: Path) -> list[dict[str, Any]]:
    """Read a file with a line of JSON for each thing."""
    return [msgspec.json.decode(line) for line in file.read_bytes().splitlines()]
