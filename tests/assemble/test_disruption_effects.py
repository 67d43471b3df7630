"""What disruptions do, from their configuration."""

from __future__ import annotations

import pytest

from tests.assemble.test_disruptions import a_strike, an_event
from twin.domain.effects import (
    CarrierCut,
    Closed,
    FeedFrozen,
    MachinesDown,
    OrderManagementDown,
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


def test_the_stock_feed_of_the_largest_node_can_freeze(tiny) -> None:
    tiny.set("disruptions.events", {"feed": an_event(scope="largest_node", targets=[], stock_feed_frozen=True)})

    (plan,) = tiny.build().disruptions

    assert (plan.scope, plan.targets, plan.effects) == ("node", ("columbus",), (FeedFrozen(),))


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
            ("closed: an effect on node or region or largest_node or storm, in an event of scope service\n"
             "  expected: scope: node or region or largest_node or storm\n"
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
            ": an event of scope category that does nothing\n  expected: recall\n  to mend:  say what happens",
        ),
        (
            an_event(scope="supplier", targets=["makr"], supplier_failure=True),
            "targets: supplier 'makr'\n  expected: one of maker\n  to mend:  name another",
        ),
        (
            an_event(scope="supplier", targets=["maker"]),
            (": an event of scope supplier that does nothing\n  expected: supplier_delay or supplier_failure\n"
             "  to mend:  say what happens"),
        ),
        (
            a_strike(carrier_cut={"of": "room"}),
            ("carrier_cut.of: room of parcel_ground, whose trucks take whatever there is\n"
             "  expected: a departure with parcels_per_day\n  to mend:  set one, or carrier_cut: {of: departures}"),
        ),
        (
            an_event(scope="network", dom_down=True),
            "targets: reno\n  expected: no targets: all of the network is meant\n  to mend:  drop them",
        ),
        (an_event(scope="network", targets=[], dom_down=True, demand_factor=2), "demand_factor: 2 of the network"),
        (an_event(scope="network", targets=[], dom_down=True, delay_days=2), "delay_days: 2 of the network"),
        (an_event(dom_down=True), "dom_down: an effect on network, in an event of scope node\n"),
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


def test_carriers_and_systems_fail_too(tiny) -> None:
    tiny.set("disruptions.events", {
        "fewer": a_strike(severity=0.4, ramp_hours=12, carrier_cut={"of": "departures"}),
        "feed": an_event(stock_feed_frozen=True),
        "dom": an_event(scope="network", targets=[], dom_down=True, stock_feed_frozen=True),
    })  # fmt: skip

    fewer, feed, dom = tiny.build().disruptions

    assert fewer.effects == (CarrierCut("departures"),)
    assert feed.effects == (FeedFrozen(),)
    assert dom.effects == (FeedFrozen(), OrderManagementDown())


def test_trucks_with_a_limit_can_have_less_room(tiny) -> None:
    tiny.set("node_kinds.dc.departures.parcel_ground.parcels_per_day", 100)
    tiny.set("disruptions.events", {"full": a_strike(severity=0.4, carrier_cut={"of": "room"})})

    assert tiny.build().disruptions[0].effects == (CarrierCut("room"),)


def test_products_are_not_held_against_a_table_that_cannot_be_read(tiny) -> None:
    tiny.set("disruptions.events", {"mugs": an_event(scope="product", targets=["mg"], recall={"disposal": "scrap"})})
    tiny.cell("products.csv", 2, "weight_kg", "heavy")

    assert {problem.where for problem in tiny.problems()} == {"products.csv, row 2"}
