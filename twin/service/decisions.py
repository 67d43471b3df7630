"""Decides orders by a policy over pictures of the network: the same code, whoever asks and however many at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from hashlib import sha256
from typing import Any

import msgspec

from twin import __version__
from twin.domain.errors import Problem
from twin.domain.network import Network
from twin.domain.orders import Order
from twin.policies.cartons import Packer
from twin.policies.contract import DecisionMessage, DecisionRequest, decision_message, order_from
from twin.policies.decision import Decision
from twin.policies.offers import OfferBook
from twin.policies.routing.explain import explain
from twin.policies.routing.roles import BatchPolicy, RoutingPolicy
from twin.policies.routing.validate import IllegalDecision, validate
from twin.policies.snapshot import Snapshot, SnapshotView
from twin.policies.view import NetworkView
from twin.service.messages import Capabilities, PolicyMessage
from twin.service.pictures import less
from twin.service.problems import FAILED, Refused

ORDERS_PER_BOOK = 20_000  # price lists of all orders of a year would fill the memory; making them takes 0.05 s


class Decider:
    """Decides by one policy for one network; every decision is checked before it is told."""

    def __init__(self, policy: RoutingPolicy, policy_name: str, network: Network) -> None:
        self._policy, self._name, self._network = policy, policy_name, network
        self._asked = 0
        self._start_anew()

    def decide(self, request: DecisionRequest, snapshot: Snapshot) -> DecisionMessage:
        """Decide one order as the network is in a picture."""
        order, view = order_from(request.order), self._view(snapshot)
        return self._told(request, order, self._policy.decide(order, view), view)

    def decide_together(self, requests: Sequence[DecisionRequest], snapshot: Snapshot) -> list[DecisionMessage]:
        """Decide orders over one picture so that no unit is promised twice."""
        if isinstance(self._policy, BatchPolicy):
            return self._at_once(self._policy, requests, snapshot)
        told = []
        for request in requests:
            order, view = order_from(request.order), self._view(snapshot)
            decision = self._policy.decide(order, view)
            told.append(self._told(request, order, decision, view))
            snapshot = less(snapshot, decision)
        return told

    def policy(self) -> PolicyMessage:
        """Tell which policy decides."""
        return PolicyMessage(
            self._name,
            __version__,
            config_hash(self._policy),
            Capabilities(
                batch=isinstance(self._policy, BatchPolicy),
                stateful=bool(getattr(self._policy, "needs_one_worker", False)),
                deterministic=bool(getattr(self._policy, "deterministic", True)),
            ),
        )

    def _at_once(
        self, policy: BatchPolicy, requests: Sequence[DecisionRequest], snapshot: Snapshot
    ) -> list[DecisionMessage]:
        """Let the policy see all orders; each decision must then be possible after those before it."""
        orders = [order_from(request.order) for request in requests]
        view = self._view(snapshot)
        decisions = policy.decide_batch(orders, view)
        if len(decisions) != len(orders):
            raise self._failed(f"{len(decisions)} decisions for {len(orders)} orders")
        told = []
        for request, order, decision in zip(requests, orders, decisions, strict=True):
            self._refuse_illegal(order, decision, self._view(snapshot))
            told.append(self._message(request, order, decision, view))
            snapshot = less(snapshot, decision)
        return told

    def _told(self, request: DecisionRequest, order: Order, decision: Decision, view: NetworkView) -> DecisionMessage:
        self._refuse_illegal(order, decision, view)
        return self._message(request, order, decision, view)

    def _message(
        self, request: DecisionRequest, order: Order, decision: Decision, view: NetworkView
    ) -> DecisionMessage:
        if request.explain == "off":
            return decision_message(decision)
        return decision_message(decision, explain(order, decision, view, self._policy, request.explain))

    def _refuse_illegal(self, order: Order, decision: Decision, view: NetworkView) -> None:
        try:
            validate(order, decision, view)
        except IllegalDecision as error:
            raise self._failed(str(error)) from error

    def _failed(self, found: str) -> Refused:
        expected = "a decision that the network can carry out"
        return Refused(FAILED, Problem(f"policy {self._name!r}", found, expected, "mend the policy"))

    def _view(self, snapshot: Snapshot) -> SnapshotView:
        self._asked += 1
        if self._asked % ORDERS_PER_BOOK == 0:
            self._start_anew()
        return SnapshotView(self._book, self._packer, snapshot)

    def _start_anew(self) -> None:
        """Open new price lists."""
        network = self._network
        self._book = OfferBook(network)
        self._packer = Packer.of(network)


def config_hash(policy: RoutingPolicy) -> str:
    """Return the sha256 of the canonical JSON of a policy's parameters, without what it learned."""
    return sha256(msgspec.json.encode(parameters(policy), order="sorted", enc_hook=repr)).hexdigest()


def parameters(policy: RoutingPolicy) -> dict[str, Any]:
    """Return what a policy can be told: its class, and its fields but for what it learned or only works with."""
    assert is_dataclass(policy), "every policy is a frozen dataclass"
    told = [field.name for field in fields(policy) if field.compare and not field.metadata.get("learned")]
    return {"kind": type(policy).__name__, **{name: getattr(policy, name) for name in told}}
