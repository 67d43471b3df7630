"""Orders and their lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.policies.worlds import an_order, lines_of, what
from twin.domain.orders import OrderLine, part_of, units_of, without


@pytest.mark.parametrize("quantity", [0, -2])
def test_a_line_of_nothing_is_refused(quantity: int) -> None:
    with pytest.raises(ValueError, match=f"line 'mug': quantity must be at least 1, got {quantity}"):
        OrderLine("mug", quantity)


def test_units_are_counted_over_all_lines() -> None:
    assert units_of(lines_of(mug=2, lamp=3)) == 5
    assert units_of(()) == 0


@pytest.mark.parametrize(
    ("taken", "rest"),
    [
        ({}, {"mug": 3, "lamp": 1, "book": 2}),
        ({"mug": 1}, {"mug": 2, "lamp": 1, "book": 2}),
        ({"mug": 3, "book": 1}, {"lamp": 1, "book": 1}),
        ({"mug": 3, "lamp": 1, "book": 2}, {}),
        ({"vase": 1}, {"mug": 3, "lamp": 1, "book": 2}),
    ],
    ids=["nothing", "part of a line", "a line and a part", "everything", "what was not ordered"],
)
def test_what_is_taken_is_gone_and_the_rest_keeps_its_order(taken, rest) -> None:
    left = without(lines_of(mug=3, lamp=1, book=2), lines_of(**taken))

    assert list(what(left).items()) == list(rest.items())


def test_what_is_taken_in_two_lines_is_taken_twice() -> None:
    assert without(lines_of(mug=3), (OrderLine("mug", 1), OrderLine("mug", 1))) == lines_of(mug=1)
    assert without((OrderLine("mug", 1), OrderLine("mug", 2)), lines_of(mug=2)) == lines_of(mug=1)


quantities = st.dictionaries(st.sampled_from(["mug", "lamp", "book"]), st.integers(1, 5))


@given(ordered=quantities, taken=quantities)
def test_taken_and_rest_add_up_to_what_there_was(ordered, taken) -> None:
    left = what(without(lines_of(**ordered), lines_of(**taken)))

    for sku, quantity in ordered.items():
        assert left.get(sku, 0) == max(0, quantity - taken.get(sku, 0))


def test_a_part_of_an_order_keeps_its_number_promise_and_luck() -> None:
    order = an_order(mug=2, lamp=1)

    part = part_of(order, lines_of(lamp=1))

    assert part.lines == lines_of(lamp=1)
    assert part == part_of(part_of(order, ()), lines_of(lamp=1))
    assert (part.number, part.promised_by, part.destination) == (order.number, order.promised_by, order.destination)
    assert (part.work, part.found_luck, part.placed_at) == (order.work, order.found_luck, order.placed_at)
