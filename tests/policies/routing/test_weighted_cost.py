"""`weighted_cost` adds up what IBM's fulfillment optimizer adds up, all of it in dollars."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf
from pathlib import Path

import pytest
import yaml
from msgspec import structs

from tests.policies.worlds import SnapshotView, Way, an_order, ways_from, what, who_ships_what
from twin.domain.errors import ConfigurationError
from twin.domain.orders import Order
from twin.policies.decision import Reason
from twin.policies.routing import load
from twin.policies.routing.explain import explain
from twin.policies.routing.scoring import StockLevel
from twin.policies.routing.services import shipment_from
from twin.policies.routing.weighted_cost import WeightedCost, Weights

NODES = ("akron", "dayton", "lima")
NOTHING = dict.fromkeys(Weights.__struct_fields__, 0.0)
CONF = Path(__file__).resolve().parents[3] / "conf/routing/weighted_cost.yaml"


@dataclass(frozen=True)
class Priced(SnapshotView):
    """A network whose parcels weigh something, with freight apart from handling and limits on orders."""

    kg: float = 0.0
    freight_usd: float = 0.0
    left: dict[str, float] = field(default_factory=dict)

    def parcels(self, lines):
        """Weigh everything the same."""
        return structs.replace(super().parcels(lines), weight_kg=self.kg)

    def offers(self, destination, service_level, parcels):
        """Say what of the cost is freight."""
        offers = super().offers(destination, service_level, parcels)
        return tuple(structs.replace(offer, freight_usd=self.freight_usd) for offer in offers)

    def orders_left(self, node):
        """Return what was written down, or no limit."""
        return self.left.get(node, inf)


def only(**weights: float) -> Weights:
    return Weights(**{**NOTHING, **weights})


def cost_usd(policy: WeightedCost, view: SnapshotView, order: Order) -> float:
    shipment = shipment_from("akron", order.lines, order, view)
    assert shipment is not None
    return policy.cost_usd(shipment, order, view)


def one_node(stock: int = 10, **special) -> Priced:
    return Priced(ways_from("akron"), {"akron": {"mug": stock}}, **special)


def test_shipping_is_freight_and_boxes_and_processing_the_handling() -> None:
    view = one_node(freight_usd=3.0, box_usd=0.5)

    assert cost_usd(WeightedCost(only(shipping=1.0)), view, an_order(mug=1)) == 3.5
    assert cost_usd(WeightedCost(only(processing=1.0)), view, an_order(mug=1)) == 2.0
    assert cost_usd(WeightedCost(only(shipping=0.5, processing=0.25)), view, an_order(mug=1)) == 2.25


@pytest.mark.parametrize(
    ("station_hours", "usd"),
    [(0.0, 0.0), (24.0, 0.1), (48.0, 0.2), (96.0, 3.2)],
    ids=["no backlog", "half the limit", "the limit itself", "a day beyond it"],
)
def test_a_backlog_costs_the_tiebreaker_and_beyond_the_limit_the_penalty(station_hours: float, usd: float) -> None:
    # two stations: the hours behind are half the station-hours
    view = one_node(backlogs={"akron": station_hours})

    assert cost_usd(WeightedCost(only(capacity=1.0)), view, an_order(mug=1)) == pytest.approx(usd)


@pytest.mark.parametrize(("left", "usd"), [(inf, 0.0), (4.0, 0.05), (1.0, 0.2)])
def test_the_last_orders_a_node_takes_today_cost_more(left: float, usd: float) -> None:
    assert cost_usd(WeightedCost(only(capacity=1.0)), one_node(left={"akron": left}), an_order(mug=1)) == usd


@pytest.mark.parametrize(
    ("stock", "usd"),
    [(10, 0.24), (2, 1.2), (200, 0.012)],
    ids=["a fifth of the stock", "all of it", "hardly any"],
)
def test_a_stock_out_costs_the_margin_times_the_share_of_the_stock_that_goes(stock: int, usd: float) -> None:
    # two mugs with $6 of margin each, missed in one of ten cases
    assert cost_usd(WeightedCost(only(stockout=1.0)), one_node(stock), an_order(mug=2)) == pytest.approx(usd)


@pytest.mark.parametrize(
    ("basis", "usd"), [("available_to_promise", 0.24), ("on_hand", 0.12), ("on_hand_minus_reserved", 0.24)]
)
def test_the_stock_that_goes_is_counted_as_asked(basis, usd: float) -> None:
    policy = WeightedCost(only(stockout=1.0), basis=basis)

    assert cost_usd(policy, one_node(10, promised={"akron": {"mug": 10}}), an_order(mug=2)) == pytest.approx(usd)


@pytest.mark.parametrize(
    ("stock", "usd"),
    [(5, 0.0), (6, -0.2), (7, -0.4), (70, -0.4)],
    ids=["at the level", "one unit beyond it", "both units beyond it", "many beyond it"],
)
def test_units_from_beyond_the_level_of_excess_save_their_markdown(stock: int, usd: float) -> None:
    policy = WeightedCost(only(markdown=1.0), excess=(StockLevel(5),))

    assert cost_usd(policy, one_node(stock), an_order(mug=2)) == pytest.approx(usd)


def test_without_a_level_of_excess_nothing_is_marked_down() -> None:
    policy = WeightedCost(only(markdown=1.0), excess=())

    assert cost_usd(policy, one_node(10_000), an_order(mug=2)) == 0.0


def test_transit_is_paid_by_the_day_from_order_to_doorstep() -> None:
    view, order = Priced((Way("akron", arrives_at=36.0),), {}), an_order(mug=1)

    assert cost_usd(WeightedCost(only(transit=1.0)), view, order) == pytest.approx(0.15)
    assert cost_usd(WeightedCost(only(transit=1.0)), view, structs.replace(order, placed_at=12.0)) == pytest.approx(0.1)


@pytest.mark.parametrize(("service", "factor"), [("parcel_ground", 0.1278), ("parcel_overnight", 0.9497)])
def test_carbon_is_distance_times_weight_times_the_factor_of_the_mode_at_a_price(service: str, factor: float) -> None:
    view = Priced((Way("akron", service=service),), {}, miles_to={"akron": 1000.0}, kg=2.0)

    found = cost_usd(WeightedCost(only(carbon=1.0)), view, an_order(mug=1))

    co2e_kg = 1609.344 * 0.002 * factor  # 0.41 kg by road, 3.06 by air
    assert found == pytest.approx(co2e_kg * 0.19)


def test_a_late_arrival_is_paid_whatever_the_weights() -> None:
    view = Priced((Way("akron", arrives_at=96.0),), {})

    assert cost_usd(WeightedCost(only()), view, an_order(mug=1, promised_by=96.0)) == 0.0
    assert cost_usd(WeightedCost(only()), view, an_order(mug=1, promised_by=48.0)) == 29.0


def test_the_cost_of_a_shipment_is_the_weighted_sum_of_its_parts() -> None:
    policy = WeightedCost(excess=(StockLevel(9),))
    view = one_node(
        10, freight_usd=3.0, box_usd=0.5, backlogs={"akron": 48.0}, left={"akron": 2.0}, kg=2.0,
        miles_to={"akron": 1000.0},
    )  # fmt: skip

    carbon_usd = 1609.344 * 0.002 * 0.1278 * 0.19
    parts = 3.5 + 2.0 + (0.2 + 0.1) + 0.24 - 0.2 + 0.1 + carbon_usd
    assert cost_usd(policy, view, an_order(mug=2)) == pytest.approx(parts)


FULL = {"mug": 500, "lamp": 500}


def test_the_lowest_sum_wins_and_a_weight_of_nothing_takes_a_cost_out() -> None:
    view = Priced(
        (Way("akron", 5.0), Way("dayton", 5.5)),
        {"akron": {"mug": 1}, "dayton": FULL},  # the last mug of akron costs $0.60 more than one of many
    )

    assert list(who_ships_what(WeightedCost().decide(an_order(mug=1), view))) == ["dayton"]
    policy = WeightedCost(Weights(stockout=0.0))
    assert list(who_ships_what(policy.decide(an_order(mug=1), view))) == ["akron"]


def test_a_late_node_must_be_cheaper_by_the_price_of_lateness() -> None:
    view = Priced((Way("akron", 5.0, arrives_at=72.0), Way("dayton", 31.0)), {"akron": FULL, "dayton": FULL})

    assert list(who_ships_what(WeightedCost().decide(an_order(mug=1), view))) == ["dayton"]
    assert list(who_ships_what(WeightedCost(late_usd=20.0).decide(an_order(mug=1), view))) == ["akron"]


def test_no_more_goes_than_all_of_the_stock_whatever_the_books_say() -> None:
    policy = WeightedCost(only(stockout=1.0), basis="on_hand")

    assert cost_usd(policy, one_node(10, promised={"akron": {"mug": -9}}), an_order(mug=2)) == pytest.approx(1.2)


def test_equal_costs_go_in_fewer_parcels() -> None:
    ways = (Way("akron", 2.0), Way("dayton", 2.0), Way("lima", 2.0), Way("toledo", 4.0))
    stock = {"akron": {"mug": 9}, "dayton": {"lamp": 9}, "lima": {"book": 9}, "toledo": {"lamp": 9, "book": 9}}

    plan = WeightedCost(only(processing=1.0)).decide(an_order(mug=1, lamp=1, book=1), Priced(ways, stock))

    assert who_ships_what(plan) == {"akron": {"mug": 1}, "toledo": {"lamp": 1, "book": 1}}


def test_what_a_unit_costs_decides_who_is_combined() -> None:
    # a unit costs $2.20 from akron, $2.50 from dayton and $4.20 from lima, the cheapest parcel
    ways = (Way("akron", 4.4), Way("dayton", 5.0), Way("lima", 4.2))
    stock = {"akron": {"mug": 2}, "dayton": {"mug": 1, "lamp": 1}, "lima": {"lamp": 1}}
    policy = WeightedCost(only(processing=1.0), search_nodes=2)

    plan = policy.decide(an_order(mug=2, lamp=1), Priced(ways, stock))

    assert who_ships_what(plan) == {"akron": {"mug": 2}, "dayton": {"lamp": 1}}


def test_nobody_is_pruned_where_one_node_has_it_all() -> None:
    stock = {"akron": {"mug": 9, "lamp": 9}, "dayton": {"mug": 9}, "lima": {"lamp": 9}}
    view, order, policy = Priced(ways_from(*NODES), stock), an_order(mug=1, lamp=1), WeightedCost(search_nodes=1)

    found = explain(order, policy.decide(order, view), view, policy)

    assert found.rejected == dict.fromkeys(("dayton", "lima"), Reason.INCOMPLETE_FOR_SINGLE)


def test_one_node_goes_before_a_cheaper_split() -> None:
    ways = (Way("akron", 20.0), Way("dayton", 1.0), Way("lima", 1.0))
    view = Priced(ways, {"akron": FULL, "dayton": {"mug": 500}, "lima": {"lamp": 500}})

    assert list(who_ships_what(WeightedCost().decide(an_order(mug=1, lamp=1), view))) == ["akron"]


def test_a_split_is_the_cheapest_that_leaves_the_fewest_units() -> None:
    ways = (Way("akron", 4.0), Way("dayton", 9.0), Way("lima", 6.0))
    view = Priced(ways, {"akron": {"mug": 500}, "dayton": {"lamp": 500}, "lima": {"lamp": 500}})

    plan = WeightedCost().decide(an_order(mug=1, lamp=1), view)

    assert who_ships_what(plan) == {"akron": {"mug": 1}, "lima": {"lamp": 1}}


def test_sets_are_made_of_the_cheapest_per_unit_and_the_others_pruned() -> None:
    ways = (Way("akron", 4.0), Way("dayton", 5.0), Way("lima", 6.0), Way("toledo", 7.0))
    stock = {"akron": {"mug": 500}, "dayton": {"lamp": 500}, "lima": {"mug": 500}, "toledo": {"lamp": 500}}
    view, order, policy = Priced(ways, stock), an_order(mug=1, lamp=1), WeightedCost(search_nodes=2)

    plan = policy.decide(order, view)

    assert list(who_ships_what(plan)) == ["akron", "dayton"]
    assert explain(order, plan, view, policy).rejected == {"lima": Reason.PRUNED, "toledo": Reason.PRUNED}


def test_the_limit_on_parcels_leaves_the_rest_and_says_so() -> None:
    stock = {"akron": {"mug": 3}, "dayton": {"mug": 2}, "lima": {"mug": 2}}
    view, order, policy = Priced(ways_from(*NODES), stock), an_order(mug=7), WeightedCost(max_shipments=2)

    plan = policy.decide(order, view)

    assert who_ships_what(plan) == {"akron": {"mug": 3}, "dayton": {"mug": 2}}
    assert what(plan.unfilled) == {"mug": 2}
    assert explain(order, plan, view, policy).rejected == {"lima": Reason.MAX_SPLITS}
    assert WeightedCost(max_shipments=2, allow_partial=False).decide(order, view).shipments == ()


@pytest.mark.parametrize(("unit", "shipped"), [("unit", 3), ("line", 1), ("order", 0)])
def test_what_must_stay_together_does(unit, shipped: int) -> None:
    view, order = Priced(ways_from(*NODES), {"akron": {"mug": 2}, "dayton": {"lamp": 1}}), an_order(mug=3, lamp=1)
    policy = WeightedCost(unit=unit)

    plan = policy.decide(order, view)

    assert 4 - sum(what(plan.unfilled).values()) == shipped
    assert (policy.why_not("akron", order, view) is Reason.GROUP_SPLIT_FORBIDDEN) is (unit != "unit")


@pytest.mark.parametrize(("ties", "node"), [("priority", "dayton"), ("distance", "lima"), ("name", "akron")])
def test_equal_costs_are_told_apart_as_asked(ties, node: str) -> None:
    view = Priced(
        ways_from(*NODES),
        dict.fromkeys(NODES, FULL),
        priorities={"akron": 2, "dayton": 1, "lima": 3},
        miles_to={"akron": 9.0, "dayton": 10.0, "lima": 8.0},
    )

    assert list(who_ships_what(WeightedCost(ties=ties).decide(an_order(mug=1), view))) == [node]


def test_an_unknown_distance_emits_more_than_anything_unless_carbon_is_free() -> None:
    view = Priced(
        (Way("akron", 50.0), Way("dayton", 5.0)), {"akron": FULL, "dayton": FULL}, miles_to={"dayton": inf}, kg=1.0
    )
    order = an_order(mug=1)

    assert list(who_ships_what(WeightedCost().decide(order, view))) == ["akron"]
    for free in (WeightedCost(Weights(carbon=0.0)), WeightedCost(carbon_usd_per_tonne=0.0)):
        assert list(who_ships_what(free.decide(order, view))) == ["dayton"]


def test_nodes_at_an_unknown_distance_ship_if_they_must_and_may() -> None:
    view, order = one_node(miles_to={"akron": inf}, kg=1.0), an_order(mug=1)

    assert list(who_ships_what(WeightedCost().decide(order, view))) == ["akron"]
    strict = WeightedCost(unlocated="exclude")
    assert strict.decide(order, view).shipments == ()
    assert strict.why_not("akron", order, view) is Reason.BEYOND_MAX_DISTANCE


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"late_usd": -1}, r"late_usd must be finite and not negative, got -1"),
        ({"carbon_usd_per_tonne": inf}, r"carbon_usd_per_tonne must be finite and not negative, got inf"),
        ({"backlog_limit_hours": 0.0}, r"backlog_limit_hours must be above zero, got 0"),
        ({"max_shipments": 0}, r"max_shipments must be at least 1, got 0"),
        ({"search_nodes": 0}, r"search_nodes must be at least 1, got 0"),
    ],
)
def test_what_makes_no_sense_is_refused(wrong, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        WeightedCost(**wrong)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            {"weights": {"carbon": -1.0}},
            r"(?s)routing.weights: .*weights must be finite and not negative, got \{'carbon': -1.0",
        ),
        ({"weights": {"carbn": 1.0}}, r"unknown field `carbn`"),
        ({"excess": [{"units": 3}, {"units": -1}]}, r"(?s)routing.excess\[1\].*must not be negative, got -1"),
    ],
)
def test_what_a_configuration_gets_wrong_is_told_with_its_path(wrong, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        load({"kind": "weighted_cost", **wrong})


def test_the_shipped_part_holds_the_defaults() -> None:
    given = yaml.safe_load(CONF.read_text("utf-8"))

    assert load(given) == WeightedCost()
    assert given.keys() - {"kind"} == set(WeightedCost.__dataclass_fields__)
