"""Lanes from suppliers and between nodes."""

from __future__ import annotations

import pytest

LANES = "network.lanes"


def refilled_from_columbus(tiny) -> None:
    tiny.set(f"{LANES}.reno", {"from": "columbus", "lead_time": 12})


def test_a_node_may_be_refilled_by_another_one(tiny) -> None:
    refilled_from_columbus(tiny)

    network = tiny.build().network

    supply = network.nodes["reno"].supply
    assert (supply.supplier, supply.lead_hours.mean) == ("columbus", 12)
    assert supply.distance_miles == pytest.approx(network.miles("columbus", "895"))


def test_goods_come_all_the_way_from_the_supplier(tiny) -> None:
    refilled_from_columbus(tiny)

    network = tiny.build().network

    first = network.nodes["columbus"].supply.distance_miles
    assert network.inbound_miles("columbus") == first > 200
    assert network.inbound_miles("reno") == pytest.approx(first + network.miles("columbus", "895"))


def test_a_node_keeps_stock_for_those_it_refills(tiny) -> None:
    tiny.set("replenishment", {"kind": "order_up_to", "safety_factor": 0, "cover_days": 0, "review_days": 1})
    alone = tiny.build().replenishment.levels
    refilled_from_columbus(tiny)

    together = tiny.build().replenishment.levels

    # 50 mugs a day, a seventh of them sold in Reno: Columbus orders for its own 42.9 and these, over two days and one
    assert alone["columbus"]["mug"] == 129
    assert together["columbus"]["mug"] == 150
    assert together["columbus"]["book"] == alone["columbus"]["book"]
    assert together["reno"]["mug"] == 11  # 7.1 a day, over half a day and one


def test_without_replenishment_a_node_opens_for_its_own_customers_only(tiny) -> None:
    tiny.set("replenishment", {"kind": "none", "opening_days_of_cover": 14})
    alone = tiny.build().opening_stock
    refilled_from_columbus(tiny)

    assert tiny.build().opening_stock == alone


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        (
            f"{LANES}.reno.from",
            "columbs",
            (
                f"{LANES}.reno.from: supplier 'columbs'\n  expected: one of maker, columbus\n"
                "  to mend:  add the supplier or name another"
            ),
        ),
        (
            f"{LANES}.columbus.from",
            "columbus",
            (
                f"{LANES}.columbus.from: 'columbus', which gets its goods from 'columbus'\n"
                "  expected: a way that begins at a supplier\n  to mend:  name a supplier"
            ),
        ),
        (
            f"{LANES}.columbus.from",
            "reno",
            (
                f"{LANES}.reno.from: 'columbus', which gets its goods from 'reno'\n"
                "  expected: a way that begins at a supplier\n  to mend:  name a supplier"
            ),
        ),
        (
            "network.nodes.columbus.enabled",
            False,
            (
                f"{LANES}.reno.from: node 'columbus', which is switched off\n"
                "  expected: an enabled node or a supplier\n  to mend:  enable it or name another"
            ),
        ),
        (
            "network.nodes.columbus.assortment",
            {"categories": ["media"]},
            (
                f"{LANES}.reno.from: node 'columbus', which does not keep 1 SKUs of 'reno', such as mug\n"
                "  expected: a node that keeps all of them\n"
                "  to mend:  widen its assortment, narrow the other, or name another source"
            ),
        ),
        (
            "network.nodes.columbus.shelf",
            {"book_accuracy": 0.9},
            (
                f"{LANES}.reno.from: node 'columbus', whose books may be wrong\n"
                "  expected: a node without a shelf\n"
                "  to mend:  name another source, or set its shelf to null"
            ),
        ),
        (
            "network.suppliers.reno",
            {"zip3": "606"},
            (
                "network.suppliers.reno: a supplier with the name of a node\n  expected: a name of its own\n"
                "  to mend:  rename one of the two"
            ),
        ),
    ],
)
def test_a_lane_that_leads_nowhere_is_refused(tiny, key: str, value: object, message: str) -> None:
    refilled_from_columbus(tiny)
    tiny.set(key, value)

    assert message in tiny.said()
