"""What disruptions do, from their configuration."""

from __future__ import annotations

import pytest

from tests.assemble.test_disruptions import a_strike, an_event
from twin.domain.effects import (
    Closed,
    MachinesDown,
    PeopleAway,
    Recall,
    StockDestroyed,
    SupplierDelay,
    SupplierFailure,
)


def test_an_event_names_its_effects(tiny) -> None:
    tiny.set("disruptions.events", {"fire": an_event(people=True, closed=True, machines={"stage": "pick"},
                                                     stock_destroyed={"share": 0.5})})  # fmt: skip

    (plan,) = tiny.build().disruptions

    assert plan.effects == (PeopleAway(), Closed(), MachinesDown("pick"), StockDestroyed(0.5))


def test_machines_of_a_region_need_one_node_that_has_them(tiny) -> None:
    jam = an_event(
        scope="region", targets=["west"], machines={"stage": "pack"}
    )  # which Columbus has, in another region
    tiny.set("disruptions.events", {"jam": jam})

    assert tiny.problems() == []


@pytest.mark.parametrize(
    ("event", "message"),
    [
        (
            a_strike(closed=True),
            ("closed: an effect on node or region, in an event of scope service\n  expected: scope: node or region\n"
             "  to mend:  leave it out, and add an event of scope node"),
        ),
        (
            an_event(machines={"stage": "pack"}),
            "machines.stage: 'pack', which 'reno' lacks\n  expected: one of pick\n  to mend:  name another",
        ),
        (
            an_event(scope="region", targets=["west"], machines={"stage": "sorter"}),
            "machines.stage: 'sorter', which no node has\n  expected: one of pack, pick\n  to mend:  name another",
        ),
        (
            an_event(scope="product", targets=["mg"], recall={"disposal": "scrap"}),
            "targets: product 'mg'\n  expected: one of book, lamp, mug\n  to mend:  name another",
        ),
        (
            an_event(scope="category", targets=["home"], delay_days=1),
            ("recall: none, in an event of scope category\n  expected: recall: {disposal: ...}\n"
             "  to mend:  say what becomes of them: release or scrap"),
        ),
        (
            an_event(scope="supplier", targets=["makr"], supplier_failure=True),
            "targets: supplier 'makr'\n  expected: one of maker\n  to mend:  name another",
        ),
        (
            an_event(scope="supplier", targets=["maker"]),
            (": nothing that happens to a supplier\n  expected: supplier_delay or supplier_failure\n"
             "  to mend:  say what happens to its trucks"),
        ),
        (an_event(scope="category", targets=["home"], delay_days=1), "delay_days: 1 of a category\n  expected: 0"),
        (
            an_event(recall={"disposal": "scrap"}),
            ("recall: an effect on product or category, in an event of scope node\n"
             "  expected: scope: product or category\n  to mend:  leave it out, and add an event of scope product"),
        ),
    ],
)  # fmt: skip
def test_an_effect_that_does_not_fit_is_named_by_its_key(tiny, event: dict[str, object], message: str) -> None:
    tiny.set("disruptions.events", {"oops": event})

    assert f"disruptions.events.oops{message if message[0] == ':' else f'.{message}'}" in tiny.said()


def test_products_are_recalled_by_name_or_by_category(tiny) -> None:
    recall = {"disposal": "scrap"}
    tiny.set("disruptions.events", {
        "mugs": an_event(scope="product", targets=["mug"], recall=recall),
        "homes": an_event(scope="category", targets=["home"], recall=recall),
    })  # fmt: skip

    mugs, homes = tiny.build().disruptions

    assert mugs.effects == (Recall(("mug",), "scrap"),)
    assert homes.effects == (Recall(("mug", "lamp"), "scrap"),)


def test_suppliers_are_named_or_those_of_a_region_are_meant(tiny) -> None:
    tiny.set("network.suppliers.coast", {"zip3": "895"})
    tiny.set("disruptions.events", {
        "strike": an_event(scope="supplier", targets=["coast"], supplier_failure=True),
        "roads": an_event(scope="region", targets=["midwest"], supplier_delay={"hours": 12}),
    })  # fmt: skip

    strike, roads = tiny.build().disruptions

    assert strike.effects == (SupplierFailure(("coast",)),)
    assert roads.effects == (SupplierDelay(("maker",), 12.0),)


def test_products_are_not_held_against_a_table_that_cannot_be_read(tiny) -> None:
    tiny.set("disruptions.events", {"mugs": an_event(scope="product", targets=["mg"], recall={"disposal": "scrap"})})
    tiny.cell("products.csv", 2, "weight_kg", "heavy")

    assert {problem.where for problem in tiny.problems()} == {"products.csv, row 2"}
