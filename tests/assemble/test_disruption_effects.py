"""What disruptions do, from their configuration."""

from __future__ import annotations

import pytest

from tests.assemble.test_disruptions import a_strike, an_event
from twin.domain.effects import Closed, MachinesDown, PeopleAway


def test_an_event_names_its_effects(tiny) -> None:
    tiny.set("disruptions.events", {"fire": an_event(people=True, closed=True, machines={"stage": "pick"})})

    (plan,) = tiny.build().disruptions

    assert plan.effects == (PeopleAway(), Closed(), MachinesDown("pick"))


def test_machines_of_a_region_need_one_node_that_has_them(tiny) -> None:
    jam = an_event(
        scope="region", targets=["west"], machines={"stage": "pack"}
    )  # which Columbus has, in another region
    tiny.set("disruptions.events", {"jam": jam})

    assert tiny.problems() == []


@pytest.mark.parametrize(
    ("event", "message"),
    [
        (
            a_strike(closed=True),
            ("closed: an effect on node or region, in an event of scope service\n  expected: scope: node or region\n"
             "  to mend:  leave it out, and add an event of scope node"),
        ),
        (
            an_event(machines={"stage": "pack"}),
            "machines.stage: 'pack', which 'reno' lacks\n  expected: one of pick\n  to mend:  name another",
        ),
        (
            an_event(scope="region", targets=["west"], machines={"stage": "sorter"}),
            "machines.stage: 'sorter', which no node has\n  expected: one of pack, pick\n  to mend:  name another",
        ),
    ],
)  # fmt: skip
def test_an_effect_that_does_not_fit_is_named_by_its_key(tiny, event: dict[str, object], message: str) -> None:
    tiny.set("disruptions.events", {"oops": event})

    assert f"disruptions.events.oops.{message}" in tiny.said()
