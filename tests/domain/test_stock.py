"""The stock ledger: integers that always add up."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.policies.worlds import lines_of
from twin.domain.errors import TwinError
from twin.domain.stock import StockLedger


def a_ledger(**opening: int) -> StockLedger:
    return StockLedger("columbus", opening or {"mug": 5, "lamp": 1})


def books(ledger: StockLedger, sku: str = "mug") -> tuple[int, int, int, int]:
    return ledger.on_hand[sku], ledger.reserved[sku], ledger.available[sku], ledger.in_transit[sku]


def test_reserved_stock_is_on_hand_but_cannot_be_promised_again() -> None:
    ledger = a_ledger()

    ledger.reserve(lines_of(mug=4))

    assert books(ledger) == (5, 4, 1, 0)
    assert ledger.can_fill(lines_of(mug=1))
    assert not ledger.can_fill(lines_of(mug=2))


def test_released_stock_can_be_promised_again() -> None:
    ledger = a_ledger()
    ledger.reserve(lines_of(mug=4))

    ledger.release(lines_of(mug=3))

    assert books(ledger) == (5, 1, 4, 0)


def test_shipped_stock_is_gone() -> None:
    ledger = a_ledger()
    ledger.reserve(lines_of(mug=4, lamp=1))

    ledger.ship(lines_of(mug=3, lamp=1))

    assert books(ledger) == (2, 1, 1, 0)
    assert books(ledger, "lamp") == (0, 0, 0, 0)
    assert ledger.shipped == {"mug": 3, "lamp": 1}
    assert ledger.units() == 2


def test_goods_on_their_way_count_for_replenishment_and_can_be_promised_once_they_are_here() -> None:
    ledger = a_ledger()
    ledger.reserve(lines_of(mug=4))
    ledger.expect("mug", 10)

    assert ledger.position("mug") == 11
    assert not ledger.can_fill(lines_of(mug=2))

    ledger.receive("mug", 6)

    assert books(ledger) == (11, 4, 7, 4)
    assert ledger.position("mug") == 11
    assert ledger.received["mug"] == 6


def test_what_is_owed_to_customers_is_reordered_too() -> None:
    ledger = a_ledger()

    ledger.backordered["mug"] += 7

    assert ledger.position("mug") == 5 - 7


def test_a_delivery_ends_a_cycle_and_finds_it_short_where_nothing_was_left() -> None:
    ledger = a_ledger()
    ledger.expect("mug", 2)
    ledger.expect("lamp", 2)
    ledger.reserve(lines_of(mug=5))

    ledger.receive("mug", 1)
    ledger.receive("mug", 1)
    ledger.receive("lamp", 2)

    assert (ledger.cycles, ledger.short_cycles) == (3, 1)


def test_a_product_the_node_does_not_carry_cannot_be_filled() -> None:
    assert not a_ledger().can_fill(lines_of(vase=1))
    assert not a_ledger().can_fill(lines_of(mug=1, vase=1))


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda ledger: ledger.reserve(lines_of(mug=6)), "6 of 'mug' were to be reserved, 5 are available"),
        (lambda ledger: ledger.release(lines_of(mug=1)), "1 of 'mug' were to be released, 0 are reserved"),
        (lambda ledger: ledger.receive("lamp", 1), "1 of 'lamp' arrived, 0 were in transit"),
    ],
    ids=["promised twice", "released too much", "not expected"],
)
def test_what_would_upset_the_books_is_refused(act, message: str) -> None:
    with pytest.raises(TwinError, match=f"node 'columbus': {message}"):
        act(a_ledger())


def test_less_than_nothing_to_open_with_is_refused() -> None:
    with pytest.raises(TwinError, match="node 'columbus': opening stock of 'mug' must not be negative, got -1"):
        a_ledger(mug=-1)


@pytest.mark.parametrize(
    ("upset", "named"),
    [
        (
            lambda ledger: ledger.on_hand.update(mug=4),
            (
                "columbus/mug: on hand 4, "
                "opening + received + restocked + found - shipped - transferred - sold - written off "
                "- destroyed = 5"
            ),
        ),
        (lambda ledger: ledger.reserved.update(mug=1), "columbus/mug: on hand 5, reserved 1, withheld 0, available 5"),
        (lambda ledger: ledger.available.update(mug=6), "columbus/mug: on hand 5, reserved 0, withheld 0, available 6"),
        (lambda ledger: ledger.ship(lines_of(mug=1)), "columbus/mug: on hand 4, reserved -1, withheld 0, available 5"),
    ],
    ids=["lost", "reserved twice", "made up", "shipped without a promise"],
)
def test_books_that_disagree_are_named(upset, named: str) -> None:
    ledger = a_ledger()

    upset(ledger)

    assert named in list(ledger.imbalances())


quantities = st.integers(1, 4)
acts = st.lists(
    st.tuples(st.sampled_from(["reserve", "release", "ship", "transfer", "expect", "receive"]), quantities), max_size=30
)


@settings(max_examples=50)
@given(acts=acts)
def test_the_books_balance_whatever_happens(acts: list[tuple[str, int]]) -> None:
    ledger = a_ledger()

    for act, units in acts:
        lines = lines_of(mug=units)
        if act in ("release", "ship") and ledger.reserved["mug"] >= units:
            getattr(ledger, act)(lines)
        elif act == "reserve" and ledger.can_fill(lines):
            ledger.reserve(lines)
        elif act == "transfer" and ledger.can_fill(lines):
            ledger.transfer("mug", units)
        elif act == "expect" or (act == "receive" and ledger.in_transit["mug"] >= units):
            getattr(ledger, act)("mug", units)

    assert list(ledger.imbalances()) == []
    assert ledger.on_hand["mug"] == 5 + ledger.received["mug"] - ledger.shipped["mug"] - ledger.transferred["mug"]
    assert ledger.available["mug"] == ledger.on_hand["mug"] - ledger.reserved["mug"] >= 0
