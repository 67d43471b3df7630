"""Kim and Nelson's sequential procedure KN of sim-tools, behind one function and with the luck of designs in common.

The procedure asks for one value of one design after another; the n-th value of every design is of replication n, which
met the same customers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import floor, isclose
from typing import Any, Protocol

import numpy as np

from twin.domain.extras import needs
from twin.experiments.intervals import ROUNDING

Observe = Callable[[int, int], float]
"""Returns the value of a design (by its place) in a replication."""


class Observer(Protocol):
    """Who hears of the values, as sim-tools names it."""

    def feedback(self, *args: object) -> None:
        """Take (sender, design, value)."""


class SpentError(Exception):
    """More replications are asked for than the study may have."""


@dataclass(frozen=True, slots=True)
class Race:
    """What is asked of the procedure: from which difference on it must be right, and with which chance.

    Every design has `first` runs before any is dropped, and at most `most`.
    """

    designs: int
    first: int
    most: int
    delta: float
    alpha: float
    smaller_is_better: bool


class PairedValues:
    """What sim-tools calls the model: gives the values of a design one after the other."""

    def __init__(self, observe: Observe, most: int) -> None:
        self._observe, self._most = observe, most
        self.asked: dict[int, int] = {}
        self._observer: Observer | None = None

    def register_observer(self, observer: Observer) -> None:
        """Remember who wants the values."""
        self._observer = observer

    def simulate(self, design: int) -> None:
        """Hand on the next value of a design; raise `SpentError` where there may be no more."""
        number = self.asked.get(design, 0)
        if number >= self._most:
            raise SpentError
        assert self._observer is not None
        value = self._observe(int(design), number)
        self.asked[design] = number + 1
        self._observer.feedback(self, int(design), value)


def kn(observe: Observe, race: Race) -> tuple[list[int], list[int], bool]:
    """Run KN; return the places of the designs left, the runs of each design, and whether runs ran out.

    The true best is selected with probability 1 - alpha where it is better by `delta` or more (Kim and Nelson 2001).
    At the end the best mean wins: so do several only where they came to the same.
    Raises `MissingExtra` without sim-tools.
    """
    model = PairedValues(observe, race.most)
    way = "min" if race.smaller_is_better else "max"
    procedure = _procedure()(model, race.designs, race.delta, race.alpha, race.first, way)
    is_spent = False
    try:
        procedure.solve()
    except SpentError:
        is_spent = len(procedure._contenders) > 1  # noqa: SLF001  (it has no other name)
    left = [int(one) for one in procedure._contenders]  # noqa: SLF001
    if not is_spent:
        best = max(float(procedure._means[one]) for one in left)  # noqa: SLF001  (turned round where less is better)
        left = [one for one in left if isclose(procedure._means[one], best, rel_tol=ROUNDING)]  # noqa: SLF001
    return left, [model.asked[one] for one in range(race.designs)], is_spent


def _procedure() -> type[Any]:
    """Return KN of sim-tools with two things mended.

    It looks up the variance of a pair's difference in a list without its diagonal, one place off for every pair whose
    second design comes first; and it goes on for ever with designs that are equal in every replication.
    """
    with needs("select"):
        from sim_tools.ovs.indifference_zone import KN

    class MendedKN(KN):  # type: ignore[misc]
        def _limit_to_distance_from_sample_means(self, one: int, other: int) -> float:
            spread = float(np.var(self._init_obs[one] - self._init_obs[other], ddof=1))
            distance = self._delta / (2 * self._r) * (self._h_squared * spread / self._delta**2 - self._r)
            return max(0.0, float(distance))

        def _stopping(self) -> bool:
            rows = self._init_obs[self._contenders]
            spreads = (rows[:, None] - rows[None, :]).var(axis=-1, ddof=1)
            most = floor(float(self._h_squared * spreads.max()) / self._delta**2) + 1
            return len(self._contenders) == 1 or bool(self._r > most)

    return MendedKN
