"""What may go wrong in a scenario, from its configuration."""

from __future__ import annotations

import pytest

from twin.domain.distributions import Distribution
from twin.domain.storms import Track
from twin.simulation.disruption_draws import DisruptionPlan, Trigger


def an_event(**special: object) -> dict[str, object]:
    one_day = {"kind": "deterministic", "value_days": 1}
    return {"scope": "node", "targets": ["reno"], "starts_day": 2, "duration": one_day, **special}


def a_strike(**special: object) -> dict[str, object]:
    return an_event(scope="service", targets=["parcel_ground"], **special)


def test_an_event_becomes_a_plan_in_hours(tiny) -> None:
    storm = an_event(scope="region", targets=["west"], severity=0.5, ramp_hours=3, delay_days=1, demand_factor=2)
    tiny.set("disruptions.events", {"outage": storm})

    (plan,) = tiny.build().disruptions

    one_day = Distribution.of("deterministic", value=24.0)
    assert plan == DisruptionPlan("outage", "region", ("west",), 48.0, None, one_day, 0.5, 3.0, 1, 2.0)


def test_an_event_may_come_at_a_rate_and_hit_all_of_demand(tiny) -> None:
    tiny.set("disruptions.events", {
        "surge": an_event(scope="demand", targets=[], starts_day=None, rate_per_year=3, demand_factor=2),
        "delay": an_event(scope="service", targets=["parcel_ground"]),
        "storm": an_event(scope="region", targets=["midwest", "west"]),
    })  # fmt: skip

    surge, delay, storm = tiny.build().disruptions

    assert (surge.starts_at, surge.rate_per_year, surge.demand_factor) == (None, 3.0, 2.0)
    assert (delay.targets, storm.targets) == (("parcel_ground",), ("midwest", "west"))


A_TRACK = {"radius_miles": 100, "points": [{"hour": 0, "lat": 30, "lng": -90}, {"hour": 6, "lat": 31, "lng": -91}]}


def test_a_storm_has_a_track(tiny) -> None:
    tiny.set("disruptions.events", {"storm": an_event(scope="storm", targets=[], track=A_TRACK)})

    (plan,) = tiny.build().disruptions

    assert plan.track == Track((0, 6), (30, 31), (-90, -91), 100)


def test_the_largest_node_is_the_one_that_should_ship_the_most(tiny) -> None:
    tiny.set("disruptions.events", {"shut": an_event(scope="largest_node", targets=[])})

    (before,) = tiny.build().disruptions
    tiny.set("network.nodes.reno.assortment", {"top_skus": 3})
    tiny.set("network.nodes.columbus.enabled", False)
    (after,) = tiny.build().disruptions

    assert (before.scope, before.targets) == ("node", ("columbus",))  # three customers in four live near it
    assert (after.scope, after.targets) == ("node", ("reno",))


@pytest.mark.parametrize(
    ("event", "message"),
    [
        (
            an_event(scope="storm", targets=["reno"], track=A_TRACK),
            "oops.targets: reno\n  expected: no targets: whatever lies under its track is meant",
        ),
        (an_event(scope="storm", targets=[]), "oops.track: no track\n  expected: where its center is"),
        (
            an_event(scope="storm", targets=[], track={**A_TRACK, "points": []}),
            "oops.track: no track\n  expected: where its center is",
        ),
        (
            an_event(scope="storm", targets=[], track={**A_TRACK, "points": A_TRACK["points"][::-1]}),
            "oops.track.points: hours 6, 0\n  expected: hours that rise from 0",
        ),
        (an_event(track=A_TRACK), "oops.track: the track of an event of scope node\n  expected: scope: storm"),
        (
            an_event(scope="largest_node", targets=["reno"]),
            "oops.targets: reno\n  expected: no targets: the node that should ship the most is meant",
        ),
        (
            an_event(scope="largest_node", targets=[], demand_factor=1.5),
            "oops.demand_factor: 1.5 of a node\n  expected: 1: only demand as a whole and regions",
        ),
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
            "oops: nothing that says when it comes\n  expected: one of starts_day, rate_per_year, after",
        ),
        (
            an_event(rate_per_year=3),
            "oops: starts_day and rate_per_year\n  expected: one of starts_day, rate_per_year, after",
        ),
        (an_event(targets=[]), "oops.targets: no node\n  expected: one of columbus, reno"),
        (
            an_event(scope="service", targets=[]),
            "oops.targets: no service\n  expected: one of courier_same_day, parcel_ground",
        ),
        (
            an_event(demand_factor=1.5),
            ("oops.demand_factor: 1.5 of a node\n"
            "  expected: 1: only demand as a whole and regions have a demand of their own\n"
            "  to mend:  leave it out, and add an event of scope demand or region"),
        ),
        (
            an_event(scope="demand", targets=[]),
            "oops.demand_factor: none, so that demand stays as it is\n  expected: a factor, such as 1.5",
        ),
        (a_strike(demand_factor=0), "oops.demand_factor: 0 of a service\n  expected: 1: only demand as a whole"),
        (
            an_event(delay_days=2),
            "oops.delay_days: 2 of a node\n  expected: 0: only parcels of a service or to a region come late",
        ),
        (an_event(scope="demand", targets=[], delay_days=1), "oops.delay_days: 1 of demand\n  expected: 0: only"),
        (
            a_strike(severity=0.6),
            ("oops.severity: 0.6 of a service without delay_days\n  expected: 1: trucks come or they do not\n"
            "  to mend:  set delay_days for a share of parcels that comes late, carrier_cut for one of departures, "
            "or severity: 1"),
        ),
        (
            a_strike(ramp_hours=6),
            ("oops.ramp_hours: 6 of a service without delay_days\n  expected: 0: trucks come or they do not\n"
            "  to mend:  set delay_days for a share of parcels that comes late, carrier_cut for one of departures, "
            "or a shorter duration"),
        ),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named_by_its_key(tiny, event: dict[str, object], message: str) -> None:
    tiny.set("disruptions.events", {"oops": event})

    assert f"disruptions.events.{message}" in tiny.said()


@pytest.mark.parametrize("event", [a_strike(), a_strike(severity=0.6, ramp_hours=6, delay_days=1)])
def test_a_service_lies_still_altogether_or_delays_a_share_of_its_parcels(tiny, event: dict[str, object]) -> None:
    tiny.set("disruptions.events", {"strike": event})

    assert tiny.problems() == []


def test_a_disruption_may_start_on_the_last_day_with_orders_but_not_later(tiny) -> None:
    # one day of warm-up, five measured, one of cool-down
    tiny.set("disruptions.events", {"last": an_event(starts_day=6.9), "never": an_event(starts_day=7)})

    assert [str(problem) for problem in tiny.problems(lambda key: f"set at {key}")] == [
        ("set at disruptions.events.never.starts_day: "
        "disruptions.events.never.starts_day: 7, after the last day with orders\n"
        "  expected: 0 or more and below 7: the days of warm-up, measurement and cool-down, the first of them 0\n"
        "  to mend:  start it earlier, or make the study longer")
    ]  # fmt: skip


def test_an_event_at_a_rate_has_no_day_to_be_late(tiny) -> None:
    tiny.set("disruptions.events", {"outage": an_event(starts_day=None, rate_per_year=3)})

    assert tiny.problems() == []


def test_no_target_is_a_problem_also_where_the_known_ones_cannot_be_read(tiny) -> None:
    tiny.set("disruptions.events", {"storm": an_event(scope="region", targets=[])})
    tiny.cell("places.csv", 4, "lat", "north")

    assert "storm.targets: no region\n  expected: one of the regions of this scenario" in tiny.said()


def test_regions_and_services_are_not_held_against_tables_that_cannot_be_read(tiny) -> None:
    tiny.set("disruptions.events", {"storm": an_event(scope="region", targets=["west"]),
                                    "delay": an_event(scope="service", targets=["parcel_ground"])})  # fmt: skip
    tiny.cell("places.csv", 4, "lat", "north")
    tiny.cell("rates.csv", 2, "price_usd", "free")

    assert {problem.where for problem in tiny.problems()} == {"places.csv, row 4", "rates.csv, row 2"}


def test_a_replayed_trace_cannot_surge(tiny) -> None:
    for key, value in {"kind": "trace", "orders": "orders.csv", "order_lines": "order_lines.csv"}.items():
        tiny.set(f"demand.{key}", value)
    tiny.set("disruptions.events", {"rush": an_event(scope="demand", targets=[], demand_factor=2)})

    assert "rush.demand_factor: 2 with demand=trace\n  expected: 1: a trace is replayed as it is" in tiny.said()


def a_follower(cause: str = "storm", **special: object) -> dict[str, object]:
    delay = {"kind": "deterministic", "value_days": 1}
    return {**an_event(starts_day=None, after={"event": cause, "delay": delay}), **special}


def test_an_event_may_follow_another_one_grow_and_strike_in_a_group(tiny) -> None:
    tiny.set("disruptions.events", {
        "storm": an_event(starts_day=None, rate_per_year=4, group="weather", ramp_up_hours=6),
        "flood": an_event(starts_day=None, rate_per_year=4, group="weather", probability=0.3),
        "absence": a_follower(probability=0.5),
    })  # fmt: skip

    storm, flood, absence = tiny.build().disruptions

    assert (storm.ramp_up_hours, storm.probability, storm.luck_of) == (6.0, 1.0, "weather")
    assert (flood.probability, flood.luck_of) == (0.3, "weather")
    assert absence.after == Trigger("storm", Distribution.of("deterministic", value=24.0))
    assert (absence.probability, absence.luck_of) == (0.5, "absence")


@pytest.mark.parametrize(
    ("events", "message"),
    [
        (
            {"storm": an_event(), "absence": a_follower("strom")},
            ("absence.after.event: 'strom'\n  expected: one of storm\n  to mend:  did you mean 'storm'?"),
        ),
        (
            {"absence": a_follower("storm")},
            ("absence.after.event: 'storm'\n  expected: one of another event, but there is none\n"
             "  to mend:  add it or name another"),
        ),
        (
            {"storm": a_follower("absence"), "absence": a_follower("storm")},
            ("storm.after.event: 'absence', which comes after 'storm' itself\n"
             "  expected: a chain that begins somewhere\n  to mend:  give one of them a day or a rate"),
        ),
        (
            {"storm": an_event(), "absence": a_follower(starts_day=1)},
            "absence: starts_day and after\n  expected: one of starts_day, rate_per_year, after",
        ),
        (
            {"storm": an_event(group="flood"), "flood": an_event()},
            ("storm.group: 'flood'\n  expected: a name that no event has\n  to mend:  name the group otherwise"),
        ),
        (
            {
                "storm": an_event(starts_day=None, rate_per_year=4, group="weather"),
                "flood": an_event(starts_day=None, rate_per_year=2, group="weather"),
            },
            ("flood.rate_per_year: 2, and 4 of 'storm'\n  expected: one rate for the group 'weather'\n"
             "  to mend:  give both the higher one, and one of them a probability"),
        ),
        (
            {"strike": a_strike(ramp_up_hours=3)},
            "strike.ramp_up_hours: 3 of a service without delay_days\n  expected: 0: trucks come or they do not",
        ),
    ],
)  # fmt: skip
def test_chains_and_groups_that_make_no_sense_are_named(tiny, events: dict[str, object], message: str) -> None:
    tiny.set("disruptions.events", events)

    assert f"disruptions.events.{message}" in tiny.said()
