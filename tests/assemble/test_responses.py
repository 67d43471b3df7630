"""What is done about disruptions, from its configuration."""

from __future__ import annotations

from typing import Any

import pytest

from tests.assemble.test_disruptions import an_event
from twin.domain.responses import LongerHours, Response


def test_a_response_says_when_it_comes_and_what_is_done(tiny) -> None:
    tiny.set("disruptions.events", {"flu": an_event()})
    tiny.set("network.nodes.reno.overtime", {"from_backlog_hours": 2, "most_hours": 2, "pay_rate": 1.5})
    tiny.set("response.rules", {"call": {
        "to": ["flu"], "least_severity": 0.5, "after_hours": 4, "hold_hours": 2, "reroute": True,
        "overtime": {"from_backlog_hours": 0.25, "most_hours": 4}, "promise_days": 1,
        "expedite": {"standard": "standard"}, "max_shipments": 4,
    }})  # fmt: skip

    assert tiny.build().responses == (
        Response("call", ("flu",), 0.5, 4.0, 2.0, True, False, LongerHours(0.25, 4.0), 1, {"standard": "standard"}, 4),
    )


def test_without_a_word_nobody_does_anything(tiny) -> None:
    assert tiny.build().responses == ()


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ({"to": ["snow"], "reroute": True}, (".to: event 'snow'\n  expected: one of flu\n"
                                            "  to mend:  name another, or none, which means all of them")),
        ({}, (": a response that does nothing\n  expected: reroute or open_standby or overtime or promise_days or "
             "expedite or max_shipments\n  to mend:  say what is done")),
        ({"open_standby": True}, (".open_standby: true, and no node on standby\n  expected: one at least\n"
                                 "  to mend:  set standby: true at a node")),
        ({"overtime": {"from_backlog_hours": 1, "most_hours": 2}},
         (".overtime: longer hours, and no node that knows overtime\n  expected: one at least\n"
         "  to mend:  set overtime, with its pay_rate, at a node")),
        ({"expedite": {"standard": "rocket"}}, (".expedite: service level 'rocket'\n  expected: one of standard\n"
                                               "  to mend:  name another")),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(rule: dict[str, Any], message: str, tiny) -> None:
    tiny.set("disruptions.events", {"flu": an_event()})
    tiny.set("response.rules", {"call": rule})

    (problem,) = tiny.problems()

    assert str(problem).rpartition("response.rules.call")[2] == message


def test_a_response_to_an_event_where_nothing_goes_wrong_is_refused(tiny) -> None:
    tiny.set("response.rules", {"call": {"to": ["snow"], "reroute": True}})

    (problem,) = tiny.problems()

    assert "expected: none: nothing goes wrong in this scenario" in str(problem)


def test_more_shipments_are_allowed_only_to_a_policy_that_limits_them(tiny) -> None:
    tiny.set("routing", {"kind": "ship_complete"})
    tiny.set("response.rules", {"call": {"max_shipments": 3}})

    (problem,) = tiny.problems()

    assert "max_shipments: 3 for a policy that has no such limit" in str(problem)


def test_a_network_needs_a_node_that_is_not_on_standby(tiny) -> None:
    for name in ("columbus", "reno"):
        tiny.set(f"network.nodes.{name}.standby", True)

    problems = "\n".join(map(str, tiny.problems()))

    assert "network.nodes: nodes on standby only\n  expected: one at least that is not" in problems


def test_a_node_on_standby_is_stocked_as_if_it_were_open_and_takes_nothing_from_the_others(tiny) -> None:
    both = tiny.build().opening_stock
    tiny.set("network.nodes.reno.standby", True)

    with_standby = tiny.build().opening_stock

    assert with_standby["reno"] == both["reno"]
    assert all(with_standby["columbus"][sku] >= units for sku, units in both["columbus"].items())
    assert with_standby["columbus"] != both["columbus"]


def test_the_largest_node_is_one_that_is_open(tiny) -> None:
    tiny.set("network.nodes.reno.assortment", {"top_skus": None})
    tiny.set("network.nodes.columbus.standby", True)
    tiny.set("disruptions.events", {"shut": an_event(scope="largest_node", targets=[], closed=True)})

    (plan,) = tiny.build().disruptions

    assert plan.targets == ("reno",)
