"""The work inside a node: crews, picking, machines, waves, breaks, and how goods get to the shelf."""

from __future__ import annotations

from datetime import time

import pandas as pd
import pytest

from twin.domain.distributions import Distribution
from twin.domain.work import AS_ALWAYS, Batch, Crew, Inbound, Learning, Machines, Overtime, Rework
from twin.simulation.run import simulate

NODE = "network.nodes.columbus"
INBOUND = {"doors": 2, "unload": 1, "stations": 3, "trip": {"kind": "deterministic", "value_minutes": 6},
           "units_per_trip": 20, "storage_m3": 50}  # fmt: skip


def always(hours: float) -> Distribution:
    return Distribution.of("deterministic", value=hours)


def test_a_node_works_as_always_unless_told(tiny) -> None:
    node = tiny.build().network.nodes["columbus"]

    assert node.work is AS_ALWAYS or node.work == AS_ALWAYS
    assert [(stage.batch, stage.zones, stage.machines, stage.rework) for stage in node.stages] == [
        (None, 1, None, None)
    ] * 2


def test_the_work_of_a_node_is_what_its_configuration_says(tiny) -> None:
    tiny.set(f"{NODE}.crews", {"floor": {"people": 4, "stages": ["pack", "pick", "put_away"]}})
    tiny.set(f"{NODE}.absence_rate", 0.05)
    tiny.set(f"{NODE}.overtime", {"from_backlog_hours": 1, "most_hours": 2})
    tiny.set(f"{NODE}.learning", {"starts_at": 0.6, "half_days": 10})
    tiny.set(f"{NODE}.waves", ["12:00", "08:00"])
    tiny.set(f"{NODE}.inbound", INBOUND)

    work = tiny.build().network.nodes["columbus"].work

    assert work.crews == (Crew("floor", 4, ("pack", "pick", "put_away")),)
    assert (work.absence_rate, work.overtime, work.learning) == (0.05, Overtime(1, 2, 1.5), Learning(0.6, 10, 0))
    assert work.waves == (time(8), time(12))
    assert work.inbound == Inbound(2, always(1.0), 3, always(0.1), 20, 50.0)


def test_a_crew_has_a_person_for_each_station_of_its_stages_unless_told(tiny) -> None:
    inbound = {"doors": 1, "unload": 1, "stations": 5, "trip": 0.5, "units_per_trip": 10}
    tiny.set(f"{NODE}.inbound", inbound)
    tiny.set(f"{NODE}.crews", {"floor": {"stages": ["pack", "put_away"]}})

    (crew,) = tiny.build().network.nodes["columbus"].work.crews

    assert crew.people == 2 + 5


def test_a_stage_is_worked_at_as_its_configuration_says(tiny) -> None:
    pick, pack = f"{NODE}.stages.pick", f"{NODE}.stages.pack"
    tiny.set(f"{pick}", {"batch": {"shipments": 8, "walk_rate": 0.5}})
    tiny.set(f"{pack}", {"machines": {"count": 2, "up": 100, "repair": 3}, "rework": {"share": 0.02, "to": "pick"}})

    stages = tiny.build().network.nodes["columbus"].stages

    assert stages[0].batch == Batch(8, 0.5)
    assert stages[1].machines == Machines(2, always(100.0), always(3.0))
    assert stages[1].rework == Rework(0.02, "pick")


def test_nobody_works_in_a_break(tiny) -> None:
    tiny.set(f"{NODE}.shifts", {"day": {"breaks": {"lunch": {"starts": "11:30", "ends": "12:00"}}}})

    model = tiny.build()

    calendar = model.network.nodes["columbus"].calendar
    assert [(at - 24, rate) for at, rate in calendar.staffing(model.horizon.timeline) if 24 < at < 48] == [
        (6.0, 1.0), (11.5, 0.0), (12.0, 1.0), (18.0, 0.0),
    ]  # fmt: skip


STAGE = {"stations": 4, "work": 1}
TOO_EARLY = {"starts": "05:00", "ends": "06:30"}


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        (
            "stages.pick",
            STAGE | {"zones": 3},
            "stages.pick.zones: 3 zones for 4 stations\n  expected: as many",
        ),
        (
            "stages.pick",
            STAGE | {"zones": 2, "lines_per_hour": 60},
            "stages.pick.lines_per_hour: zones and lines_per_hour together\n  expected: one way to pick",
        ),
        (
            "stages.pick",
            STAGE | {"rework": {"share": 0.1, "to": "pack"}},
            "stages.pick.rework.to: 'pack'\n  expected: one of an earlier stage, but this is the first",
        ),
        (
            "stages.pack",
            STAGE | {"rework": {"share": 0.1, "to": "pik"}},
            "stages.pack.rework.to: 'pik'\n  expected: one of pick\n  to mend:  name the stage that does it again",
        ),
        (
            "stages.pick",
            STAGE | {"machines": {"count": 1, "up": 0, "repair": 1}},
            "stages.pick.machines.up: mean 0 h\n  expected: a mean above zero",
        ),
        (
            "crews",
            {"floor": {"people": 2, "stages": ["pick", "put_away"]}},
            "crews.floor.stages: 'put_away'\n  expected: one of pick, pack\n  to mend:  name a stage of the node",
        ),
        (
            "crews",
            {"one": {"people": 2, "stages": ["pick"]}, "two": {"people": 2, "stages": ["pick"]}},
            "crews.two.stages: 'pick' twice\n  expected: one crew for a stage\n  to mend:  take it out of the other",
        ),
        (
            "crews",
            {"pick": {"people": 2, "stages": ["pick"]}},
            "crews.pick: a crew named 'pick'\n  expected: a name",
        ),
        ("inbound", INBOUND | {"trip": 0}, "inbound.trip: mean 0 h\n  expected: a mean above zero"),
        (
            "shifts",
            {"day": {"breaks": {"early": TOO_EARLY}}},
            "shifts.day.breaks.early: 05:00 to 06:30\n  expected: a break within 06:00 to 18:00, apart from the others",
        ),
    ],
)
def test_what_cannot_be_worked_is_named_by_its_key(tiny, key: str, value: object, message: str) -> None:
    tiny.set(f"{NODE}.{key}", value)

    assert f"{NODE}.{message}" in tiny.said()


def test_a_run_with_all_of_it_keeps_its_books(tiny, tmp_path) -> None:
    tiny.set(f"{NODE}.crews", {"floor": {"people": 3, "stages": ["pack", "pick", "put_away"]}})
    tiny.set(f"{NODE}.absence_rate", 0.1)
    tiny.set(f"{NODE}.overtime", {"from_backlog_hours": 0.1, "most_hours": 2})
    tiny.set(f"{NODE}.learning", {"starts_at": 0.5, "half_days": 2})
    tiny.set(f"{NODE}.waves", ["08:00", "12:00", "15:00"])
    tiny.set(f"{NODE}.inbound", INBOUND)
    tiny.set(f"{NODE}.stages.pick", {"stations": 4, "zones": 2})
    tiny.set(f"{NODE}.stages.pack", {"stations": 4, "machines": {"count": 2, "up": 20, "repair": 3},
                                     "rework": {"share": 0.1, "to": "pick"}})  # fmt: skip

    simulate(tiny.build(), tmp_path, 1, 0)  # stops with an error where books disagree

    nodes = pd.read_parquet(tmp_path / "nodes.parquet")
    busy = nodes[nodes["node"] == "columbus"].groupby("stage", observed=True)["busy_hours"].sum()
    assert {"pick-1", "pick-2", "pack", "put_away", "floor"} == set(busy.index)
    assert busy[["pick-1", "pick-2", "pack", "put_away"]].min() > 0
