"""One day of orders as columns: drawn or replayed at once, handed to the clock one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
import numpy.typing as npt

from twin.domain.distributions import Distribution
from twin.domain.orders import Lines, Order, OrderLine
from twin.simulation.distributions import quantiles
from twin.simulation.streams import stream

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
LUCK = ("found", "transit", "delivery")  # what an order carries beside its luck at each stage


@dataclass(frozen=True, slots=True)
class Names:
    """The words behind the codes in the columns; a code is a position here."""

    channels: tuple[str, ...]
    regions: tuple[str, ...]
    destinations: tuple[str, ...]
    service_levels: tuple[str, ...]
    skus: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DayColumns:
    """Orders of one day in order of time; `line_starts` has one more entry than there are orders.

    The codes index `Names`.
    """

    day: int
    first_number: int
    placed_at: Floats
    channel: Integers
    region: Integers
    destination: Integers
    service_level: Integers
    promised_by: Floats
    line_starts: Integers
    sku: Integers
    quantity: Integers

    @property
    def orders(self) -> int:
        """How many orders the day has."""
        return len(self.placed_at)

    def digest(self) -> bytes:
        """Return a hash of everything that is drawn before the clock starts."""
        total = sha256()
        for column in (
            self.placed_at, self.channel, self.destination, self.service_level,
            self.promised_by, self.line_starts, self.sku, self.quantity,
        ):  # fmt: skip
            total.update(np.ascontiguousarray(column).tobytes())
        return total.digest()


@dataclass(frozen=True, slots=True)
class Spread:
    """A distinct shape of work in the network: the stage's name gives the luck, the distribution the hours."""

    stage: str
    shape: Distribution


class LinePool:
    """Order lines made once and shared: an order of one line then costs no new object."""

    def __init__(self, skus: Sequence[str], quantities: int = 3) -> None:
        self._skus = skus
        self._grow(quantities)

    def lines(self, day: DayColumns) -> list[Lines]:
        """Return the lines of each order of a day."""
        if len(day.quantity) and day.quantity.max() > self._quantities:
            self._grow(int(day.quantity.max()))
        codes = day.sku * self._quantities + day.quantity - 1
        starts = day.line_starts
        found: list[Lines] = self._single[codes[starts[:-1]]].tolist()
        counts = np.diff(starts)
        several = np.flatnonzero(counts > 1)
        bounds = zip(several.tolist(), starts[several].tolist(), starts[several + 1].tolist(), strict=True)
        pooled = self._lines[codes].tolist()
        for order, start, end in bounds:
            found[order] = tuple(pooled[start:end])
        return found

    def _grow(self, quantities: int) -> None:
        self._quantities = quantities
        lines = [OrderLine(sku, count) for sku in self._skus for count in range(1, quantities + 1)]
        self._lines = np.empty(len(lines), dtype=object)
        self._single = np.empty(len(lines), dtype=object)
        for at, line in enumerate(lines):
            self._lines[at] = line
            self._single[at] = (line,)


class OrderMaker:
    """Turns a day's columns into orders, each with the luck it was born with."""

    def __init__(
        self, names: Names, spreads: Sequence[Spread], seed: int, replication: int, purposes: Sequence[str] = LUCK
    ) -> None:
        self.names = names
        self._purposes = purposes
        self._spreads = spreads
        self._seed, self._replication = seed, replication
        self._pool = LinePool(names.skus)
        self._channels = np.array(names.channels, dtype=object)
        self._destinations = np.array(names.destinations, dtype=object)
        self._levels = np.array(names.service_levels, dtype=object)

    def luck(self, day: DayColumns) -> Mapping[str, Floats]:
        """Return the uniforms of a day's orders by purpose; each purpose has a stream of its own."""
        return {purpose: self._uniforms(purpose, day) for purpose in self._purposes}

    def orders(self, day: DayColumns, found_luck: Floats) -> Iterator[Order]:
        """Yield the orders of a day in order of time."""
        by_stage = {name: self._uniforms(name, day) for name in dict.fromkeys(s.stage for s in self._spreads)}
        hours = [quantiles(spread.shape, by_stage[spread.stage]).tolist() for spread in self._spreads]
        return map(
            Order,
            range(day.first_number, day.first_number + day.orders),
            day.placed_at.tolist(),
            self._channels[day.channel].tolist(),
            self._destinations[day.destination].tolist(),
            self._levels[day.service_level].tolist(),
            self._pool.lines(day),
            day.promised_by.tolist(),
            zip(*hours, strict=True),
            found_luck.tolist(),
        )

    def _uniforms(self, purpose: str, day: DayColumns) -> Floats:
        return stream(self._seed, self._replication, "order-luck", purpose, str(day.day)).random(day.orders)
