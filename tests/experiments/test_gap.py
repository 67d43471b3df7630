"""The opportunity gap: on a scarce world of several items the policies come out in the order that theory asks for."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest

from twin.assemble import build
from twin.config import parse
from twin.domain.errors import UsageError
from twin.experiments.gap import BOUND, World, gap_costs, refuse_if_no_gap
from twin.experiments.intervals import paired_difference
from twin.experiments.replication import Design
from twin.experiments.study import run_replications
from twin.hydra_glue import compose
from twin.policies.hindsight import HindsightTerms
from twin.simulation.run import simulate

POLICIES = ("distance_split", "min_cost", "shadow_price")
ROUTING = {"shadow_price": ["routing.refresh_days=3"]}  # a lesson takes as long as days of the rest
SMALL = (
    "scenario=scarce_stock", "demand.orders_per_day=100", "study.measured_days=6",
    "replenishment.opening_days_of_cover=7", "replenishment.opening_days_of_cover_at={allentown: 3, memphis: 11}",
    "study.replications=4",
)  # fmt: skip


def a_design(name: str, *overrides: str) -> Design:
    composition = compose([*SMALL, *overrides], design=name)
    return Design(name, parse(composition.values, composition.origin))


@pytest.fixture(scope="module")
def costs(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    folder = tmp_path_factory.mktemp("gap")
    designs = [
        a_design(policy, f"routing={policy}", *ROUTING.get(policy, []), f"study.folder={folder}") for policy in POLICIES
    ]
    run_replications(folder, designs, build, 0, new=False)
    return gap_costs(folder, designs, build, HindsightTerms(), 1)


def by_design(costs: pd.DataFrame, column: str) -> pd.DataFrame:
    return costs.set_index(["replication", "design"])[column].unstack()  # noqa: PD010  (a pivot table would average)


@pytest.mark.parametrize(("dearer", "cheaper"), list(pairwise([*POLICIES, BOUND])))
def test_on_scarce_stock_of_many_items_each_rung_is_cheaper_than_the_one_before(
    costs: pd.DataFrame, dearer: str, cheaper: str
) -> None:
    usd = by_design(costs, "cost_usd")

    assert paired_difference(usd[dearer], usd[cheaper], 0.95).interval.high < 0


def test_no_replication_of_any_policy_costs_less_than_the_bound(costs: pd.DataFrame) -> None:
    usd = by_design(costs, "cost_usd")

    assert (usd[list(POLICIES)].min(axis=1) >= usd[BOUND]).all()


def test_every_rung_met_the_same_orders(costs: pd.DataFrame) -> None:
    for column in ("orders", "units"):
        found = by_design(costs, column)
        assert found.eq(found[BOUND], axis=0).all(axis=None)
    assert len(costs) == 4 * (len(POLICIES) + 1)


def test_what_was_paid_is_carriage_lateness_further_shipments_and_what_was_never_sold(tmp_path: Path) -> None:
    design = a_design("paid", "routing=min_cost")
    model = build(design.config, "paid")
    simulate(model, tmp_path, design.config.study.seed, 0)
    world = World.of(model, design.config.study.seed, 0)
    orders = pd.read_parquet(tmp_path / "orders.parquet").set_index("order")
    shipments = pd.read_parquet(tmp_path / "shipments.parquet")
    free = {"late_usd": 0.0, "late_usd_per_day": 0.0, "split_usd": 0.0, "unserved_usd": 0.0}

    carriage, unserved = world.paid(tmp_path, HindsightTerms(**free))
    with_splits, _ = world.paid(tmp_path, HindsightTerms(**{**free, "split_usd": 10.0}))
    with_lost, _ = world.paid(tmp_path, HindsightTerms(**{**free, "unserved_usd": 10.0}))
    with_late, _ = world.paid(tmp_path, HindsightTerms(**{**free, "late_usd": 10.0}))

    assert carriage == pytest.approx(shipments["expected_usd"].sum())
    assert unserved == (orders["units"] - orders["units_shipped"]).sum() > 0
    assert with_splits - carriage == pytest.approx(10.0 * (len(shipments) - shipments["order"].nunique()))
    assert with_lost - carriage == pytest.approx(10.0 * unserved)
    late = (with_late - carriage) / 10.0
    assert late == pytest.approx(round(late))
    assert 0 < late < len(shipments)


def test_a_parcel_that_waits_for_nothing_arrives_no_later_than_any_that_was_sent(tmp_path: Path) -> None:
    design = a_design("earliest", "routing=min_cost")
    model = build(design.config, "earliest")
    simulate(model, tmp_path, design.config.study.seed, 0)
    world = World.of(model, design.config.study.seed, 0)
    book = model.shelves.book
    shipments = pd.read_parquet(tmp_path / "shipments.parquet")

    for row in shipments.head(300).itertuples(index=False):
        order = world.orders[row.order]
        (offer,) = (
            way
            for way in book.ways(order.destination, order.service_level)
            if (way.node, way.service) == (row.node, row.service)
        )
        dock = world.run.docks[offer.pickup]
        assert world.earliest(order, offer) <= dock.arrival_if_departed(row.departed_at, offer.transit_days)


def test_a_single_design_has_no_gap() -> None:
    with pytest.raises(UsageError, match=r"needs an incumbent and at least one candidate; found only 'min_cost'"):
        refuse_if_no_gap([a_design("min_cost")])


def test_designs_that_differ_in_more_than_routing_are_refused() -> None:
    designs = [a_design("a"), a_design("b", "demand.orders_per_day=101")]

    with pytest.raises(UsageError, match=r"these designs differ in more than routing.\nGive one list"):
        refuse_if_no_gap(designs)


def test_deliveries_are_refused_because_each_policy_would_order_differently() -> None:
    designs = [a_design(policy, f"routing={policy}", "replenishment=order_up_to") for policy in POLICIES[:2]]

    with pytest.raises(UsageError, match=r"replenishment.kind: 'order_up_to'\n  expected: none"):
        refuse_if_no_gap(designs)


def test_order_tables_must_be_kept() -> None:
    designs = [a_design(policy, f"routing={policy}", "study.order_tables=false") for policy in POLICIES[:2]]

    with pytest.raises(UsageError, match=r"study.order_tables: false\n  expected: true"):
        refuse_if_no_gap(designs)
