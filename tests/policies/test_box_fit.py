"""Whether items fit a box side by side: known packings, and laws that every placement obeys."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from twin.policies.box_fit import MOST_CUT, MOST_PLACED, MOST_TRIALS, Placement, Sides, fit, stand_in_a_row

ROOM = (20.0, 10.0, 10.0)
TOLERANCE_CM = 1e-6


@pytest.mark.parametrize(
    ("items", "room"),
    [
        ([(10.0, 10.0, 10.0)] * 2, ROOM),
        ([(10.0, 10.0, 5.0)] * 4, ROOM),
        ([(0.2, 0.2, 0.1), (0.2, 0.2, 0.2)], (0.3, 0.2, 0.2)),
        ([(20.0, 10.0, 5.0), (10.0, 10.0, 5.0), (10.0, 10.0, 5.0)], ROOM),
        ([(20.0, 5.0, 5.0), (20.0, 5.0, 5.0), (20.0, 10.0, 5.0)], ROOM),
        ([(10.0, 10.0, 10.0)] * 8, (20.0, 20.0, 20.0)),
        ([(3.0, 2.0, 1.0)] * 4, (4.0, 3.0, 2.0)),
    ],
    ids=["halves", "quarters", "0.1 + 0.2", "a slab and two halves", "bars under a slab", "eight cubes", "bricks"],
)
def test_a_packing_that_leaves_no_air_is_found(items: list[Sides], room: Sides) -> None:
    found = fit(items, room)

    assert found.fits
    assert_placed(items, room, found.placements)


@pytest.mark.parametrize(
    ("items", "room"),
    [
        ([(11.0, 6.0, 6.0), (11.0, 6.0, 6.0)], ROOM),
        ([(8.0, 8.0, 8.0)] * 3, ROOM),
        ([(20.0, 6.0, 4.5), (10.0, 10.0, 6.0), (10.0, 4.5, 4.5)], ROOM),
        ([(6.0, 6.0, 6.0)] * 4, (11.0, 11.0, 11.0)),
    ],
    ids=["two bars", "three cubes", "a beam and two blocks", "cubes just over half"],
)
def test_items_may_have_the_sides_and_the_volume_and_yet_not_fit(items: list[Sides], room: Sides) -> None:
    assert sum(volume(item) for item in items) < 0.85 * volume(room)
    assert all(side <= wall for item in items for side, wall in zip(item, room, strict=True))
    assert fit(items, room).fits is False


def test_an_item_is_turned_where_that_helps() -> None:
    slabs = [(10.0, 10.0, 4.0)] * 5

    found = fit(slabs, ROOM)

    assert found.fits
    assert {sides for _, sides in found.placements} == {(4.0, 10.0, 10.0)}


CROSSWISE, CHEST = [(7.0, 6.0, 6.0), (8.0, 6.0, 3.0), (5.0, 4.0, 2.0), (7.0, 2.0, 2.0)], (10.0, 8.0, 6.0)


def test_extreme_points_find_what_slices_off_the_largest_item_miss() -> None:
    found = fit(CROSSWISE, CHEST)

    assert found.fits
    assert not found.by_cuts
    assert_placed(CROSSWISE, CHEST, found.placements)


def test_beyond_the_limit_of_trials_the_answer_is_not_known() -> None:
    assert fit(CROSSWISE, CHEST, most_trials=40).fits is None
    assert fit(CROSSWISE, CHEST, most_trials=0).fits is False


def test_extreme_points_may_place_items_and_yet_not_fewer_of_them() -> None:
    # the reason why a packer asks again without each of them
    items = [(6.0, 6.0, 6.0), (5.0, 4.0, 4.0), (4.0, 4.0, 3.0), (6.0, 5.0, 2.0), (5.0, 3.0, 2.0), (4.0, 3.0, 2.0)]

    assert fit(items, CHEST).fits
    assert fit([item for item in items if item != (5.0, 4.0, 4.0)], CHEST).fits is False


def test_a_pinwheel_is_beyond_the_rule_of_thumb() -> None:
    # four bricks around a hole would fit, but the first two already leave no room for the others
    assert fit([(6.0, 4.0, 3.0)] * 4, (10.0, 10.0, 3.0)).fits is False


def test_too_many_items_are_not_even_tried_unless_they_stand_in_a_row() -> None:
    coins = [(3.0, 3.0, 0.1)] * (MOST_PLACED + 1)

    assert fit(coins, (5.0, 5.0, 1.0)).fits is None
    assert fit(coins, (5.0, 5.0, 3.0)).fits


def sides_of(least: int, most: int) -> st.SearchStrategy[Sides]:
    side = st.integers(least, most).map(lambda tenths: tenths / 10)
    return st.tuples(side, side, side).map(lambda sides: tuple(sorted(sides, reverse=True)))


@settings(max_examples=150)
@given(items=st.lists(sides_of(10, 200), min_size=1, max_size=9), room=sides_of(100, 300))
@example(items=[(10.0, 10.0, 10.0)] * 8, room=(20.0, 20.0, 20.0))
def test_what_fits_lies_in_the_box_and_nothing_overlaps(items: list[Sides], room: Sides) -> None:
    found = fit(items, room)

    if found.fits:
        assert_placed(items, room, found.placements)
    else:
        assert found.placements == ()


@settings(max_examples=100)
@given(cuts=st.lists(st.tuples(st.integers(0, 2), st.integers(1, 9)), max_size=2), room=sides_of(100, 300))
def test_up_to_three_pieces_sawn_from_a_block_fit_into_it_again(cuts: list[tuple[int, int]], room: Sides) -> None:
    pieces = [room]
    for axis, tenths in cuts:
        piece = pieces.pop()
        taken = piece[axis] * tenths / 10
        pieces += [(*piece[:axis], part, *piece[axis + 1 :]) for part in (taken, piece[axis] - taken)]
    assume(all(min(piece) > 0.01 for piece in pieces))

    assert fit([tuple(sorted(piece, reverse=True)) for piece in pieces], room).fits


@settings(max_examples=80)
@given(
    items=st.lists(sides_of(20, 200), min_size=2, max_size=MOST_CUT), room=sides_of(100, 300), left=st.integers(0, 5)
)
def test_what_fits_by_cuts_fits_without_any_of_its_items(items: list[Sides], room: Sides, left: int) -> None:
    fewer = [item for number, item in enumerate(items) if number != left % len(items)]

    assert fit(fewer, room).by_cuts or not fit(items, room).by_cuts


@settings(max_examples=80)
@given(items=st.lists(sides_of(10, 200), min_size=4, max_size=MOST_CUT), room=sides_of(100, 300))
def test_six_items_never_reach_the_limit_of_trials(items: list[Sides], room: Sides) -> None:
    assert fit(items, room, MOST_TRIALS).fits is not None


@settings(max_examples=80)
@given(items=st.lists(sides_of(10, 200), min_size=2, max_size=2), room=sides_of(100, 300))
def test_two_items_fit_if_they_stand_in_a_row_and_only_then(items: list[Sides], room: Sides) -> None:
    assert stand_in_a_row(items, room) == fit(items, room).fits == fits_somewhere(*items, room)


def fits_somewhere(one: Sides, other: Sides, room: Sides) -> bool:
    """Try every turn of two items with the one in the corner and the other in the opposite corner."""
    turns = [(a, b, c) for a in range(3) for b in range(3) for c in range(3) if {a, b, c} == {0, 1, 2}]
    for turn in turns:
        for turned in turns:
            first, second = [one[side] for side in turn], [other[side] for side in turned]
            inside = all(max(a, b) <= wall for a, b, wall in zip(first, second, room, strict=True))
            if inside and any(a + b <= wall + TOLERANCE_CM for a, b, wall in zip(first, second, room, strict=True)):
                return True
    return False


def assert_placed(items: list[Sides], room: Sides, placements: tuple[Placement, ...]) -> None:
    """Every item has its place, turned at most, inside the box and outside all others."""
    assert [sorted(sides) for _, sides in placements] == [sorted(item) for item in items]
    for at, sides in placements:
        assert all(
            begin >= 0 and begin + side <= wall + TOLERANCE_CM
            for begin, side, wall in zip(at, sides, room, strict=True)
        )
    for one, other in combinations(placements, 2):
        assert any(
            a + side <= b + TOLERANCE_CM or b + other_side <= a + TOLERANCE_CM
            for a, side, b, other_side in zip(one.at, one.sides, other.at, other.sides, strict=True)
        )


def volume(sides: Sides) -> float:
    return sides[0] * sides[1] * sides[2]
