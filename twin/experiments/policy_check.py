"""A routing policy tried out on a simulated stretch of days, and held against the rules of routing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast

import numpy as np

from twin.domain.orders import Order
from twin.experiments.decision_log import recorded_run
from twin.policies.conformance import Recorded, Shelf, Verdict, conformance, latencies_us
from twin.policies.decision import Decision
from twin.policies.forecast import Forecast
from twin.policies.routing.roles import LearningPolicy, RoutingPolicy
from twin.policies.routing.validate import validate
from twin.policies.view import NetworkView
from twin.simulation.world import Model

PERCENTILES = (50, 95, 99)


@dataclass(frozen=True, slots=True)
class PolicyCheck:
    """What a policy was found to be: a verdict for each rule, and how long it thinks, in microseconds by percentile."""

    cases: int
    verdicts: tuple[Verdict, ...]
    latency_us: dict[int, float]

    @property
    def passed(self) -> bool:
        """Whether no rule was broken by any order."""
        return not any(verdict.failed for verdict in self.verdicts)


def check_policy(model: Model, orders: int, seed: int) -> PolicyCheck:
    """Record the first orders of a run, with all retries and re-routes among them, and hold the policy against them."""
    policy, cases = record(model, orders, seed)
    shelf = Shelf(model.shelves.book, model.shelves.packer)
    times = latencies_us(policy, cases, shelf)
    return PolicyCheck(
        len(cases),
        tuple(conformance(policy, cases, shelf)),
        {percent: float(np.percentile(times, percent)) for percent in PERCENTILES} if times else {},
    )


def record(model: Model, orders: int, seed: int) -> tuple[RoutingPolicy, list[Recorded]]:
    """Return the policy with what it has learned by then, and its first decisions with their pictures."""
    cases: list[Recorded] = []
    run = recorded_run(replace(model, routing=_careful(model.routing)), seed, cases.append, orders)
    assert isinstance(run.policy, _Careful), "what was put in comes out, taught"
    return run.policy.policy, cases


@dataclass(frozen=True, slots=True)
class _Careful:
    """A policy that ships nothing where another one fails or breaks the rules, so that the run goes on."""

    policy: RoutingPolicy

    def decide(self, order: Order, network: NetworkView) -> Decision:
        try:
            decision = self.policy.decide(order, network)
            validate(order, decision, network)
        except Exception:  # noqa: BLE001  (the checks meet it again and say what it was)
            return Decision(order.number, (), order.lines)
        return decision


@dataclass(frozen=True, slots=True)
class _CarefulPupil(_Careful):
    """The same for a policy that learns."""

    refresh_days: float

    def refresh(self, network: NetworkView, forecast: Forecast) -> _CarefulPupil:
        policy = cast("LearningPolicy", self.policy)
        return replace(self, policy=policy.refresh(network, forecast))


def _careful(policy: RoutingPolicy) -> _Careful:
    return _CarefulPupil(policy, policy.refresh_days) if isinstance(policy, LearningPolicy) else _Careful(policy)
