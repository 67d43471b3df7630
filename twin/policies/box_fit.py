"""Whether items fit a box side by side, and where each of them lies.

Two items are decided exactly: whatever way two boxes stand in a third, a cut parallel to a wall parts them, so they
stand in a row. Three items or more are tried in a row and then by extreme points (Crainic, Perboli and Tadei 2008):
the largest first, each into the corner and the turn that leaves the smallest block around all that is placed. That is
a rule of thumb: what it places does fit, what it does not place might have fitted with more thought.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import permutations
from math import inf
from typing import NamedTuple

Sides = tuple[float, float, float]

MOST_TRIALS = 1000  # of an item in a corner and a turn; six items never need more than 486
MOST_PLACED = 24  # more items would use up the trials anyway
ROUNDING_CM = 1e-9  # 0.1 + 0.2 cm fit into 0.3 cm


class Placement(NamedTuple):
    """Where one item lies in the box: its corner nearest to the box's own, and its sides as it is turned."""

    at: Sides
    sides: Sides


class Fit(NamedTuple):
    """Whether items fit, None where the trials ran out, with a place for each item if they do.

    `in_a_row` says that they stand one behind the other: then any of them would do so without the rest.
    """

    fits: bool | None
    placements: tuple[Placement, ...] = ()
    in_a_row: bool = False


NO, UNKNOWN = Fit(fits=False), Fit(fits=None)


def fit(items: Sequence[Sides], room: Sides, most_trials: int = MOST_TRIALS) -> Fit:
    """Return whether items fit a box together, and where; all sides are given longest first."""
    row = _row(items, room)
    if row is not None:
        return Fit(True, tuple(row), in_a_row=True)
    if len(items) <= 2:  # noqa: PLR2004  (two that do not stand in a row do not fit at all)
        return NO
    return _by_extreme_points(items, room, most_trials)


def stand_in_a_row(items: Iterable[Sides], room: Sides) -> bool:
    """Answer whether items stand one behind the other along one side of a box."""
    return any(depth <= room[axis] + ROUNDING_CM for axis, depth in enumerate(_depths(items, room)))


def _depths(items: Iterable[Sides], room: Sides) -> Sides:
    """Return how long a row of items is along each side of a box at least, infinite where one is too large for it."""
    length, width, height = room
    along = across = up = 0.0
    for long, wide, high in items:
        # an item takes the least depth whose other two sides fit the cross-section, which is a rectangle itself
        fits_wide = long <= width
        along += high if fits_wide and wide <= height else wide if fits_wide and high <= height else (
            long if wide <= width and high <= height else inf)  # fmt: skip
        fits_long = long <= length
        across += high if fits_long and wide <= height else wide if fits_long and high <= height else (
            long if wide <= length and high <= height else inf)  # fmt: skip
        up += high if fits_long and wide <= width else wide if fits_long and high <= width else (
            long if wide <= length and high <= width else inf)  # fmt: skip
    return along, across, up


def _row(items: Sequence[Sides], room: Sides) -> list[Placement] | None:
    """Return the items one behind the other, or None where they need more than one row."""
    for axis, depth in enumerate(_depths(items, room)):
        if depth <= room[axis] + ROUNDING_CM:
            break
    else:
        return None
    placements, begins = [], 0.0
    for item in items:
        sides = min((turn for turn in _turns(item) if _is_inside((0.0, 0.0, 0.0), turn, room)), key=lambda t: t[axis])
        at = (begins if axis == 0 else 0.0, begins if axis == 1 else 0.0, begins if axis == 2 else 0.0)  # noqa: PLR2004
        placements.append(Placement(at, sides))
        begins += sides[axis]
    return placements


def _by_extreme_points(items: Sequence[Sides], room: Sides, most_trials: int) -> Fit:
    """Place the largest item first, and each where it wastes the least space."""
    if len(items) > MOST_PLACED:
        return UNKNOWN
    order = sorted(range(len(items)), key=lambda number: (-_volume(items[number]), items[number], number))
    space = _Space(room)
    placements: dict[int, Placement] = {}
    for number in order:
        found = space.best_place(_turns(items[number]))
        if space.trials > most_trials:
            return UNKNOWN
        if found is None:
            return NO
        space.put(found)
        placements[number] = found
    return Fit(True, tuple(placements[number] for number in range(len(items))))


class _Space:
    """A box that is being filled: what is in it, and the corners where another item may go."""

    def __init__(self, room: Sides) -> None:
        self.trials = 0
        self._room = room
        self._placed: list[Placement] = []
        self._corners: list[Sides] = [(0.0, 0.0, 0.0)]
        self._block: Sides = (0.0, 0.0, 0.0)  # around all that is placed

    def best_place(self, turns: Sequence[Sides]) -> Placement | None:
        """Return the corner and turn with the smallest block; ties go to the lowest corner and the flattest turn."""
        best, least = None, inf
        for at in self._corners:
            for sides in turns:
                self.trials += 1
                volume = _volume(self._around(at, sides))
                if volume < least and _is_inside(at, sides, self._room) and self._is_free(at, sides):
                    best, least = Placement(at, sides), volume
        return best

    def put(self, new: Placement) -> None:
        """Place an item, and take the corners beside, behind and above it, pushed against what is there."""
        self._block = self._around(*new)
        self._placed.append(new)
        corners = {at: None for at in self._corners if not _covers(new, at)}
        for axis in range(3):
            at = _moved(new.at, axis, new.at[axis] + new.sides[axis])
            for toward in range(3):
                if toward != axis:
                    corners[self._pushed(at, toward)] = None
        self._corners = sorted(corners, key=lambda at: (at[2], at[1], at[0]))

    def _around(self, at: Sides, sides: Sides) -> Sides:
        block = self._block
        return (
            max(block[0], at[0] + sides[0]),
            max(block[1], at[1] + sides[1]),
            max(block[2], at[2] + sides[2]),
        )

    def _is_free(self, at: Sides, sides: Sides) -> bool:
        x, y, z = at
        x_end, y_end, z_end = x + sides[0], y + sides[1], z + sides[2]
        for (left, front, low), (length, width, height) in self._placed:
            if (
                x < left + length and left < x_end
                and y < front + width and front < y_end
                and z < low + height and low < z_end
            ):  # fmt: skip
                return False
        return True

    def _pushed(self, at: Sides, toward: int) -> Sides:
        """Return a corner pushed along an axis until it meets an item or the wall."""
        one, other = (axis for axis in range(3) if axis != toward)
        ends = [
            begin[toward] + sides[toward]
            for begin, sides in self._placed
            if begin[one] <= at[one] < begin[one] + sides[one]
            and begin[other] <= at[other] < begin[other] + sides[other]
            and begin[toward] + sides[toward] <= at[toward]
        ]
        return _moved(at, toward, max(ends, default=0.0))


def _turns(item: Sides) -> list[Sides]:
    """Return the ways to turn an item, flat and lengthwise first: six, or fewer where sides are equal."""
    return list(dict.fromkeys(permutations(item)))  # type: ignore[arg-type]


def _is_inside(at: Sides, sides: Sides, room: Sides) -> bool:
    return (
        at[0] + sides[0] <= room[0] + ROUNDING_CM
        and at[1] + sides[1] <= room[1] + ROUNDING_CM
        and at[2] + sides[2] <= room[2] + ROUNDING_CM
    )


def _covers(item: Placement, at: Sides) -> bool:
    """Answer whether a corner lies in an item."""
    return all(begin <= here < begin + side for begin, side, here in zip(*item, at, strict=True))


def _moved(at: Sides, axis: int, to: float) -> Sides:
    x, y, z = at
    return (to, y, z) if axis == 0 else (x, to, z) if axis == 1 else (x, y, to)


def _volume(sides: Sides) -> float:
    return sides[0] * sides[1] * sides[2]
