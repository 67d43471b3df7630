"""Where returns go."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import CHICAGO_PLACE, COLUMBUS, RENO, a_network, a_node
from tests.returns import a_desk
from twin.domain.network import Network
from twin.policies.returns import ReturnRoute, store_near

SHOP = {"kind": "store", "returns": a_desk()}


def network(**changed: dict[str, Any]) -> Network:
    """Columbus and Reno, and a shop in Chicago, all of which take everything back unless told otherwise."""
    known: dict[str, dict[str, Any]] = {
        "columbus": {"place": COLUMBUS, "returns": a_desk()},
        "reno": {"place": RENO, "returns": a_desk()},
        "chicago": {"place": CHICAGO_PLACE, **SHOP},
    }
    return a_network([a_node(name, **{**known[name], **changed.get(name, {})}) for name in known])


@pytest.mark.parametrize(
    ("route", "node"),
    [
        (ReturnRoute("origin"), "reno"),
        (ReturnRoute("nearest"), "columbus"),
        (ReturnRoute("store"), "chicago"),
        (ReturnRoute("center", "chicago"), "chicago"),
    ],
)
def test_each_route_leads_where_its_name_says(route: ReturnRoute, node: str) -> None:
    assert route.decide(network(), "432", "mug", "reno") == node


@pytest.mark.parametrize("unfit", [{"returns": None}, {"enabled": False}, {"assortment": frozenset({"book"})}])
@pytest.mark.parametrize("route", [ReturnRoute("origin"), ReturnRoute("center", "reno")])
def test_a_node_that_cannot_sell_it_again_leaves_it_to_the_nearest(route: ReturnRoute, unfit: dict[str, Any]) -> None:
    assert route.decide(network(reno=unfit), "606", "mug", "reno") == "chicago"


def test_what_no_node_keeps_goes_where_returns_are_taken() -> None:
    nothing = {"assortment": frozenset[str]()}
    everywhere = network(columbus=nothing, reno=nothing, chicago=nothing)

    assert ReturnRoute("origin").decide(everywhere, "606", "mug", "reno") == "reno"


def test_of_stores_equally_near_the_first_by_name_is_taken() -> None:
    twins = a_network([a_node(name, CHICAGO_PLACE, **SHOP) for name in ("loop", "hyde_park")])

    assert ReturnRoute("store").decide(twins, "606", "mug", "loop") == "hyde_park"
    assert store_near(twins, "606", "mug", 5.0) == "hyde_park"


@pytest.mark.parametrize(
    ("destination", "within", "store"), [("606", 0.0, "chicago"), ("432", 275.0, None), ("432", 276.0, "chicago")]
)
def test_a_store_is_near_within_so_many_miles(destination: str, within: float, store: str | None) -> None:
    assert store_near(network(), destination, "mug", within) == store


def test_a_store_that_does_not_keep_a_product_is_no_place_to_drop_it_off() -> None:
    assert store_near(network(chicago={"assortment": frozenset({"book"})}), "606", "mug", 9999.0) is None
