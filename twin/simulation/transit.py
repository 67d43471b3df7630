"""When parcels arrive: business days of each service, counted over real calendars."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np

from twin.domain.calendars import Timeline
from twin.domain.carriers import CarrierService
from twin.simulation.days import Floats, Integers
from twin.simulation.distributions import quantiles

DELIVERY_STARTS, DELIVERY_ENDS = 9.0, 20.0  # local hours of a delivery round
EXPECTED_DELIVERY = 17.0  # what an estimate reckons with: late enough to hold, before any promise ends
MARGIN_DAYS = 60  # deliveries may lie this far beyond the timeline


class TransitCalendar:
    """The delivering days of one service; day numbers count from the day before the first one."""

    def __init__(self, service: CarrierService, timeline: Timeline, closed_on: frozenset[date]) -> None:
        self.service = service
        days = range(-1, timeline.days + MARGIN_DAYS)
        delivers = np.array([
            timeline.date(day).weekday() in service.delivery_weekdays and timeline.date(day) not in closed_on
            for day in days
        ])  # fmt: skip
        self._delivering = np.flatnonzero(delivers)
        self._until = np.cumsum(delivers)  # delivering days up to and including each day

    def delivery_day(self, departure_day: Integers, transit_days: Integers) -> Integers:
        """Return the day index of the `transit_days`-th delivering day after the day of departure."""
        ordinal = self._until[departure_day] + transit_days - 1
        return self._delivering[np.minimum(ordinal, len(self._delivering) - 1)]

    def picks_up(self, day: date, closed_on: frozenset[date]) -> bool:
        """Answer whether the service collects parcels on a date."""
        return day.weekday() in self.service.pickup_weekdays and day not in closed_on


class DayBook:
    """Local midnights of every time zone in use, by day index counted from the day before the first."""

    def __init__(self, timeline: Timeline) -> None:
        self._longer = Timeline(timeline.starts_on, timeline.timezone, timeline.days + MARGIN_DAYS)
        self._midnights: dict[str, Floats] = {}

    def midnights(self, timezone: str) -> Floats:
        """Return the instants of local midnight."""
        if timezone not in self._midnights:
            self._midnights[timezone] = np.array(self._longer.midnights(timezone))
        return self._midnights[timezone]

    def day_of(self, instants: Floats, timezone: str) -> Integers:
        """Return the local day index of some instants."""
        return np.searchsorted(self.midnights(timezone), instants, side="right") - 1


def extra_days(services: Mapping[str, CarrierService], names: list[str], code: Integers, luck: Floats) -> Integers:
    """Return the days beyond the typical ones that each parcel's own luck costs it."""
    found = np.zeros(len(code), dtype=np.int64)
    for number, name in enumerate(names):
        mine = code == number
        if mine.any():
            found[mine] = np.floor(quantiles(services[name].extra_days, luck[mine])).astype(np.int64)
    return found
