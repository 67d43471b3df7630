"""What may go wrong in a scenario, from its configuration."""

from __future__ import annotations

import pytest

from twin.domain.distributions import Distribution
from twin.simulation.disrupting import DisruptionPlan


def an_event(**special: object) -> dict[str, object]:
    one_day = {"kind": "deterministic", "value_days": 1}
    return {"scope": "node", "targets": ["reno"], "starts_day": 2, "duration": one_day, **special}


def test_an_event_becomes_a_plan_in_hours(tiny) -> None:
    tiny.set("disruptions.events", {"outage": an_event(severity=0.5, ramp_hours=3, delay_days=1)})

    (plan,) = tiny.build().disruptions

    one_day = Distribution.of("deterministic", value=24.0)
    assert plan == DisruptionPlan("outage", "node", ("reno",), 48.0, None, one_day, 0.5, 3.0, 1, 1.0)


def test_an_event_may_come_at_a_rate_and_hit_all_of_demand(tiny) -> None:
    tiny.set("disruptions.events", {
        "surge": an_event(scope="demand", targets=[], starts_day=None, rate_per_year=3, demand_factor=2),
        "delay": an_event(scope="service", targets=["parcel_ground"]),
        "storm": an_event(scope="region", targets=["midwest", "west"]),
    })  # fmt: skip

    surge, delay, storm = tiny.build().disruptions

    assert (surge.starts_at, surge.rate_per_year, surge.demand_factor) == (None, 3.0, 2.0)
    assert (delay.targets, storm.targets) == (("parcel_ground",), ("midwest", "west"))


@pytest.mark.parametrize(
    ("event", "message"),
    [
        (an_event(targets=["ren"]), "oops.targets: node 'ren'\n  expected: one of columbus, reno"),
        (
            an_event(scope="service", targets=["parcl"]),
            "oops.targets: service 'parcl'\n  expected: one of courier_same_day, parcel_ground",
        ),
        (
            an_event(scope="region", targets=["south"]),
            "oops.targets: region 'south'\n  expected: one of midwest, west",
        ),
        (an_event(scope="region", targets=[]), "oops.targets: no region\n  expected: one of midwest, west"),
        (an_event(scope="demand"), "oops.targets: reno\n  expected: no targets: all of demand is meant"),
        (
            an_event(starts_day=None),
            "oops: neither of starts_day and rate_per_year\n  expected: exactly one of them",
        ),
        (an_event(rate_per_year=3), "oops: both starts_day and rate_per_year\n  expected: exactly one of them"),
    ],
)
def test_what_does_not_fit_is_named_by_its_key(tiny, event: dict[str, object], message: str) -> None:
    tiny.set("disruptions.events", {"oops": event})

    assert f"disruptions.events.{message}" in tiny.said()


def test_regions_and_services_are_not_held_against_tables_that_cannot_be_read(tiny) -> None:
    tiny.set("disruptions.events", {"storm": an_event(scope="region", targets=["west"]),
                                    "delay": an_event(scope="service", targets=["parcel_ground"])})  # fmt: skip
    tiny.cell("places.csv", 4, "lat", "north")
    tiny.cell("rates.csv", 2, "price_usd", "free")

    assert {problem.where for problem in tiny.problems()} == {"places.csv, row 4", "rates.csv, row 2"}
