"""Any way to work inside a node, and a watch on who is at work."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import Any

from hypothesis import strategies as st

from tests.factories import always
from twin.domain.distributions import Distribution
from twin.domain.work import Batch, Crew, Inbound, Learning, Machines, Overtime, Rework, Stage, Work
from twin.simulation.clock import Steps
from twin.simulation.floor import Floor
from twin.simulation.run import Run

LOOK_HOURS = 0.7
UP, REPAIR = Distribution.of("exponential", mean=9.0), Distribution.of("exponential", mean=2.0)

PICKING: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [
        {},
        {"batch": Batch(3, 0.5)},
        {"stations": 4, "zones": 2},
        {"stations": 2, "zones": 2},
        {"lines_per_hour": 2.0},
        {"machines": Machines(2, UP, REPAIR)},
    ]
)
INBOUND = st.builds(
    Inbound,
    st.integers(1, 2),
    st.sampled_from([always(0.5), UP]),
    st.integers(1, 2),
    st.sampled_from([always(1.0), REPAIR]),
    st.sampled_from([1, 5]),
    st.sampled_from([None, 0.1]),
)


@st.composite
def special_stages(draw: st.DrawFn, stages: tuple[Stage, ...]) -> tuple[Stage, ...]:
    """Draw another way to pick, and a check at the end."""
    picked = (replace(stages[0], **draw(PICKING)), *stages[1:])
    if len(picked) > 1 and draw(st.booleans()):
        return (*picked[:-1], replace(picked[-1], rework=Rework(draw(st.sampled_from([0.0, 0.3])), picked[0].name)))
    return picked


@st.composite
def works(draw: st.DrawFn, stages: tuple[Stage, ...]) -> Work:
    """Draw how a node works; half of it is mostly left out."""
    inbound = draw(st.one_of(st.none(), INBOUND))
    jobs = [*(stage.name for stage in stages), *(["put_away"] if inbound else [])]
    shared = draw(st.lists(st.sampled_from(jobs), unique=True, max_size=3))
    return Work(
        crews=(Crew("floor", draw(st.integers(1, 3)), tuple(shared)),) if shared else (),
        absence_rate=draw(st.sampled_from([0.0, 0.3])),
        overtime=draw(st.sampled_from([None, Overtime(0.0, 2.0), Overtime(0.5, 5.0)])),
        learning=draw(st.sampled_from([None, Learning(0.5, 2.0)])),
        waves=draw(st.sampled_from([(), (time(9),), (time(7), time(13, 30))])),
        inbound=inbound,
        order_latency_hours=draw(st.sampled_from([0.0, 0.5])),
        stock_latency_hours=draw(st.sampled_from([0.0, 4.0])),
    )


def watch(run: Run) -> Steps:
    """Look at every floor again and again while a run goes on."""
    while True:
        yield run.clock.timeout(LOOK_HOURS)
        for node in run.nodes.values():
            no_more_at_work_than_there_are(node.floor)
            nobody_is_idle_beside_work(node.floor)


def no_more_at_work_than_there_are(floor: Floor) -> None:
    """Work goes on at stations that exist, and every job at a crew's stage has somebody of the crew."""
    at_work = {place: place.staffed - place.free for place in floor.stages}
    assert all(0 <= busy <= place.stations for place, busy in at_work.items())
    for crew in floor.crews:
        busy = crew.staffed - crew.free
        assert 0 <= busy <= crew.crew.people
        assert busy == sum(at_work[place] for place in crew.stages)


def nobody_is_idle_beside_work(floor: Floor) -> None:
    """Nothing waits for a free station whose people are free."""
    for place in floor.stages:
        hands = place.free if place.crew is None else min(place.free, place.crew.free)
        assert hands <= 0 or not place.waiting.size
