"""Whether items fit a box side by side, and where each of them lies.

Three ways are tried, the cheapest first; what one of them places does fit.

1. *In a row.* Exact for two items: however two boxes stand in a third, a plane along a wall parts them.
2. *Cut by cut*, up to six items: the largest item takes a slice off the box, the others go into what remains. Of three
   items any may take the first slice, which finds every packing of three that a saw could cut; all it misses are bars
   that cross each other.
3. *By extreme points* (Crainic, Perboli and Tadei 2008), from four items on: the largest first, each into the corner
   and turn that leave the smallest block around all that is placed. A rule of thumb: what it refuses might have fitted.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from math import inf
from typing import NamedTuple

Sides = tuple[float, float, float]

MOST_TRIALS = 1000  # of an item in a corner and a turn; six items never need more than 486
MOST_PLACED = 24  # more items would use up the trials anyway
MOST_CUT = 6  # every further item makes three times as many cuts
ROUNDING_CM = 1e-9  # 0.1 + 0.2 cm fit into 0.3 cm
ORIGIN = (0.0, 0.0, 0.0)
AXES = ((2, 0, 1), (1, 0, 2), (0, 1, 2))  # an axis and the two across it; up first, as items are stacked
TRIPLE = 3


class Placement(NamedTuple):
    """Where one item lies in the box: its corner nearest to the box's own, and its sides as it is turned."""

    at: Sides
    sides: Sides


class Fit(NamedTuple):
    """Whether items fit, None where the trials ran out; if they fit, a place for each.

    What fits `by_cuts` fits by cuts without any of its items too; extreme points cannot promise that.
    """

    fits: bool | None
    placements: tuple[Placement, ...] = ()
    by_cuts: bool = False


NO, UNKNOWN = Fit(fits=False), Fit(fits=None)


def fit(items: Sequence[Sides], room: Sides, most_trials: int = MOST_TRIALS) -> Fit:
    """Return whether items fit a box together, and where; the sides of an item are given longest first.

    Without trials, extreme points are left out.
    """
    order = sorted(range(len(items)), key=lambda number: (-_volume(items[number]), items[number], number))
    largest_first = [items[number] for number in order]
    found = _cut(largest_first, room, ORIGIN)
    by_cuts = found is not None
    if found is None and len(items) > TRIPLE and most_trials:
        if len(items) > MOST_PLACED:
            return UNKNOWN
        space = _Space(room)
        found = space.fill(largest_first, most_trials)
        if space.trials > most_trials:
            return UNKNOWN
    if found is None:
        return NO
    placed = sorted(zip(order, found, strict=True))
    return Fit(True, tuple([placement for _, placement in placed]), by_cuts)


def stand_in_a_row(items: Sequence[Sides], room: Sides) -> bool:
    """Answer whether items stand one behind the other along one side of a box."""
    length, width, height = room
    return (
        _depth(items, length, width) <= height + ROUNDING_CM
        or _depth(items, length, height) <= width + ROUNDING_CM
        or _depth(items, width, height) <= length + ROUNDING_CM
    )


def _depth(items: Sequence[Sides], one: float, other: float) -> float:
    """Return how deep a row of items is at least in a shaft of that cross-section, infinite where one is too large."""
    wide, narrow = (one, other) if one >= other else (other, one)
    depth = 0.0
    for longest, middle, shortest in items:
        if longest <= wide and middle <= narrow:
            depth += shortest
        elif longest <= wide and shortest <= narrow:
            depth += middle
        elif middle <= wide and shortest <= narrow:
            depth += longest
        else:
            return inf
    return depth


def _cut(items: Sequence[Sides], room: Sides, at: Sides) -> list[Placement] | None:
    """Return places for items, largest first, in a part of the box: in a row, or one in a slice and the rest beyond."""
    row = _row(items, room, at)
    if row is not None or not TRIPLE <= len(items) <= MOST_CUT:
        return row
    for number in range(len(items) if len(items) == TRIPLE else 1):
        item, rest = items[number], [*items[:number], *items[number + 1 :]]
        rest_cm3 = sum([_volume(one) for one in rest]) * (1 - ROUNDING_CM)
        for axis, one, other in AXES:
            depth = _depth((item,), room[one], room[other])
            if rest_cm3 <= (room[axis] - depth) * room[one] * room[other]:
                left = _moved(room, axis, room[axis] - depth)
                found = _cut(rest, left, _moved(at, axis, at[axis] + depth))
                if found is not None:
                    return [*found[:number], Placement(at, _turned(item, depth, axis, room)), *found[number:]]
    return None


def _row(items: Sequence[Sides], room: Sides, at: Sides) -> list[Placement] | None:
    """Return the items one behind the other, or None where they need more than one row."""
    for axis, one, other in AXES:
        if _depth(items, room[one], room[other]) <= room[axis] + ROUNDING_CM:
            placements = []
            for item in items:
                depth = _depth((item,), room[one], room[other])
                placements.append(Placement(at, _turned(item, depth, axis, room)))
                at = _moved(at, axis, at[axis] + depth)
            return placements
    return None


def _turned(item: Sides, depth: float, axis: int, room: Sides) -> Sides:
    """Return an item turned so that it takes so much of an axis, its longer other side along the room's."""
    rest = list(item)
    rest.remove(depth)
    one, other = [room[side] for side in range(3) if side != axis]
    first, second = sorted(rest, reverse=one >= other)
    return (depth, first, second) if axis == 0 else (first, depth, second) if axis == 1 else (first, second, depth)


class _Space:
    """A box that is being filled: what is in it, and the corners where another item may go."""

    def __init__(self, room: Sides) -> None:
        self.trials = 0
        self._room = room
        self._placed: list[Placement] = []
        self._corners: list[Sides] = [(0.0, 0.0, 0.0)]
        self._block: Sides = (0.0, 0.0, 0.0)  # around all that is placed

    def fill(self, items: Sequence[Sides], most_trials: int) -> list[Placement] | None:
        """Place items in their order, or return None where one finds no corner or the trials run out."""
        for item in items:
            found = self._best_place(_turns(item))
            if found is None or self.trials > most_trials:
                return None
            self._put(found)
        return self._placed

    def _best_place(self, turns: Sequence[Sides]) -> Placement | None:
        """Return the corner and turn with the smallest block; ties go to the lowest corner and the flattest turn."""
        best, least = None, inf
        room_x, room_y, room_z = (side + ROUNDING_CM for side in self._room)
        block_x, block_y, block_z = self._block
        self.trials += len(self._corners) * len(turns)
        for at in self._corners:
            for sides in turns:
                x, y, z = at[0] + sides[0], at[1] + sides[1], at[2] + sides[2]
                if x <= room_x and y <= room_y and z <= room_z:
                    volume = max(x, block_x) * max(y, block_y) * max(z, block_z)
                    if volume < least and self._is_free(at, (x, y, z)):
                        best, least = Placement(at, sides), volume
        return best

    def _put(self, new: Placement) -> None:
        """Place an item, and take the corners beside, behind and above it, pushed against what is there."""
        ends = [begin + side for begin, side in zip(*new, strict=True)]
        self._block = max(self._block[0], ends[0]), max(self._block[1], ends[1]), max(self._block[2], ends[2])
        self._placed.append(new)
        corners = {at: None for at in self._corners if not _covers(new, at)}
        for axis in range(3):
            at = _moved(new.at, axis, ends[axis])
            for toward in range(3):
                if toward != axis:
                    corners[self._pushed(at, toward)] = None
        self._corners = sorted(corners, key=lambda at: (at[2], at[1], at[0]))

    def _is_free(self, at: Sides, to: Sides) -> bool:
        """Answer whether nothing is placed between two opposite corners."""
        x, y, z = at
        x_end, y_end, z_end = to
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
    return list(dict.fromkeys((a, b, c) for a, b, c in permutations(item)))


def _covers(item: Placement, at: Sides) -> bool:
    """Answer whether a corner lies in an item."""
    return all(begin <= here < begin + side for begin, side, here in zip(*item, at, strict=True))


def _moved(at: Sides, axis: int, to: float) -> Sides:
    x, y, z = at
    return (to, y, z) if axis == 0 else (x, to, z) if axis == 1 else (x, y, to)


def _volume(sides: Sides) -> float:
    return sides[0] * sides[1] * sides[2]
