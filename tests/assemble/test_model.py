"""A whole model, or every reason why there is none."""

from __future__ import annotations

import pytest

from twin.domain.errors import ConfigurationError
from twin.policies.routing.min_cost import MinCost


def test_a_model_holds_all_that_a_run_needs(tiny) -> None:
    tiny.set("replenishment", {"kind": "order_up_to", "review_at": "05:30", "patience_days": 2, "unfilled": "cancel"})

    model = tiny.build()

    assert model.network.name == "tiny"
    assert model.routing == MinCost()
    assert model.horizon.order_days == 7
    assert model.horizon.days == model.horizon.timeline.days == 14
    assert (model.review_days, model.review_hour) == (1, 5.5)
    assert (model.unfilled, model.patience_hours) == ("cancel", 48.0)
    assert model.demand(1, 0, ()).day(0, 0).orders > 0


def test_everything_that_is_wrong_is_said_at_once_and_once(tiny) -> None:
    tiny.set("routing", {"kind": "min_cost", "late_us": 3})
    tiny.set("network.nodes.reno.zip3", "999")
    tiny.set("network.stock", "stock.csv")
    tiny.set("network.cartons", "carton.csv")
    tiny.cell("stock.csv", 2, "sku", "vase")
    tiny.cell("rates.csv", 3, "price_usd", "-10")
    tiny.cell("services.csv", 3, "fuel_rate", "inf")
    tiny.cell("carbon.csv", 2, "value", "x")
    tiny.set("demand.service_levels.standard.share", 0.5)
    tiny.set("disruptions.events", {"oops": {"scope": "node", "targets": ["ren"], "starts_day": 1, "duration": 3}})
    tiny.set("study.measures.cost_per_order.primary", False)

    said = [problem.found for problem in tiny.problems()]

    assert sorted(said) == sorted([
        "late_us = 3",
        "network.nodes.reno.zip3: '999'",
        "network.cartons: no table 'carton.csv'",
        "sku 'vase'",
        "price_usd = '-10'",
        "fuel_rate = 'inf'",
        "value = 'x'",
        "demand.service_levels: shares that add up to 0.5",
        "disruptions.events.oops.targets: node 'ren'",
        "study.measures: 0 primary measures",
    ])  # fmt: skip


@pytest.mark.parametrize(
    ("key", "table"),
    [
        ("network.places", "places.csv"),
        ("network.zone_bands", "zone_bands.csv"),
        ("network.products", "products.csv"),
        ("network.cartons", "cartons.csv"),
        ("network.holidays", "holidays.csv"),
        ("carriers.services", "services.csv"),
        ("carriers.rates", "rates.csv"),
        ("carriers.transit", "transit.csv"),
        ("carriers.delays", "delays.csv"),
        ("carbon.factors", "carbon.csv"),
        ("demand.hours", "hours.csv"),
        ("demand.weekdays", "weekdays.csv"),
        ("demand.season", "season.csv"),
        ("network.stock", "stock.csv"),
    ],
)
def test_a_missing_table_is_one_problem_with_the_key_that_names_it(tiny, key: str, table: str) -> None:
    name = f"{table}x"
    tiny.set(key, [name] if key.startswith("carriers.") else name)

    (problem,) = tiny.problems(origin=lambda key: f"said by {key}")

    assert problem.where == f"said by {key}"
    assert problem.found == f"{key}: no table {name!r}"
    assert problem.cure == f"did you mean {table!r}?"


@pytest.mark.parametrize("table", ["places.csv", "zone_bands.csv", "products.csv", "cartons.csv", "holidays.csv",
                                   "services.csv", "rates.csv", "transit.csv", "delays.csv", "carbon.csv"])  # fmt: skip
def test_a_table_without_its_columns_is_named_with_what_it_should_have(tiny, table: str) -> None:
    tiny.write(table, [["nothing"], ["here"]])

    problems = tiny.problems()

    assert {problem.where for problem in problems} == {table}
    assert all(problem.found.startswith("no column ") for problem in problems)


def test_a_policy_that_refuses_its_values_is_a_problem_like_any_other(tiny) -> None:
    tiny.set("routing", {"kind": "min_cost", "max_shipments": 0})

    (problem,) = tiny.problems(origin=lambda key: f"said by {key}")

    assert (problem.where, problem.expected) == ("said by routing", "max_shipments must be at least 1, got 0")


def test_a_model_that_cannot_be_is_refused_before_the_clock_starts(tiny) -> None:
    tiny.set("network.nodes.columbus.zip3", "999")

    with pytest.raises(
        ConfigurationError, match=r"network.nodes.columbus.zip3: '999'\n  expected: a ZIP3 of places.csv"
    ):
        tiny.build()


def test_a_rule_that_names_what_the_scenario_lacks_is_refused(tiny) -> None:
    rules = [{"kind": "ranked_locations", "locations": ["renno", "dc"]}, {"kind": "default_location", "location": "x"}]
    tiny.set("routing", {"kind": "rule_stack", "rules": rules})

    problems = tiny.problems()

    assert [problem.found for problem in problems] == [
        "routing.rules[0].locations: 'renno'",
        "routing.rules[1].location: 'x'",
    ]
    assert [problem.cure for problem in problems] == ["did you mean 'reno'?", "name one that exists"]


def test_order_management_reaches_the_model(tiny) -> None:
    tiny.set("dom", {"commit": "at_run", "run_every_minutes": 60, "safety_stock": [{"units": 2, "groups": ["reno"]}]})

    model = tiny.build()

    assert (model.order_management.commit, model.order_management.run_every_hours) == ("at_run", 1.0)
    assert set(model.safety_stock) == {"reno"}
    assert set(model.safety_stock["reno"].values()) == {2}


def test_the_forecast_reaches_as_far_as_stock_lasts(tiny) -> None:
    model = tiny.build()

    forecast = model.forecast
    assert set(forecast.destinations) == set(model.network.places)
    by_region: dict[str, float] = {}
    for zip3, share in forecast.destinations.items():
        region = model.network.places[zip3].region
        by_region[region] = by_region.get(region, 0.0) + share
    assert all(share == pytest.approx(1.0) for share in by_region.values())
    leads = [node.supply.lead_hours.mean / 24 for node in model.network.nodes.values() if node.supply]
    assert forecast.days == (1 + sum(leads) / len(leads) if leads else float("inf"))


def test_without_deliveries_the_forecast_has_no_end(tiny) -> None:
    assert tiny.build().forecast.days < float("inf")
    tiny.set("replenishment", {"kind": "none", "opening_days_of_cover": 14})

    assert tiny.build().forecast.days == float("inf")
