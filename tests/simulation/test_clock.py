"""The clock: light events, arrivals and SimPy processes share one time and one order."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from math import inf, nan

import pytest
import simpy
from hypothesis import given
from hypothesis import strategies as st

from twin.simulation.clock import Clock, Steps


@dataclass
class Parcel:
    placed_at: float
    name: str = "parcel"


@dataclass
class Plan:
    """A thing to happen after a delay, and what follows from it."""

    delay: float
    light: bool
    followers: list[Plan] = field(default_factory=list)


def parcels(*instants: float) -> list[Parcel]:
    return [Parcel(instant, f"parcel {number}") for number, instant in enumerate(instants)]


def nowhere(_: object) -> None:
    """Take something and do nothing with it."""


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def log() -> list[object]:
    return []


def test_a_light_event_happens_after_its_delay(clock: Clock, log: list[object]) -> None:
    clock.after(1.5, lambda name: log.append((name, clock.now_hours, clock.now)), "picked")

    clock.run()

    assert log == [("picked", 1.5, 1.5)]


def test_a_light_event_happens_at_its_instant(log: list[object]) -> None:
    clock = Clock(starts_at=2.0)
    clock.at(2.0, log.append, "now")
    clock.at(3.25, log.append, "later")

    clock.run()

    assert (log, clock.now_hours) == (["now", "later"], 3.25)


def test_what_is_due_together_happens_in_the_order_it_was_asked_for(clock: Clock, log: list[object]) -> None:
    clock.at(1, log.append, "first")
    clock.timeout(1).callbacks.append(lambda _: log.append("second"))
    clock.after(1, log.append, "third")
    clock.until(1).callbacks.append(lambda _: log.append("fourth"))

    clock.run()

    assert log == ["first", "second", "third", "fourth"]


@pytest.mark.parametrize("delay", [-0.001, nan, inf])
def test_a_senseless_delay_is_refused(clock: Clock, delay: float) -> None:
    with pytest.raises(ValueError, match=f"a delay must be a finite number of hours from 0, got {delay}"):
        clock.after(delay, nowhere, None)


@pytest.mark.parametrize("delay", [nan, inf])
def test_simpys_own_timeouts_refuse_a_senseless_delay_too(clock: Clock, delay: float) -> None:
    with pytest.raises(ValueError, match=f"a delay must be a finite number of hours from 0, got {delay}"):
        clock.timeout(delay)


@pytest.mark.parametrize(
    ("instant", "message"),
    [
        (4.9, r"nothing can happen at 4.9 h: that is past, it is 5.0 h"),
        (nan, r"nothing can happen at nan h: that is no finite number of hours"),
        (inf, r"nothing can happen at inf h: that is no finite number of hours"),
    ],
)
def test_a_senseless_instant_is_refused(instant: float, message: str) -> None:
    clock = Clock(starts_at=5.0)

    with pytest.raises(ValueError, match=message):
        clock.at(instant, nowhere, None)
    with pytest.raises(ValueError, match=message):
        clock.until(instant)


@given(st.floats(0, 1000), st.floats(0, 1000))
def test_a_process_wakes_at_exactly_the_instant_it_waits_for(start: float, wait: float) -> None:
    clock = Clock(starts_at=start)
    woken: list[float] = []

    def truck() -> Steps:
        yield clock.until(start + wait)
        woken.append(clock.now_hours)

    clock.process(truck())
    clock.run()

    assert woken == [start + wait]


def test_a_process_can_wait_for_whichever_comes_first(clock: Clock, log: list[object]) -> None:
    def dock() -> Steps:
        cutoff, full = clock.until(5), clock.timeout(2, "full")
        happened = yield cutoff | full
        log.append((clock.now_hours, list(happened.values())))
        yield cutoff & full
        log.append(clock.now_hours)

    clock.process(dock())
    clock.run()

    assert log == [(2, ["full"]), 5]


def test_a_process_can_be_interrupted_while_it_waits(clock: Clock, log: list[object]) -> None:
    def shift() -> Steps:
        try:
            yield clock.until(8)
        except simpy.Interrupt as interruption:
            log.append((clock.now_hours, interruption.cause))
        yield clock.timeout(1)
        log.append(clock.now_hours)

    working = clock.process(shift())
    clock.after(3, working.interrupt, "storm")
    clock.run_with([], nowhere, until=24)

    assert log == [(3, "storm"), 4]


def test_a_process_gives_its_value_to_whoever_waits_for_it(clock: Clock, log: list[object]) -> None:
    def supplier() -> Steps:
        yield clock.timeout(2)
        return "goods"

    def node() -> Steps:
        log.append((yield clock.process(supplier())))

    clock.process(node())
    clock.run_with([], nowhere, until=24)

    assert log == ["goods"]


class SupplierError(Exception):
    # It takes no message, so SimPy could not copy it.
    def __init__(self, *, supplier: str) -> None:
        super().__init__(f"{supplier} has closed down")


def failing(clock: Clock, failure: Exception) -> Steps:
    yield clock.timeout(1)
    raise failure


@pytest.mark.parametrize(
    "run",
    [lambda clock: clock.run(), lambda clock: clock.run_with([], nowhere, until=5)],
    ids=["run", "run_with"],
)
def test_a_process_that_fails_ends_the_run(clock: Clock, run: Callable[[Clock], object]) -> None:
    clock.process(failing(clock, SupplierError(supplier="acme")))

    with pytest.raises(SupplierError, match="acme has closed down"):
        run(clock)

    assert clock.now_hours == 1


def test_a_failure_that_somebody_takes_on_does_not_end_the_run(clock: Clock, log: list[object]) -> None:
    def buyer() -> Steps:
        try:
            yield clock.process(failing(clock, RuntimeError("no goods")))
        except RuntimeError as failure:
            log.append(str(failure))

    clock.process(buyer())
    clock.run_with([], nowhere, until=5)

    assert log == ["no goods"]


def test_a_light_event_that_fails_ends_the_run(clock: Clock) -> None:
    clock.after(1, float, "not a number")

    with pytest.raises(ValueError, match="not a number"):
        clock.run()


def test_simpys_run_stops_before_light_events_at_its_end(clock: Clock, log: list[object]) -> None:
    clock.after(1, log.append, "before")
    clock.after(2, log.append, "at the end")

    clock.run(until=2)

    assert (log, clock.now_hours, clock.peek()) == (["before"], 2, 2)


def test_simpys_run_can_wait_for_an_event_and_go_on_afterwards(clock: Clock, log: list[object]) -> None:
    opening = clock.timeout(3, "open")
    clock.after(4, log.append, "after")

    found = clock.run(until=opening)
    opening_hours = clock.now_hours
    clock.run()

    assert (found, opening_hours, log) == ("open", 3, ["after"])


def test_those_who_wait_behind_the_end_of_a_run_are_told_in_the_next(clock: Clock, log: list[object]) -> None:
    door = clock.event()
    clock.after(1, door.succeed, "open")

    def porter() -> Steps:
        yield clock.timeout(0.5)
        log.append((yield door))

    clock.process(porter())
    clock.run(until=door)
    before = list(log)
    clock.run()

    assert (before, log) == ([], ["open"])


def test_arrivals_are_placed_at_their_instants(clock: Clock, log: list[object]) -> None:
    clock.run_with(parcels(1, 2.5, 2.5), lambda it: log.append((it.name, clock.now_hours, clock.now)), until=10)

    assert log == [("parcel 0", 1, 1), ("parcel 1", 2.5, 2.5), ("parcel 2", 2.5, 2.5)]
    assert clock.now_hours == clock.now == 10


def test_what_is_due_happens_before_an_arrival_of_the_same_instant(clock: Clock, log: list[object]) -> None:
    def shift() -> Steps:
        yield clock.until(1)
        log.append("shift")
        clock.after(0, log.append, "table")

    def place(parcel: Parcel) -> None:
        log.append(parcel.name)
        clock.after(0, log.append, "routed")

    clock.process(shift())
    clock.run_with(parcels(1, 1), place, until=2)

    assert log == ["shift", "table", "parcel 0", "routed", "parcel 1", "routed"]


def test_a_run_drains_what_is_due_after_the_last_arrival(clock: Clock, log: list[object]) -> None:
    clock.run_with(parcels(1), lambda it: clock.after(5, log.append, it.name), until=10)

    assert log == ["parcel 0"]


def test_a_run_leaves_what_is_due_at_its_end_to_the_next(clock: Clock, log: list[object]) -> None:
    clock.at(10, log.append, "midnight")

    clock.run_with([], nowhere, until=10)
    before = list(log)
    clock.run_with([], nowhere, until=11)

    assert (before, log) == ([], ["midnight"])


@pytest.mark.parametrize("instant", [5, 7, inf])
def test_an_arrival_that_is_not_due_is_handed_back(clock: Clock, log: list[object], instant: float) -> None:
    early, late = parcels(1, instant)

    held = clock.run_with(iter([early, late]), log.append, until=5)

    assert held is late
    assert log == [early]


def test_arrivals_may_be_drawn_while_the_clock_runs(clock: Clock) -> None:
    drawn_at: list[float] = []

    def demand() -> Iterable[Parcel]:
        for instant in (1.0, 2.0, 3.0):
            drawn_at.append(clock.now_hours)
            yield Parcel(instant)

    held = clock.run_with(demand(), nowhere, until=9)

    assert drawn_at == [0, 1, 2]
    assert held is None


@pytest.mark.parametrize("instant", [1.5, nan])
def test_arrivals_out_of_order_are_refused(clock: Clock, instant: float) -> None:
    with pytest.raises(ValueError, match=f"arrivals must be sorted: one at {instant} h came after 2 h"):
        clock.run_with(parcels(1, 2, instant), nowhere, until=5)


def test_arrivals_from_before_the_run_are_refused() -> None:
    with pytest.raises(ValueError, match=r"arrivals must be sorted: one at 3 h came after 4\.0 h"):
        Clock(starts_at=4.0).run_with(parcels(3), nowhere, until=5)


@pytest.mark.parametrize("until", [4.0, 3.0, nan, inf])
def test_a_run_needs_an_end_after_now(until: float) -> None:
    with pytest.raises(ValueError, match=f"must end at a finite instant after now, 4.0 h, got {until}"):
        Clock(starts_at=4.0).run_with([], nowhere, until=until)


PLANS = st.recursive(
    st.builds(Plan, st.integers(0, 3).map(float), st.booleans()),
    lambda plans: st.builds(Plan, st.integers(0, 3).map(float), st.booleans(), st.lists(plans, max_size=3)),
    max_leaves=12,
)
ARRIVALS = st.lists(st.integers(0, 12).map(float), max_size=8).map(sorted)
Log = list[tuple[float, str]]
Later = Callable[[Plan, Callable[[object], None]], None]


def carry_out(env: simpy.Environment, plans: list[Plan], later: Later, log: Log, prefix: str = "") -> None:
    """Carry plans out, and log when each happens and where in the tree of plans it stands."""
    for number, plan in enumerate(plans):

        def happen(_: object, name: str = f"{prefix}.{number}", plan: Plan = plan) -> None:
            log.append((env.now, name))
            carry_out(env, plan.followers, later, log, name)

        later(plan, happen)


def in_simpy(plans: list[Plan], log: Log) -> simpy.Environment:
    """Begin to carry plans out with SimPy's own timeouts."""
    env = simpy.Environment()
    carry_out(env, plans, lambda plan, happen: env.timeout(plan.delay).callbacks.append(happen), log)
    return env


def on_our_clock(plans: list[Plan], log: Log) -> Clock:
    """Begin to carry plans out with light events where they are light, else with timeouts."""
    clock = Clock()

    def later(plan: Plan, happen: Callable[[object], None]) -> None:
        if plan.light:
            clock.after(plan.delay, happen, None)
        else:
            clock.timeout(plan.delay).callbacks.append(happen)

    carry_out(clock, plans, later, log)
    return clock


@given(st.lists(PLANS, max_size=6))
def test_light_events_keep_the_order_of_simpys_timeouts(plans: list[Plan]) -> None:
    expected: Log = []
    happened: Log = []

    in_simpy(plans, expected).run()
    on_our_clock(plans, happened).run_with([], nowhere, until=1000)

    assert happened == expected


@given(st.lists(PLANS, max_size=6), ARRIVALS)
def test_merged_arrivals_keep_the_order_of_a_patient_simpy_run(plans: list[Plan], instants: list[float]) -> None:
    expected: Log = []
    happened: Log = []

    env = in_simpy(plans, expected)
    for parcel in parcels(*instants):
        while env.peek() <= parcel.placed_at:
            env.step()
        expected.append((parcel.placed_at, parcel.name))
    env.run()
    clock = on_our_clock(plans, happened)
    clock.run_with(parcels(*instants), lambda it: happened.append((clock.now, it.name)), until=1000)

    assert happened == expected
