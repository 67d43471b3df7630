"""When disruptions strike: at their time, at their rate, after one another, and together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.factories import a_disruption, always
from tests.known_answers.measuring import measured
from twin.domain.distributions import Distribution
from twin.simulation.disruption_draws import DisruptionPlan, Trigger, draw

YEAR = 8760.0


def test_a_planned_disruption_starts_when_it_is_planned() -> None:
    (event,) = draw([a_disruption("storm", 30.0, 12.0)], 240.0, 1, 0)

    assert (event.event_id, event.starts_at, event.ends_at) == ("storm", 30.0, 42.0)


def at_random(name: str = "breakdown", per_year: float = 50.0, **special: Any) -> DisruptionPlan:
    """Return a plan for breakdowns now and then."""
    hours = Distribution.of("exponential", mean=6.0)
    known: dict[str, Any] = {"starts_at": None, "rate_per_year": per_year, "duration_hours": hours}
    return a_disruption(name, **{**known, **special})


def test_random_disruptions_come_at_their_rate_and_last_their_time() -> None:
    years = [draw([at_random()], YEAR, 1, replication) for replication in range(60)]

    assert measured([float(len(year)) for year in years]).agrees_with(50.0)
    assert measured([float(np.mean([e.ends_at - e.starts_at for e in year])) for year in years]).agrees_with(6.0)
    # a Poisson number has the variance of its mean
    counts = np.array([len(year) for year in years])
    assert abs(counts.var(ddof=1) - 50) < 3 * 50 * (2.02 / 60) ** 0.5


def test_random_disruptions_are_numbered_and_in_order() -> None:
    events = draw([at_random(), a_disruption("storm", 30.0)], YEAR, 1, 0)

    starts = [event.starts_at for event in events]
    names = [event.event_id for event in events if event.event_id != "storm"]
    assert starts == sorted(starts)
    assert names == [f"breakdown-{number}" for number in range(1, len(events))]
    assert 0 <= starts[0] < starts[-1] < YEAR


def test_another_disruption_moves_nobody_elses_luck() -> None:
    alone = draw([at_random()], YEAR, 1, 0)
    in_company = draw([at_random("flood"), at_random(), a_disruption()], YEAR, 1, 0)

    assert [event for event in in_company if event.event_id.startswith("breakdown")] == alone


@pytest.mark.parametrize(("seed", "replication"), [(2, 0), (1, 1)])
def test_another_seed_or_replication_draws_other_disruptions(seed: int, replication: int) -> None:
    assert draw([at_random()], YEAR, seed, replication) != draw([at_random()], YEAR, 1, 0)


def test_a_rate_of_zero_draws_nothing() -> None:
    assert draw([at_random(per_year=0.0)], YEAR, 1, 0) == []


# After one another


def a_follower(name: str = "absence", cause: str = "breakdown", **special: Any) -> DisruptionPlan:
    """Return a plan that strikes ten hours after each breakdown."""
    return a_disruption(name, **{"starts_at": None, "after": Trigger(cause, always(10.0)), **special})


def named(name: str, *plans: DisruptionPlan, replication: int = 0) -> list[float]:
    """Return the starts of one plan's events."""
    events = draw(plans, YEAR, 1, replication)
    return [event.starts_at for event in events if event.event_id.partition("-")[0] == name]


def test_a_chain_follows_each_of_its_causes_after_the_delay_in_whatever_order_it_is_written() -> None:
    last = a_follower("delay", "absence")
    plans = (last, a_follower(), at_random())

    assert named("absence", *plans) == pytest.approx([at + 10 for at in named("breakdown", *plans)])
    assert named("delay", *plans) == pytest.approx([at + 20 for at in named("breakdown", *plans)])
    assert len(named("delay", *plans)) > 20


def test_a_chain_goes_on_as_often_as_its_probability_says() -> None:
    plans = (at_random(), a_follower(probability=0.3))

    rates = [len(named("absence", *plans, replication=n)) / len(named("breakdown", *plans, replication=n))
             for n in range(60)]  # fmt: skip

    assert measured(rates).agrees_with(0.3)


def test_what_follows_moves_no_luck_of_its_cause() -> None:
    assert named("breakdown", at_random(), a_follower(probability=0.5)) == named("breakdown", at_random())


# Together


def test_those_of_a_group_strike_at_the_same_instants() -> None:
    plans = (at_random("power", group="weather"), at_random("flood", group="weather"), at_random("fire"))

    assert named("power", *plans) == named("flood", *plans)
    assert named("fire", *plans) != named("power", *plans)


def test_of_a_group_the_rarer_strikes_only_when_the_more_frequent_does() -> None:
    plans = (at_random("power", group="weather", probability=0.6), at_random("flood", group="weather", probability=0.2))

    power = {n: set(named("power", *plans, replication=n)) for n in range(60)}
    flood = {n: set(named("flood", *plans, replication=n)) for n in range(60)}

    assert all(flood[n] <= power[n] for n in power)
    assert measured([float(len(starts)) for starts in power.values()]).agrees_with(30.0)
    assert measured([float(len(starts)) for starts in flood.values()]).agrees_with(10.0)


def test_a_planned_event_may_not_come_at_all() -> None:
    plan = a_disruption("storm", 30.0, probability=0.25)

    came = [float(len(draw([plan], YEAR, 1, replication))) for replication in range(400)]

    assert measured(came).agrees_with(0.25)
