"""A floor with a clock of its own, for tests of what happens in a node."""

from __future__ import annotations

from typing import Any

from tests.factories import NEW_YORK, a_calendar, a_node, a_timeline
from tests.simulation.shipping import a_shipment
from twin.domain.calendars import Shift, WorkCalendar
from twin.domain.work import Stage, Work
from twin.simulation.clock import Clock
from twin.simulation.days import Spread
from twin.simulation.floor import Floor
from twin.simulation.shipments import Shipment
from twin.simulation.staffing import Roster

ALL_DAY = ((0, 24),)


class Shop:
    """A floor with a clock, and what has left it."""

    def __init__(
        self, *stages: Stage, spans: tuple[tuple[int, int], ...] = ALL_DAY, shifts: tuple[Shift, ...] = (), **work: Any
    ) -> None:
        self.clock = Clock()
        self.done: list[tuple[int, float]] = []
        calendar = WorkCalendar(NEW_YORK, shifts, frozenset()) if shifts else a_calendar(*spans)
        node = a_node(stages=stages, calendar=calendar, work=Work(**work))
        roster = Roster.of(node, a_timeline(), 1, 0)
        columns = {Spread(stage.name, stage.work_hours.shape()[0]): at for at, stage in enumerate(stages)}
        self.floor = Floor(node, self.clock, columns, roster, self._leave)
        for process in self.floor.processes():
            self.clock.process(process)

    def _leave(self, shipment: Shipment) -> None:
        self.done.append((shipment.order.number, round(self.clock.now_hours, 9)))

    def admit(self, *numbers: int, at: float = 0.0, **special: Any) -> None:
        """Let shipments come at an instant, right after whatever else happens then."""
        for number in numbers:
            self.clock.at(at, self._admit, a_shipment(number=number, **special))

    def _admit(self, shipment: Shipment) -> None:
        self.floor.first.admit(shipment)

    def live(self, until: float = 200.0) -> list[tuple[int, float]]:
        """Run, and return who left when."""
        self.clock.run_with([], self.floor.first.admit, until)
        return self.done

    def hours(self, name: str, until: float) -> tuple[float, float]:
        """Run, and return the hours and overtime hours that somebody was at a stage or in a crew."""
        self.live(until)
        (place,) = [place for place in self.floor.workplaces if place.name == name]
        open_hours, overtime_hours, *_ = place.counts()
        return open_hours, overtime_hours
