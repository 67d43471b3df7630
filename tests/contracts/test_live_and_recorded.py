"""The same code over two views: what is decided while the clock runs is decided again from the recorded picture."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache

import msgspec
import pytest

from twin.assemble import build
from twin.config import parse
from twin.domain.orders import Order
from twin.hydra_glue import compose
from twin.policies.contract import (
    DecisionRequest,
    canonical,
    decision_from,
    decision_message,
    order_from,
    order_message,
)
from twin.policies.decision import Decision
from twin.policies.routing import RoutingPolicy, kinds, load
from twin.policies.routing.explain import explain
from twin.policies.snapshot import SnapshotView, snapshot_for
from twin.policies.view import NetworkView
from twin.simulation.run import simulate
from twin.simulation.world import Model

OVERRIDES = [
    "study.warmup_days=0", "study.measured_days=2", "study.cooldown_days=0", "study.runout_days=3",
    "demand.orders_per_day=500", "replenishment.opening_days_of_cover=1", "replenishment=none",
]  # fmt: skip


@cache
def model(*more: str) -> Model:
    """Two days of a network of DCs and stores whose stock runs out."""
    composition = compose([*OVERRIDES, *more], "omnichannel")
    return build(parse(composition.values, composition.origin))


@dataclass(frozen=True)
class Recording:
    """A policy that leaves what it was asked and what it answered, both as JSON."""

    policy: RoutingPolicy
    log: list[tuple[bytes, bytes]] = field(default_factory=list)
    delays: bool = False

    def decide(self, order: Order, network: NetworkView) -> Decision:
        decision = self.policy.decide(order, network)
        picture = snapshot_for(order, network, model().shelves.book, delays=self.delays)
        request = DecisionRequest(order_message(order), picture)
        answer = decision_message(decision, explain(order, decision, network, self.policy, "full"))
        self.log.append((canonical(request), canonical(answer)))
        return decision


@pytest.mark.parametrize("kind", kinds())
def test_a_recorded_day_is_decided_alike_byte_for_byte(kind: str, tmp_path) -> None:
    policy = load({"kind": kind})
    recording = Recording(policy)
    shelves = model().shelves
    simulate(replace(model(), routing=recording), tmp_path, 1, 0)
    assert len(recording.log) > 900

    for asked, answered in recording.log:
        request = msgspec.json.decode(asked, type=DecisionRequest)
        order, view = order_from(request.order), SnapshotView(shelves.book, shelves.packer, request.snapshot)
        decision = policy.decide(order, view)
        message = decision_message(decision, explain(order, decision, view, policy, "full"))
        assert canonical(message) == answered
        assert decision_from(message, order, view) == decision


def test_rates_shopped_as_a_season_of_surcharges_begins_are_shopped_alike_from_the_record(tmp_path) -> None:
    peak = model("carriers=us_contract", "study.starts_on=2025-10-04", "routing.min_on_time_probability=0.98")
    recording = Recording(peak.routing, delays=True)
    simulate(replace(peak, routing=recording), tmp_path, 1, 0)
    paid = set()

    for asked, answered in recording.log:
        request = msgspec.json.decode(asked, type=DecisionRequest)
        view = SnapshotView(peak.shelves.book, peak.shelves.packer, request.snapshot)
        decision = peak.routing.decide(order_from(request.order), view)
        assert canonical(decision_message(decision, explain(order_from(request.order), decision, view, peak.routing,
                                                            "full"))) == answered  # fmt: skip
        paid |= {peak.shelves.book.extras()[one.offer.extras].peak_usd > 0 for one in decision.shipments}

    assert paid == {True, False}
