"""Opening stock and reorder levels."""

from __future__ import annotations

import pytest

from twin.policies.replenishment import OrderUpTo


def test_without_a_table_stock_covers_days_of_the_expected_demand(tiny) -> None:
    # 100 units a day: half of them mugs, a third books, a sixth lamps. A seventh of all people live in the West,
    # whom the store in Reno serves most cheaply, but it carries mugs only: 50 / 7 a day for 14 days
    tiny.set("replenishment", {"kind": "none", "opening_days_of_cover": 14})

    stock = tiny.build().opening_stock

    assert stock == {"columbus": {"mug": 600, "book": 467, "lamp": 234}, "reno": {"mug": 100}}


def test_nodes_that_are_replenished_open_at_their_levels(tiny) -> None:
    model = tiny.build()

    assert set(model.opening_stock) == {"columbus", "reno"}
    assert model.opening_stock == model.replenishment.levels


def test_a_node_may_open_with_other_days_of_cover_than_the_rest(tiny) -> None:
    tiny.set(
        "replenishment", {"kind": "none", "opening_days_of_cover": 14, "opening_days_of_cover_at": {"columbus": 7}}
    )

    stock = tiny.build().opening_stock

    assert stock == {"columbus": {"mug": 300, "book": 234, "lamp": 117}, "reno": {"mug": 100}}


def test_days_of_cover_overrule_the_level_that_a_replenished_node_opens_at(tiny) -> None:
    tiny.set("replenishment", {"kind": "order_up_to", "opening_days_of_cover_at": {"reno": 7}})

    model = tiny.build()

    assert model.opening_stock["reno"] == {"mug": 50}
    assert model.opening_stock["columbus"] == model.replenishment.levels["columbus"]


def test_days_of_cover_name_nodes_that_exist(tiny) -> None:
    tiny.set("replenishment", {"kind": "none", "opening_days_of_cover_at": {"rino": 7}})

    (problem,) = tiny.problems()

    assert problem.found == "replenishment.opening_days_of_cover_at.rino: no such node"
    assert problem.expected == "one of columbus, reno"


def test_days_of_cover_and_a_stock_table_contradict_each_other(tiny) -> None:
    tiny.set("replenishment", {"kind": "none", "opening_days_of_cover_at": {"reno": 7}})
    tiny.set("network.stock", "stock.csv")

    (problem,) = tiny.problems()

    assert problem.found == "replenishment.opening_days_of_cover_at.reno: days of cover beside a stock table"


def test_a_stock_table_says_what_each_node_opens_with(tiny) -> None:
    tiny.set("network.stock", "stock.csv")

    assert tiny.build().opening_stock == {"columbus": {"mug": 40, "lamp": 3, "book": 0}, "reno": {"mug": 7}}


def test_a_store_may_open_with_a_product_outside_its_assortment(tiny) -> None:
    tiny.set("network.stock", "stock.csv")
    tiny.add_row("stock.csv", "reno", "lamp", "1")

    assert tiny.build().opening_stock["reno"] == {"mug": 7, "lamp": 1}


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("node", "akron", "node 'akron'\n  expected: one of columbus, reno"),
        ("sku", "vase", "sku 'vase'\n  expected: a SKU of products.csv\n  to mend:  add the product or drop the row"),
        ("on_hand", "-1", "on_hand = '-1'\n  expected: a whole number that is not negative"),
        ("on_hand", "1.5", "on_hand = '1.5'\n  expected: a whole number that is not negative"),
        ("on_hand", "nan", "on_hand = 'nan'\n  expected: a finite number"),
    ],
)
def test_a_row_that_does_not_fit_is_named(tiny, column: str, value: str, message: str) -> None:
    tiny.set("network.stock", "stock.csv")
    tiny.cell("stock.csv", 3, column, value)

    assert f"stock.csv, row 3: {message}" in tiny.said()


def test_a_product_of_a_node_comes_once(tiny) -> None:
    tiny.set("network.stock", "stock.csv")
    tiny.add_row("stock.csv", "columbus", "mug", "1")

    assert (
        "stock.csv, row 5: node 'columbus', sku 'mug' again\n  expected: once (first in stock.csv, row 2)"
        in tiny.said()
    )


def test_levels_follow_lead_time_and_review(tiny) -> None:
    tiny.set("replenishment", {"kind": "order_up_to", "review_days": 1, "safety_factor": 0.0, "cover_days": 0.0})

    # with the day between reviews Columbus waits 3 days and Reno 4; a day's lamps are 16.7, its mugs in Reno 7.1
    levels = tiny.build().replenishment.levels

    assert levels["columbus"]["lamp"] == 50
    assert levels["reno"]["mug"] == 29


def test_without_replenishment_nothing_is_ordered(tiny) -> None:
    tiny.set("replenishment", {"kind": "none"})

    assert tiny.build().replenishment == OrderUpTo({})
