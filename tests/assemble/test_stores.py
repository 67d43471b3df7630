"""Stores: the shelf behind the books, and what customers of the shop take from it."""

from __future__ import annotations

import pytest

from twin.domain.distributions import Distribution

RENO = "network.nodes.reno"


def test_a_node_without_a_shelf_has_books_that_are_right(tiny) -> None:
    assert tiny.build().network.nodes["reno"].shelf is None


def test_a_shelf_is_as_it_is_configured(tiny) -> None:
    tiny.set(f"{RENO}.shelf", {"book_accuracy": 0.65, "wrong_by": {"kind": "empirical", "values": [1, 1, 3]},
                               "count_every_days": 30, "walk_in_units_per_day": 40})  # fmt: skip

    shelf = tiny.build().network.nodes["reno"].shelf

    assert (shelf.book_accuracy, shelf.count_every_days, shelf.walk_in_units_per_day) == (0.65, 30, 40.0)
    assert shelf.wrong_by == Distribution.of("discrete", values=[1, 3], weights=[2, 1])
    assert (shelf.shrinkage_per_day, shelf.phantom_share) == (0.0, 0.5)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        (
            "found_rate",
            0.95,
            (f"{RENO}.found_rate: 0.95 beside a shelf\n  expected: 1, since the shelf says what is found\n"
            "  to mend:  set found_rate to 1, or shelf to null"),
        ),
        (
            "shelf.wrong_by",
            {"kind": "exponential", "mean_units": 2},
            (f"{RENO}.shelf.wrong_by: distribution 'exponential', which is not one of whole numbers\n"
            "  expected: whole numbers from 1, of kind deterministic, discrete or empirical\n"
            "  to mend:  give each number its share"),
        ),
        ("shelf.book_accuracy", 1.2, f"{RENO}.shelf.book_accuracy = 1.2\n  expected: less than or equal to 1"),
        ("shelf.count_every_days", 0, f"{RENO}.shelf.count_every_days = 0\n  expected: greater than or equal to 1"),
        ("shelf.walk_in_units_per_day", -1, f"{RENO}.shelf.walk_in_units_per_day = -1\n  expected: greater than or"),
    ],
)  # fmt: skip
def test_a_shelf_that_cannot_be_is_named_by_its_key(tiny, key: str, value: object, message: str) -> None:
    tiny.set(f"{RENO}.shelf", {})
    tiny.set(f"{RENO}.{key}", value)

    assert message in tiny.said()


def test_stock_is_kept_for_customers_who_walk_in(tiny) -> None:
    before = tiny.build()
    tiny.set(f"{RENO}.shelf", {"walk_in_units_per_day": 40})

    after = tiny.build()

    level, higher = (model.replenishment.levels["reno"]["mug"] for model in (before, after))
    assert higher - level == pytest.approx(40 * (72 / 24 + 1), rel=0.25)  # lead time and review, and some safety
    assert after.opening_stock["reno"]["mug"] > before.opening_stock["reno"]["mug"]
    assert after.replenishment.levels["columbus"] == before.replenishment.levels["columbus"]


def test_a_kpi_of_shelves_needs_a_shelf(tiny) -> None:
    tiny.set(
        "study.measures.phantom_rate", {"title": "Phantom", "unit": "rate", "better": "lower", "matters_from": 0.1}
    )

    assert (
        "study.measures.phantom_rate: a KPI of shelves where no node has one\n  expected: a KPI of what is modeled\n"
        "  to mend:  give a node a shelf or drop the measure"
    ) in tiny.said()
