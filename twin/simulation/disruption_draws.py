"""When disruptions strike: drawn by name before the clock starts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from twin.domain.disruptions import Disruption, Scope
from twin.domain.distributions import Distribution
from twin.domain.effects import Effect
from twin.domain.storms import Track
from twin.simulation.distributions import quantiles
from twin.simulation.streams import stream

HOURS_PER_YEAR = 8760.0
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Trigger:
    """What brings another disruption about: `delay_hours` after each start of the one named `event`."""

    event: str
    delay_hours: Distribution


@dataclass(frozen=True, slots=True)
class DisruptionPlan:
    """What may go wrong: once at `starts_at`, again and again at a rate per year, or `after` another one.

    Whenever it may strike it does so with `probability`. Plans of one `group` strike together: those at a rate at the
    same instants, and whenever one strikes, those with a higher probability do too.
    """

    name: str
    scope: Scope
    targets: tuple[str, ...]
    starts_at: float | None
    rate_per_year: float | None
    duration_hours: Distribution
    severity: float
    ramp_hours: float
    delay_days: int
    demand_factor: float
    ramp_up_hours: float = 0.0
    after: Trigger | None = None
    probability: float = 1.0
    group: str | None = None
    effects: tuple[Effect, ...] = ()
    track: Track | None = None

    @property
    def luck_of(self) -> str:
        """Whose luck says when it may strike: that of its group, or its own."""
        return self.name if self.group is None else self.group


def draw(plans: Sequence[DisruptionPlan], horizon_hours: float, seed: int, replication: int) -> list[Disruption]:
    """Draw every disruption of a run, in order of start; each plan has streams of its own name."""
    found: dict[str, list[Disruption]] = {}
    for plan in _causes_first(plans):
        found[plan.name] = _of_plan(plan, found, horizon_hours, seed, replication)
    return sorted(
        (event for events in found.values() for event in events), key=lambda event: (event.starts_at, event.event_id)
    )


def _causes_first(plans: Sequence[DisruptionPlan]) -> list[DisruptionPlan]:
    """Return the plans so that each stands behind the one it comes after."""
    by_name = {plan.name: plan for plan in plans}

    def depth(plan: DisruptionPlan) -> int:
        return 0 if plan.after is None else 1 + depth(by_name[plan.after.event])

    return sorted(plans, key=depth)


def _of_plan(
    plan: DisruptionPlan, earlier: Mapping[str, list[Disruption]], horizon_hours: float, seed: int, replication: int
) -> list[Disruption]:
    starts = _starts(plan, earlier, horizon_hours, seed, replication)
    if plan.probability < 1:
        luck = stream(seed, replication, "disruption", plan.luck_of, "strikes").random(len(starts))
        starts = starts[luck < plan.probability]
    luck = stream(seed, replication, "disruption", plan.name, "durations").random(len(starts))
    hours = np.maximum(0.0, quantiles(plan.duration_hours, luck)).tolist()
    return [
        Disruption(
            f"{plan.name}-{number}" if len(starts) > 1 else plan.name, plan.scope, plan.targets, start,
            start + duration, plan.severity, plan.ramp_hours, plan.delay_days, plan.demand_factor, plan.ramp_up_hours,
            plan.effects, plan.track,
        )
        for number, (start, duration) in enumerate(zip(starts.tolist(), hours, strict=True), start=1)
    ]  # fmt: skip


def _starts(
    plan: DisruptionPlan, earlier: Mapping[str, list[Disruption]], horizon_hours: float, seed: int, replication: int
) -> Floats:
    """Return the instants at which a plan may strike."""
    if plan.starts_at is not None:
        return np.array([plan.starts_at])
    if plan.after is not None:
        causes = np.array([event.starts_at for event in earlier[plan.after.event]])
        luck = stream(seed, replication, "disruption", plan.name, "delays").random(len(causes))
        return causes + np.maximum(0.0, quantiles(plan.after.delay_hours, luck))
    random = stream(seed, replication, "disruption", plan.luck_of, "starts")
    count = random.poisson((plan.rate_per_year or 0.0) * horizon_hours / HOURS_PER_YEAR)
    return np.sort(random.random(count) * horizon_hours)
