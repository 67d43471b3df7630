"""The transportation program on a forecast: prices by hand, and against the whole program without shortcuts."""

from __future__ import annotations

import pickle
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from tests.policies.regional_worlds import STANDARD, RegionalWorld
from tests.policies.worlds import lines_of
from twin.policies.clusters import Clusters
from twin.policies.forecast import Forecast
from twin.policies.forecast_program import ForecastProgram
from twin.policies.stock_prices import Flows, Prices
from twin.policies.transport import Programs

# East's unit saves $5 for an eastern customer (5 in place of 10 from west) and $2 for a western one (7 in place of 9).
USD = {"akron": {"east": 5.0, "west": 7.0}, "dayton": {"east": 10.0, "west": 9.0}}
SIX_EACH = Forecast({"east": {"mug": 3.0}, "west": {"mug": 3.0}}, {"east": 1.0, "west": 1.0}, {STANDARD: 1.0}, 2.0)
EXPECTED = ForecastProgram(demand_draws=0)


def a_world(**stock: int) -> RegionalWorld:
    return RegionalWorld(USD, {node: {"mug": units} for node, units in stock.items()})


def prices(found: tuple[Prices, Flows]) -> dict[str, float]:
    return {node: usd for node, _, usd in found[0].rows}


@pytest.mark.parametrize(
    ("units", "usd"),
    [(1, 5.0), (5, 5.0), (6, 5.0), (7, 2.0), (11, 2.0), (12, 2.0)],
    ids=["first", "next to last for the east", "last for the east", "first for the west", "", "last for the west"],
)
def test_a_price_is_what_the_last_unit_saves(units: int, usd: float) -> None:
    # six eastern and six western customers; dayton can serve everybody, so a unit of akron saves 5 for each of the
    # first six and 2 for each of the next. Where stock meets demand exactly (6, 12) the program is degenerate: any
    # price from 2 to 5, or 0 to 2, is dual. The price must be what the last unit saves.
    found = EXPECTED.solve(a_world(akron=units, dayton=99), SIX_EACH)

    assert prices(found) == pytest.approx({"akron": usd, "dayton": 0.0}, abs=1e-6)


def test_stock_that_covers_all_that_could_be_asked_of_it_is_worth_nothing() -> None:
    assert prices(EXPECTED.solve(a_world(akron=13, dayton=99), SIX_EACH)) == {}


def test_where_there_is_too_little_for_all_a_unit_is_worth_not_leaving_somebody_unserved() -> None:
    # nine units for twelve customers: the three who cost most, the western ones at 9 or the eastern at 10, go without.
    # Akron's six serve the east (5), dayton's three the west (9): one unit more anywhere serves a westerner, who costs
    # 7 from akron and 9 from dayton in place of the 50 of being unserved.
    found = EXPECTED.solve(a_world(akron=6, dayton=3), SIX_EACH)

    assert prices(found) == pytest.approx({"akron": 45.0, "dayton": 41.0}, abs=1e-6)


def test_flows_say_who_serves_whom_and_what_share_of_them() -> None:
    found = EXPECTED.solve(a_world(akron=9, dayton=99), SIX_EACH)

    # stock counts a third of a unit less: all six of the east and 2.667 of the west's six
    assert found[1].shares("mug", "east") == pytest.approx({"akron": 1.0})
    assert found[1].shares("mug", "west") == pytest.approx({"akron": 8 / 3 / 6, "dayton": 10 / 3 / 6}, abs=1e-6)


def test_products_over_which_nodes_do_not_compete_have_no_flows() -> None:
    assert EXPECTED.solve(a_world(akron=99, dayton=99), SIX_EACH)[1].rows == ()


def test_a_closed_node_and_an_empty_one_have_no_price() -> None:
    assert prices(EXPECTED.solve(a_world(akron=0, dayton=6), SIX_EACH)) == pytest.approx({"dayton": 41.0}, abs=1e-6)


def test_drawn_demand_prices_a_unit_between_what_it_saves_for_some_and_for_others() -> None:
    drawn = ForecastProgram(demand_draws=40).solve(a_world(akron=6, dayton=99), SIX_EACH)

    assert 2.0 < prices(drawn)["akron"] < 5.0  # some paths have fewer eastern customers than six


def test_the_draws_of_a_product_are_its_own_and_come_again() -> None:
    world, program = a_world(akron=6, dayton=99), ForecastProgram(demand_draws=3)
    alone = program.solve(world, SIX_EACH)
    world.stock["akron"]["lamp"] = world.stock["dayton"]["lamp"] = 4
    both = {region: {"lamp": 2.0, "mug": 3.0} for region in ("east", "west")}

    together = program.solve(world, replace(SIX_EACH, units_per_day=both))

    assert [row for row in together[0].rows if row[1] == "mug"] == list(alone[0].rows)
    assert program.solve(world, SIX_EACH) == alone
    assert replace(program, seed=1).solve(world, SIX_EACH) != alone


def test_a_service_level_counts_by_its_share_and_one_without_a_service_as_unserved() -> None:
    world = OnlyStandardFromDayton(USD, {})
    forecast = replace(SIX_EACH, service_levels={STANDARD: 3.0, "next_day": 1.0})

    cost = EXPECTED.cost_to_serve(world.parcels(lines_of(mug=1)), ("east", "west"), world, forecast)

    assert cost == pytest.approx(np.array([[5.0, 7.0], [0.75 * 10 + 0.25 * 50, 0.75 * 9 + 0.25 * 50]]))


class OnlyStandardFromDayton(RegionalWorld):
    """Dayton has no fast service."""

    def offers(self, destination: str, service_level: str, parcels: Any) -> Any:
        offers = super().offers(destination, service_level, parcels)
        return tuple(offer for offer in offers if service_level == STANDARD or offer.node != "dayton")


# what akron costs more than dayton: dear in a and c, cheap in b and d, whatever the region
CLUSTER_USD = np.array([[9.0, 3.0, 8.0, 3.0], [4.0, 4.0, 4.0, 5.0]])
SHARES = {"east-a": 0.6, "east-b": 0.4, "west-c": 0.1, "west-d": 0.9}


def test_destinations_that_cost_alike_are_put_together_across_regions() -> None:
    world = RegionalWorld({"akron": {"east": 5.0}}, {})
    forecast = replace(SIX_EACH, destinations=SHARES)

    clusters = Clusters.of(CLUSTER_USD, world, forecast, 2)

    together = dict(clusters.members)
    assert together["east-a"] == together["west-c"] == "east-a"
    assert together["east-b"] == together["west-d"] in clusters.destinations
    assert set(clusters.destinations) == set(together.values())


def test_the_units_of_a_cluster_are_its_share_of_each_regions_demand() -> None:
    world = RegionalWorld({"akron": {"east": 5.0}}, {})
    demand = {"east": {"mug": 10.0}, "west": {"mug": 20.0, "lamp": 1.0}}
    forecast = Forecast(demand, SHARES, {STANDARD: 1.0}, 3.0)

    clusters = Clusters.of(CLUSTER_USD, world, forecast, 2)

    dear, cheap = (clusters.destinations.index(dict(clusters.members)[name]) for name in ("east-a", "east-b"))
    assert clusters.units("mug", forecast)[[dear, cheap]] == pytest.approx([(6.0 + 2.0) * 3, (4.0 + 18.0) * 3])
    assert clusters.units("lamp", forecast)[[dear, cheap]] == pytest.approx([0.1 * 3, 0.9 * 3])


@pytest.mark.parametrize("most", [1, 2, 3, 4, 9])
def test_there_are_no_more_clusters_than_asked_for_or_needed(most: int) -> None:
    world = RegionalWorld({"akron": {"east": 5.0}}, {})

    clusters = Clusters.of(CLUSTER_USD, world, replace(SIX_EACH, destinations=SHARES), most)

    assert len(clusters.destinations) == min(most, 4)
    assert clusters.shares.sum(axis=1) == pytest.approx([1.0, 1.0])


def test_destinations_that_cost_exactly_alike_are_one_cluster_however_many_may_be() -> None:
    world = RegionalWorld({"akron": {"east": 5.0}}, {})

    clusters = Clusters.of(np.ones((2, 4)), world, replace(SIX_EACH, destinations=SHARES), 4)

    assert len(clusters.destinations) == 1


def test_a_destination_goes_by_the_flows_of_the_one_that_stands_for_it() -> None:
    flows = Flows((("mug", "east-a", "akron", 1.0),), (("east-a", "east-a"), ("east-c", "east-a")))

    assert flows.shares("mug", "east-c") == {"akron": 1.0}
    assert flows.shares("mug", "nowhere") == flows.shares("lamp", "east-a") == {}


def test_a_node_that_had_none_at_the_refresh_counts_as_the_one_where_stock_is_worth_least() -> None:
    found = Prices((("akron", "mug", 5.0), ("dayton", "mug", 2.0)))
    lines = lines_of(mug=2, lamp=9)

    assert [found.usd(node, lines) for node in ("akron", "dayton", "lima")] == [10.0, 4.0, 4.0]
    assert [found.above_lowest_usd(node, lines) for node in ("akron", "dayton", "lima")] == [6.0, 0.0, 0.0]
    assert found.capped(3.0) == Prices((("akron", "mug", 3.0), ("dayton", "mug", 2.0)))


@pytest.mark.parametrize("learned", [Prices((("akron", "mug", 5.0),)), Flows((("mug", "e", "akron", 1.0),))])
def test_what_was_learned_is_a_value(learned: Prices | Flows) -> None:
    again = pickle.loads(pickle.dumps(learned))  # noqa: S301  (our own bytes)

    assert again == learned
    assert hash(again) == hash(learned)
    assert learned != type(learned)()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"clusters": 0}, "clusters must be at least 1, demand_draws not negative, got 0 and 0"),
        ({"demand_draws": -1}, "clusters must be at least 1, demand_draws not negative, got 16 and -1"),
        ({"unserved_usd": 0.0}, "unserved_usd and units_per_order must be above 0, got 0.0 and 1.4"),
        ({"units_per_order": 0.0}, "unserved_usd and units_per_order must be above 0, got 50.0 and 0.0"),
    ],
)
def test_nonsense_is_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        ForecastProgram(**wrong)


UNSERVED_USD = 10.0


@st.composite
def programs(draw: st.DrawFn) -> Programs:
    nodes, clusters = draw(st.integers(1, 5)), draw(st.integers(1, 6))

    def table(rows: int, columns: int, low: int, high: int) -> np.ndarray[Any, np.dtype[np.float64]]:
        numbers = draw(st.lists(st.integers(low, high), min_size=rows * columns, max_size=rows * columns))
        return np.array(numbers, dtype=float).reshape(rows, columns)

    return Programs(
        table(nodes, clusters, 1, 12), table(3, nodes, 0, 12), table(3, clusters, 0, 6), UNSERVED_USD
    )  # whole dollars: many ties, and ways that cost more than leaving somebody unserved


@settings(max_examples=60)
@given(alike=programs())
def test_the_shortcuts_change_neither_cost_nor_prices(alike: Programs) -> None:
    found, flows = alike.solve()

    for row, (stock, demand) in enumerate(zip(alike.stock, alike.demand, strict=True)):
        best_usd, duals = whole_program(alike.cost, stock, demand)
        served = flows[row]
        assert (served >= -1e-9).all()
        assert (served.sum(axis=1) <= stock + 1e-9).all()
        assert (served.sum(axis=0) <= demand + 1e-9).all()
        assert (served * alike.cost).sum() + UNSERVED_USD * (demand - served.sum(axis=0)).sum() == pytest.approx(
            best_usd
        )
        assert found[row][stock > 0] == pytest.approx(duals[stock > 0], abs=1e-6)


def whole_program(cost: Any, stock: Any, demand: Any) -> tuple[float, Any]:
    """Every way and everybody in one program, with nothing left out."""
    nodes, clusters = cost.shape
    taken = np.kron(np.eye(nodes), np.ones(clusters))
    served = np.kron(np.ones(nodes), np.eye(clusters))
    most = np.where(stock > 0, stock - 1 / (nodes + 1), 0.0)
    found = linprog(
        np.concatenate([cost.ravel(), np.full(clusters, UNSERVED_USD)]),
        A_ub=np.hstack([taken, np.zeros((nodes, clusters))]), b_ub=most,
        A_eq=np.hstack([served, np.eye(clusters)]), b_eq=demand,
    )  # fmt: skip
    return found.fun, -found.ineqlin.marginals
