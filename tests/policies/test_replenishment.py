"""What a node orders at its review."""

from __future__ import annotations

from tests.policies.worlds import lines_of
from twin.domain.stock import StockLedger
from twin.policies.replenishment import OrderUpTo


def test_a_review_orders_what_is_missing_to_the_level() -> None:
    ledger = StockLedger("columbus", {"mug": 10, "lamp": 3})

    assert dict(OrderUpTo({"columbus": {"mug": 15, "lamp": 8}}).orders(ledger)) == {"mug": 5, "lamp": 5}


def test_goods_on_their_way_count_and_reserved_goods_do_not() -> None:
    ledger = StockLedger("columbus", {"mug": 10})
    ledger.reserve(lines_of(mug=4))
    ledger.expect("mug", 5)

    assert dict(OrderUpTo({"columbus": {"mug": 15}}).orders(ledger)) == {"mug": 4}


def test_nothing_is_ordered_at_or_above_the_level_or_without_one() -> None:
    ledger = StockLedger("columbus", {"mug": 10, "lamp": 3})

    assert list(OrderUpTo({"columbus": {"mug": 10}, "reno": {"lamp": 9}}).orders(ledger)) == []
    assert list(OrderUpTo({}).orders(ledger)) == []
