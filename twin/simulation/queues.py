"""Who is next: waiting lines by promise or by arrival."""

from __future__ import annotations

from collections import deque
from collections.abc import Container, Iterator
from heapq import heapify, heappop, heappush
from itertools import chain
from typing import Any, Protocol

from twin.simulation.shipments import Shipment


class Queue(Protocol):
    """Jobs waiting for a station: shipments, or goods to put away."""

    size: int

    def push(self, job: Any) -> None:  # noqa: ANN401
        """Put a job in line."""

    def pop(self) -> Any:  # noqa: ANN401
        """Take the next job out of line."""

    def __iter__(self) -> Iterator[Any]:
        """Go through the jobs in line."""

    def take_out(self, gone: Container[int]) -> None:
        """Take jobs out of line, whosever turn it is, told apart by their `id`."""


class PromiseQueue:
    """The earliest promise first, equal promises by arrival.

    A heap of the distinct promises with a line under each: promises end with the day, so thousands of shipments
    share a few of them (1 us an order cheaper than a heap of shipments, in the same order).
    """

    __slots__ = ("_lines", "_promises", "size")

    def __init__(self) -> None:
        self.size = 0
        self._promises: list[float] = []
        self._lines: dict[float, deque[Shipment]] = {}

    def push(self, shipment: Shipment) -> None:
        """Put a shipment in line behind those with the same promise."""
        promise = shipment.order.promised_by
        line = self._lines.get(promise)
        if line is None:
            line = self._lines[promise] = deque()
            heappush(self._promises, promise)
        line.append(shipment)
        self.size += 1

    def pop(self) -> Shipment:
        """Take the shipment with the earliest promise."""
        promise = self._promises[0]
        line = self._lines[promise]
        shipment = line.popleft()
        if not line:
            heappop(self._promises)
            del self._lines[promise]
        self.size -= 1
        return shipment

    def __iter__(self) -> Iterator[Shipment]:
        """Go through the shipments, the earliest promise first."""
        return chain.from_iterable(self._lines[promise] for promise in sorted(self._lines))

    def take_out(self, gone: Container[int]) -> None:
        """Take shipments out of line."""
        kept = {promise: deque([one for one in line if id(one) not in gone]) for promise, line in self._lines.items()}
        self._lines = {promise: line for promise, line in kept.items() if line}
        self._promises = list(self._lines)
        heapify(self._promises)
        self.size = sum(map(len, self._lines.values()))


class ArrivalQueue:
    """First in, first out."""

    __slots__ = ("_line", "size")

    def __init__(self) -> None:
        self.size = 0
        self._line: deque[Any] = deque()

    def push(self, job: Any) -> None:  # noqa: ANN401
        """Put a job at the end of the line."""
        self._line.append(job)
        self.size += 1

    def pop(self) -> Any:  # noqa: ANN401
        """Take the job that has waited longest."""
        self.size -= 1
        return self._line.popleft()

    def __iter__(self) -> Iterator[Any]:
        """Go through the jobs, who waits longest first."""
        return iter(self._line)

    def take_out(self, gone: Container[int]) -> None:
        """Take jobs out of line."""
        self._line = deque([one for one in self._line if id(one) not in gone])
        self.size = len(self._line)
