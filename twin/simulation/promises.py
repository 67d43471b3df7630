"""The promise a shop makes at checkout: so many business days after the order cut-off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from twin.domain.calendars import Timeline
from twin.domain.geography import Place
from twin.domain.service_levels import ServiceLevel
from twin.simulation.days import Floats, Integers


class PromiseBook:
    """When each service level promises to deliver, for every day of the timeline.

    An order placed after its level's cut-off (shop time) counts from the next business day; the promise is kept
    until the last minute of the promised day at the destination.
    """

    def __init__(
        self,
        timeline: Timeline,
        places: Sequence[Place],
        levels: Sequence[ServiceLevel],
        closed_on: frozenset[date],
    ) -> None:
        self._midnights = np.array(timeline.midnights(timeline.timezone))
        self._cutoffs = np.array([[timeline.at(timeline.date(day), level.order_cutoff, timeline.timezone)
                                   for day in range(-1, timeline.days + 2)] for level in levels])  # fmt: skip
        business = [timeline.date(day).weekday() < 5 and timeline.date(day) not in closed_on  # noqa: PLR2004  (Saturday)
                    for day in range(-1, timeline.days + 60)]  # fmt: skip
        self._business_days = np.flatnonzero(business)
        self._counted = np.cumsum(business) - np.array(business)  # business days before each day
        self._promise_days = np.array([level.promise_days for level in levels], dtype=np.int64)
        self._ends = _day_ends(timeline, places)

    def promised_by(self, placed_at: Floats, level: Integers, destination: Integers) -> Floats:
        """Return the end of the promised day for orders of some levels to some destinations."""
        day = np.searchsorted(self._midnights, placed_at, side="right") - 1
        late = placed_at >= self._cutoffs[level, day]
        first = self._counted[day + late]  # the business day that counts as day 0
        promised = self._business_days[first + self._promise_days[level]]
        last = self._ends.shape[1] - 1
        ends: Floats = self._ends[destination, np.minimum(promised, last)]
        return ends


def _day_ends(timeline: Timeline, places: Sequence[Place]) -> Floats:
    """Return, per place and day, the instant at which the local day ends."""
    longer = Timeline(timeline.starts_on, timeline.timezone, timeline.days + 60)
    by_zone: Mapping[str, Floats] = {
        zone: np.array(longer.midnights(zone))[1:] for zone in sorted({place.timezone for place in places})
    }
    return np.stack([by_zone[place.timezone] for place in places])
