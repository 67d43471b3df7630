"""Order management from its configuration: minutes to hours, reasons, and the units that nodes keep back."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import PRODUCTS, RENO, a_network, a_node
from twin.assemble.order_management import order_management, safety_stock
from twin.assemble.rows import Findings
from twin.config.order_management import OrderManagementConfig
from twin.domain.errors import ConfigurationError
from twin.simulation.order_management import OrderManagement, RejectionReason

NETWORK = a_network([a_node(groups=frozenset({"east"})), a_node("reno", RENO, kind="store")])


def configured(**given: Any) -> OrderManagementConfig:
    return OrderManagementConfig.model_validate(given)


def kept(*rules: dict[str, Any]) -> dict[str, dict[str, int]]:
    findings = Findings(str)
    found = safety_stock(configured(safety_stock=list(rules)), NETWORK, findings)
    findings.refuse()
    return {node: dict(units) for node, units in found.items()}


def refused(**given: Any) -> str:
    findings = Findings(str)
    config = configured(**given)
    order_management(config, findings)
    safety_stock(config, NETWORK, findings)
    with pytest.raises(ConfigurationError) as raised:
        findings.refuse()
    return str(raised.value)


def test_nothing_said_means_routing_at_once_on_live_stock() -> None:
    management = order_management(configured(), Findings(str))

    assert management == OrderManagement()
    assert management.is_direct


def test_minutes_become_hours_and_reasons_keep_their_order() -> None:
    config = configured(
        commit="at_run", run_every_minutes=30, stock_lag_minutes=90, cart_hold_minutes=6, abandoned_carts_per_order=2,
        rejections={"MISMATCH": {"share": 0.25, "effect": "corrected"}, "OTHER": {"share": 0.75}},
    )  # fmt: skip

    management = order_management(config, Findings(str))

    assert (management.run_every_hours, management.stock_lag_hours) == (0.5, 1.5)
    assert management.cart_hold_hours == pytest.approx(0.1)
    assert management.rejections == (
        RejectionReason("MISMATCH", 0.25, "corrected"), RejectionReason("OTHER", 0.75, "none"),
    )  # fmt: skip
    assert not management.is_direct


def test_of_several_rules_the_last_that_matches_counts() -> None:
    found = kept({"units": 3}, {"units": 1, "groups": ["store"]}, {"units": 0, "skus": ["mug"]})

    assert found == {
        "columbus": {"mug": 0, "lamp": 3, "book": 3},
        "reno": {"mug": 0, "lamp": 1, "book": 1},
    }  # fmt: skip


@pytest.mark.parametrize("group", ["columbus", "dc", "east"])
def test_a_rule_names_nodes_by_name_kind_or_group(group: str) -> None:
    assert kept({"units": 2, "groups": [group]}) == {"columbus": dict.fromkeys(("mug", "lamp", "book"), 2)}


def test_a_rule_names_products_by_category_and_class() -> None:
    assert {product.category for product in PRODUCTS} == {"home"}
    assert kept({"units": 2, "categories": ["home"], "velocity_classes": ["A"], "groups": ["dc"]})["columbus"] == {
        "mug": 2, "lamp": 2, "book": 2,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"rejections": {"LOST": {"share": 0.5}}},
            "dom.rejections: shares that add up to 0.5\n  expected: 1\n  to mend:  mend the shares",
        ),
        (
            {"commit": "at_release", "stock_lag_minutes": 5},
            "dom.stock_lag_minutes: 5\n  expected: 0 with dom.commit=at_release, which reserves at nodes at once",
        ),
        (
            {"safety_stock": [{"units": 1}, {"units": 1, "groups": ["stores"]}]},
            "dom.safety_stock[1].groups: 'stores'\n  expected: one of 3pl, columbus, dc, distributor, east",
        ),
        ({"safety_stock": [{"units": 1, "skus": ["cup"]}]}, "dom.safety_stock[0].skus: 'cup'\n  expected: one of mug"),
        ({"safety_stock": [{"units": 1, "categories": ["toys"]}]}, "categories: 'toys'\n  expected: one of home"),
        ({"safety_stock": [{"units": 1, "velocity_classes": ["Z"]}]}, "velocity_classes: 'Z'\n  expected: one of A"),
    ],
)
def test_what_does_not_fit_is_named(given: dict[str, Any], message: str) -> None:
    assert message in refused(**given)
