"""The shapes of configuration: what is refused, in which words, all of it at once."""

from __future__ import annotations

from copy import deepcopy
from datetime import date, time
from typing import Any

import pytest
import yaml

from tests.assemble.tiny import VALUES
from twin.config import ScenarioConfig, parse
from twin.domain.distributions import Distribution
from twin.domain.errors import ConfigurationError, Problem

NODE = "network.nodes.columbus"
TRUCK, PICK = f"{NODE}.departures.parcel_ground", f"{NODE}.stages.pick"
CLOCK = "a time of day is hours and minutes, such as '16:30'"
CLOCK_QUOTED = "a time of day must be quoted, such as '16:30'"


def tiny_values() -> dict[str, Any]:
    return yaml.safe_load(VALUES)


def changed(**changes: object) -> dict[str, Any]:
    """The tiny scenario with some dotted keys set; `...` removes a key."""
    values = tiny_values()
    for key, value in changes.items():
        *above, last = key.split(".")
        place = values
        for part in above:
            place = place.setdefault(part, {})
        if value is ...:
            del place[last]
        else:
            place[last] = value
    return values


def problems(**changes: object) -> list[Problem]:
    with pytest.raises(ConfigurationError) as error:
        parse(changed(**changes))
    return list(error.value.problems)


def test_a_configuration_becomes_typed_values() -> None:
    config = parse(tiny_values())

    columbus = config.network.nodes["columbus"]
    assert isinstance(config, ScenarioConfig)
    assert columbus.shifts["day"].starts == time(6)
    assert columbus.departures["parcel_ground"].days == frozenset(range(5))
    assert columbus.stages["pick"].work == Distribution.of("exponential", mean=1 / 60)
    assert config.network.lanes["columbus"].supplier == "maker"
    assert config.network.lanes["columbus"].lead_time.mean == 48.0
    assert config.study.starts_on == date(2025, 9, 1)
    assert config.routing == {"kind": "min_cost"}


def test_parsing_changes_nothing_of_what_it_was_given() -> None:
    values = tiny_values()
    before = deepcopy(values)

    parse(values)

    assert values == before


def test_a_configuration_can_be_written_and_read_again() -> None:
    config = parse(tiny_values())

    written = config.model_dump(mode="json", by_alias=True)

    assert written["network"]["nodes"]["columbus"]["shifts"]["day"]["starts"] == "06:00:00"
    assert written["network"]["lanes"]["reno"]["lead_time"] == {"kind": "deterministic", "value": 72.0}


@pytest.mark.parametrize(
    ("key", "value", "found", "expected", "cure"),
    [
        ("study.sed", 3, "study.sed = 3", "a known key", "did you mean 'seed'?"),
        ("netwrok", {}, "netwrok = {}", "a known key", "did you mean 'network'?"),
        (
            f"{NODE}.stages.pick.staions",
            3,
            f"{NODE}.stages.pick.staions = 3",
            "a known key",
            "did you mean 'stations'?",
        ),
        ("network.lanes.reno.form", "x", "network.lanes.reno.form = 'x'", "a known key", "did you mean 'from'?"),
        ("network.lanes.reno.x", 1, "network.lanes.reno.x = 1", "a known key", "known here: freight, from, lead_time"),
        ("demand.channels.web.x", 1, "demand.channels.web.x = 1", "a known key", "known here: share"),
        ("study.seed", ..., "no study.seed", "a value", "set study.seed=..."),
        ("network.lanes.reno.from", ..., "no network.lanes.reno.from", "a value", "set network.lanes.reno.from=..."),
    ],
)
def test_an_unknown_or_missing_key_is_named_with_the_nearest_one(key, value, found, expected, cure) -> None:
    assert problems(**{key: value}) == [Problem(key, found, expected, cure)]


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("study.replications", "many", "a valid integer, unable to parse string as an integer"),
        ("study.replications", 0, "greater than or equal to 1"),
        ("study.seed", -1, "greater than or equal to 0"),
        ("study.measured_days", 1.5, "a valid integer, got a number with a fractional part"),
        ("study.measured_days", float("inf"), "a finite number"),
        ("study.alpha", 1, "less than 1"),
        ("study.alpha", float("nan"), "less than 1"),
        ("study.starts_on", "someday", "a valid date or datetime"),
        ("study.timezone", "Mars/Olympus", "a time zone is a name such as 'America/New_York', got 'Mars/Olympus'"),
        ("study.name", "../up", "a name of letters, digits, '.', '_' and '-', at most 64, a letter or digit first"),
        ("demand.orders_per_day", -1, "greater than or equal to 0"),
        ("demand.orders_per_day", float("nan"), "a finite number"),
        ("demand.orders_per_day", float("inf"), "a finite number"),
        ("demand.kind", "guess", "'model' or 'trace'"),
        ("demand.service_levels.standard.share", 1.5, "less than or equal to 1"),
        ("demand.service_levels.standard.promise_days", -1, "greater than or equal to 0"),
        ("demand.service_levels.standard.order_cutoff", 840, f"{CLOCK_QUOTED}; unquoted it was read as 840"),
        (TRUCK, {"cutoff": "25:00"}, f"{CLOCK}, got '25:00'"),
        (TRUCK, {"days": "monday"}, "unknown weekday in 'monday'; weekdays are mon, tue, wed, thu, fri, sat, sun"),
        (TRUCK, {"days": 5}, "weekdays are words such as 'mon-fri' or 'mon,wed', got 5"),
        (PICK, {"stations": -1}, "greater than or equal to 0"),
        (PICK, {"work": {"kind": "exponental", "mean": 1}}, "unknown distribution 'exponental' (did you mean"),
        (PICK, {"work": -1}, "a number of hours must not be negative, but this one can be -1"),
        (PICK, {"queue": "luck"}, "'promise' or 'arrival'"),
        (f"{NODE}.zip3", 432, "three digits in quotes, such as '021'"),
        (f"{NODE}.zip3", "43215", "three digits in quotes, such as '021'"),
        (f"{NODE}.found_rate", 1.01, "less than or equal to 1"),
        (f"{NODE}.shifts.day", {"staffed_rate": 0}, "greater than 0"),
        (PICK, 5, "keys with values"),
        (f"{NODE}.shifts", 5, "keys with values"),
        (f"{NODE}.costs", {"wage_usd_per_hour": -20}, "greater than or equal to 0"),
        ("carriers.price_factors", {"parcel_ground": 0}, "greater than 0"),
        ("carriers.services", "services.csv", "a valid tuple"),
        ("network.lanes.reno.lead_time", {"kind": "gamma", "mean_days": 3}, "distribution 'gamma' takes mean and cv"),
        ("replenishment.kind", "sometimes", "'order_up_to' or 'none'"),
        ("replenishment.review_at", "5", f"{CLOCK}, got '5'"),
        (
            "disruptions.events",
            {"storm": {"scope": "sky", "duration": 1}},
            "'largest_node', 'node', 'region', 'storm', 'service', 'product', 'category', 'supplier', 'network' or",
        ),
        ("disruptions.events", {"storm": {"scope": "node", "duration": 1, "severity": 2}}, "less than or equal to 1"),
        ("carbon.road_factor", 0.5, "greater than or equal to 1"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_is_named_with_what_was_expected(key: str, value: object, expected: str) -> None:
    (problem,) = problems(**{key: value})

    assert problem.where.startswith(key)
    assert problem.found.startswith(f"{problem.where} = ")
    assert problem.expected.startswith(expected)
    assert problem.cure in (f"set {problem.where} to such a value", f"write what belongs to {problem.where}")


def test_a_long_value_is_cut_short() -> None:
    (problem,) = problems(**{"study.seed": "9" * 1000 + "x"})

    assert len(problem.found) < 60


@pytest.mark.parametrize(
    ("name", "key"), [("bad name", "network.nodes.bad name"), ("x" * 65, f"network.nodes.{'x' * 65}")]
)
def test_a_node_whose_name_could_be_no_folder_is_refused(name: str, key: str) -> None:
    values = tiny_values()
    values["network"]["nodes"][name] = {"kind": "dc", "zip3": "606"}

    with pytest.raises(ConfigurationError) as error:
        parse(values)

    (problem,) = error.value.problems
    assert problem.where == key
    assert problem.expected == "a name of letters, digits, '.', '_' and '-', at most 64, a letter or digit first"


@pytest.mark.parametrize(
    ("node", "found", "cure"),
    [
        ({"kind": "stor", "zip3": "606"}, "'stor'", "did you mean 'store'?"),
        ({"kind": ["dc"]}, "['dc']", "known here: dc, 3pl, store, mfc, distributor"),
    ],
    ids=str,
)
def test_a_node_without_a_known_kind_is_refused(node: object, found: str, cure: str) -> None:
    assert problems(**{"network.nodes.akron": node}) == [
        Problem("network.nodes.akron.kind", f"network.nodes.akron.kind = {found}",
                "one of dc, 3pl, store, mfc, distributor", cure)
    ]  # fmt: skip


@pytest.mark.parametrize("node", [{"zip3": "606"}, {"enabled": False}, None, "dc"], ids=str)
def test_a_node_without_a_kind_is_taken_for_a_slip_in_a_name(node: object) -> None:
    assert problems(**{"network.nodes.colombus": node}) == [
        Problem(
            "network.nodes.colombus.kind",
            "network.nodes.colombus: there is no node 'colombus', and no kind to make it a new one",
            "one of columbus, reno",
            "did you mean 'columbus'? To add a node, set at least network.nodes.colombus.kind "
            "(dc, 3pl, store, mfc, distributor) and network.nodes.colombus.zip3",
        )
    ]


@pytest.mark.parametrize("network", ["everywhere", None, ["columbus"]])
def test_a_network_of_another_shape_is_a_problem_not_a_crash(network: object) -> None:
    (problem,) = problems(network=network)

    assert (problem.where, problem.expected) == ("network", "keys with values")


def test_nodes_of_another_shape_are_a_problem_not_a_crash() -> None:
    (problem,) = problems(**{"network.nodes": ["columbus"]})

    assert (problem.where, problem.expected) == ("network.nodes", "keys with values")


def test_everything_that_is_wrong_is_said_at_once() -> None:
    found = problems(**{
        "network.nodes.akron": {"kind": "stor"},
        "study.sed": 1,
        "study.replications": "many",
        "demand.service_levels.standard.share": 2,
        "replenishment.kind": ...,
        f"{NODE}.zip3": "43",
    })  # fmt: skip

    assert {problem.where for problem in found} == {
        "network.nodes.akron.kind", "study.sed", "study.replications", "demand.service_levels.standard.share",
        "replenishment.kind", f"{NODE}.zip3",
    }  # fmt: skip


def test_a_problem_says_where_its_value_was_set() -> None:
    with pytest.raises(ConfigurationError) as error:
        parse(changed(**{"study.seed": "x"}), origin=lambda key: f"conf/study.yaml, line 3 ({key})")

    assert str(error.value) == (
        "conf/study.yaml, line 3 (study.seed): study.seed = 'x'\n"
        "  expected: a valid integer, unable to parse string as an integer\n"
        "  to mend:  set study.seed to such a value"
    )


def test_a_wrong_value_of_a_preset_is_looked_up_where_the_preset_is() -> None:
    values = changed(**{"node_kinds.dc.priority": "first"})

    with pytest.raises(ConfigurationError) as error:
        parse(values, origin=lambda key: f"said by {key}")

    (problem,) = error.value.problems
    assert problem.where == "said by node_kinds.dc.priority"
    assert problem.found == "network.nodes.columbus.priority = 'first'"


def test_an_entry_that_lacks_several_keys_is_one_problem_and_maybe_a_slip() -> None:
    (problem,) = problems(**{"study.measures.cost_per_ordr": {"matters_from": 1}})

    assert problem.found == "no title, unit, better in study.measures.cost_per_ordr"
    assert problem.expected == "a value for each"
    assert problem.cure.startswith("did you mean 'cost_per_order'? Else set study.measures.cost_per_ordr.title=... and")
