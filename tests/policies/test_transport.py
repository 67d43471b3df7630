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
from twin.policies.forecast import Forecast
from twin.policies.transport import Clusters, Flows, ForecastProgram, Prices, Programs, cost_to_serve

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

    cost = cost_to_serve(world.parcels(lines_of(mug=1)), world, forecast, Clusters.of(world, forecast, 1), 50.0)

    assert cost == pytest.approx(np.array([[5.0, 7.0], [0.75 * 10 + 0.25 * 50, 0.75 * 9 + 0.25 * 50]]))


class OnlyStandardFromDayton(RegionalWorld):
    """Dayton has no fast service."""

    def offers(self, destination: str, service_level: str, parcels: Any) -> Any:
        offers = super().offers(destination, service_level, parcels)
        return tuple(offer for offer in offers if service_level == STANDARD or offer.node != "dayton")


MILES = {"akron": {"east-a": 10.0, "east-b": 900.0, "east-c": 100.0, "east-d": 800.0, "east-e": float("inf")}}


def test_large_destinations_stand_for_those_that_lie_alike() -> None:
    world = RegionalWorld({"akron": {"east": 5.0}}, {}, miles_to=MILES)
    shares = {"east-a": 0.3, "east-b": 0.3, "east-c": 0.1, "east-d": 0.2, "east-e": 0.1}

    clusters = Clusters.of(world, replace(SIX_EACH, destinations=shares), 2)

    assert clusters.destinations == ("east-a", "east-b")
    assert clusters.shares == pytest.approx((0.4, 0.6))
    assert dict(clusters.members) == {
        "east-a": "east-a", "east-b": "east-b", "east-c": "east-a", "east-d": "east-b", "east-e": "east-b",
    }  # fmt: skip


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
        (
            {"clusters_per_region": 0},
            "clusters_per_region must be at least 1 and demand_draws not negative, got 0 and 0",
        ),
        ({"demand_draws": -1}, "clusters_per_region must be at least 1 and demand_draws not negative, got 3 and -1"),
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


@settings(max_examples=60, deadline=None)
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
