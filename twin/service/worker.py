"""The thread that does the work, one request after the other, while the server goes on listening."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import TypeVar

from twin.domain.errors import Problem
from twin.service.problems import DEADLINE_PASSED, OVERLOADED, Refused

Result = TypeVar("Result")
SOON = {"Retry-After": "1"}


class Worker:
    """Does work in the order it comes, refuses more than may wait, and begins nothing after its deadline."""

    def __init__(self, most_waiting: int, clock: Callable[[], float] = monotonic) -> None:
        self._most_waiting, self._clock = most_waiting, clock
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="decisions")
        self._waiting = 0

    async def do(self, work: Callable[[], Result], deadline: float) -> Result:
        """Return what comes of some work, unless its turn comes after the deadline."""
        if self._waiting >= self._most_waiting:
            problem = Problem("this service", f"{self._waiting} requests in line", "fewer", "ask again later")
            raise Refused(OVERLOADED, problem, headers=SOON)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, self._in_time, work, deadline)
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """Finish what was begun and stop."""
        self._thread.shutdown()

    def _in_time(self, work: Callable[[], Result], deadline: float) -> Result:
        if self._clock() >= deadline:
            problem = Problem("header X-Deadline-Ms", "no time left when the turn came", "more time", "ask again")
            raise Refused(DEADLINE_PASSED, problem, headers=SOON)
        return work()
