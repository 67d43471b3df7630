"""The shelf behind the books: what really lies there, which is not always what the books say."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.policies.worlds import lines_of
from twin.domain.distributions import Distribution
from twin.domain.shelf import Shelf, ShelfTerms
from twin.domain.stock import StockLedger


def a_shelf(errors: dict[str, int] | None = None, **opening: int) -> tuple[Shelf, StockLedger]:
    ledger = StockLedger("corner", opening or {"mug": 5, "lamp": 2})
    return Shelf(ledger, errors or {}), ledger


def test_phantom_stock_is_in_the_books_and_not_on_the_shelf() -> None:
    shelf, ledger = a_shelf({"mug": 3})

    assert ledger.can_fill(lines_of(mug=5))
    assert shelf.lying("mug") == 2


def test_hidden_stock_lies_there_and_cannot_be_promised() -> None:
    shelf, ledger = a_shelf({"mug": -3})

    assert not ledger.can_fill(lines_of(mug=6))
    assert shelf.lying("mug") == 8


def test_a_picker_takes_all_lines_or_none_and_says_what_is_missing() -> None:
    shelf, _ = a_shelf({"mug": 3})

    assert shelf.pick(lines_of(mug=5, lamp=1)) == lines_of(mug=3)
    assert shelf.lying("lamp") == 2
    assert shelf.pick(lines_of(mug=2, lamp=1)) == ()
    assert (shelf.lying("mug"), shelf.lying("lamp")) == (0, 1)


def test_picked_goods_leave_books_and_hands_with_the_truck() -> None:
    shelf, ledger = a_shelf()
    ledger.reserve(lines_of(mug=2))
    shelf.pick(lines_of(mug=2))

    ledger.ship(lines_of(mug=2))
    shelf.ship(lines_of(mug=2))

    assert (shelf.lying("mug"), shelf.picked["mug"], shelf.error("mug")) == (3, 0, 0)


def test_customers_of_a_wholesaler_leave_what_is_reserved() -> None:
    shelf, ledger = a_shelf(mug=5)
    ledger.reserve(lines_of(mug=2))

    posted = shelf.sell("mug", 4, take_reserved=False)

    assert (posted, shelf.lying("mug"), shelf.lost_units, shelf.error("mug")) == (3, 2, 1, 0)


def test_the_till_takes_what_is_sold_off_the_books() -> None:
    shelf, ledger = a_shelf()

    posted = shelf.sell("mug", 2)

    assert posted == 2
    assert (ledger.on_hand["mug"], ledger.sold["mug"], ledger.available["mug"]) == (3, 2, 3)
    assert (shelf.lying("mug"), shelf.error("mug")) == (3, 0)


def test_a_customer_takes_what_is_reserved_and_its_picker_looks_in_vain() -> None:
    shelf, ledger = a_shelf()
    ledger.reserve(lines_of(mug=4))

    posted = shelf.sell("mug", 3)

    assert (posted, shelf.sold_units) == (1, 3)
    assert ledger.reserved["mug"] == ledger.on_hand["mug"] == 4
    assert shelf.pick(lines_of(mug=4)) == lines_of(mug=2)


def test_a_customer_cannot_take_what_is_picked() -> None:
    shelf, ledger = a_shelf()
    ledger.reserve(lines_of(mug=4))
    shelf.pick(lines_of(mug=4))

    shelf.sell("mug", 3)

    assert (shelf.sold_units, shelf.lost_units) == (1, 2)


def test_goods_that_vanish_stay_in_the_books_until_they_are_counted() -> None:
    shelf, ledger = a_shelf()
    shelf.vanish("mug", 2)
    assert (ledger.on_hand["mug"], shelf.lying("mug")) == (5, 3)

    change = shelf.count("mug")

    assert change == -2
    assert (ledger.on_hand["mug"], ledger.written_off["mug"], shelf.lying("mug")) == (3, 2, 3)


def test_a_count_enters_what_the_books_did_not_have() -> None:
    shelf, ledger = a_shelf({"lamp": -4})

    change = shelf.count("lamp")

    assert change == 4
    assert (ledger.found["lamp"], ledger.available["lamp"], shelf.error("lamp")) == (4, 6, 0)


def test_a_count_leaves_what_is_reserved_in_the_books() -> None:
    shelf, ledger = a_shelf({"mug": 4})
    ledger.reserve(lines_of(mug=3))

    shelf.count("mug")

    assert (ledger.on_hand["mug"], shelf.error("mug"), shelf.lying("mug")) == (3, 2, 1)


def test_what_the_books_write_off_after_a_search_in_vain_is_an_error_less() -> None:
    shelf, ledger = a_shelf({"mug": 4})

    ledger.write_off("mug", 4)

    assert (shelf.error("mug"), shelf.lying("mug")) == (0, 1)


def test_a_shelf_with_less_than_nothing_is_named() -> None:
    shelf, _ = a_shelf({"mug": 7})

    assert list(shelf.imbalances()) == ["corner/mug: -2 on the shelf, 0 picked"]


def test_records_are_wrong_by_whole_units() -> None:
    with pytest.raises(ValueError, match=r"shelf: wrong_by must be of whole numbers from 1, got .*0\.5"):
        ShelfTerms(Distribution.of("deterministic", value=0.5))


ACTS: list[Callable[[Shelf, StockLedger, int], object]] = [
    lambda shelf, ledger, units: shelf.sell("mug", units),
    lambda shelf, ledger, units: shelf.vanish("mug", min(units, shelf.lying("mug"))),
    lambda shelf, ledger, units: shelf.count("mug"),
    lambda shelf, ledger, units: ledger.write_off("mug", units),
    lambda shelf, ledger, units: ledger.restock("mug", units),
    lambda shelf, ledger, units: ledger.can_fill(lines_of(mug=units)) and _order(shelf, ledger, units),
    lambda shelf, ledger, units: (ledger.expect("mug", units), ledger.receive("mug", units)),
]


def _order(shelf: Shelf, ledger: StockLedger, units: int) -> None:
    """Reserve units; a picker ships them, or they are released."""
    ledger.reserve(lines_of(mug=units))
    if units % 3 == 0:  # nobody has picked it yet
        return
    if shelf.pick(lines_of(mug=units)):
        ledger.release(lines_of(mug=units))
    elif units % 2:
        ledger.ship(lines_of(mug=units))
        shelf.ship(lines_of(mug=units))


@settings(max_examples=300, derandomize=True)
@given(
    st.integers(0, 9), st.integers(-5, 9), st.lists(st.tuples(st.sampled_from(ACTS), st.integers(1, 6)), max_size=25)
)
def test_every_unit_that_came_is_there_or_shipped_or_sold_or_vanished(booked, error, acts) -> None:
    error = min(error, booked)
    shelf, ledger = a_shelf({"mug": error}, mug=booked)

    for act, units in acts:
        act(shelf, ledger, units)

    came = booked - error + ledger.received["mug"] + ledger.restocked["mug"]
    gone = ledger.shipped["mug"] + shelf.sold_units + shelf.vanished_units
    assert shelf.lying("mug") + shelf.picked["mug"] == came - gone
    assert ledger.on_hand["mug"] == came - gone + shelf.error("mug")
    assert [*ledger.imbalances(), *shelf.imbalances()] == []
