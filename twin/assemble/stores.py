"""Stores: the shelf behind the books, and what customers of the shop take from it."""

from __future__ import annotations

from collections.abc import Mapping

from twin.assemble.rows import Findings
from twin.config.network import NodeConfig
from twin.domain.counts import as_counts
from twin.domain.network import Network
from twin.domain.shelf import ShelfTerms
from twin.policies.placement import DailyUnits


def shelf_terms(node: NodeConfig, where: str, findings: Findings) -> ShelfTerms | None:
    """Return what is known of a node's shelf; None where its books are right."""
    given = node.shelf
    if given is None:
        return None
    if node.found_rate < 1:
        findings.add_key(
            f"{where}.found_rate", f"{node.found_rate:g} beside a shelf", "1, since the shelf says what is found",
            "set found_rate to 1, or shelf to null",
        )  # fmt: skip
    try:
        return ShelfTerms(**{**given.model_dump(), "wrong_by": as_counts(given.wrong_by)})
    except ValueError as fault:
        expected = "whole numbers from 1, of kind deterministic, discrete or empirical"
        findings.add_key(f"{where}.shelf.wrong_by", str(fault), expected, "give each number its share")
        return None


def with_walk_ins(expected: DailyUnits, network: Network) -> DailyUnits:
    """Return the units a day that each node should lose by SKU, with what customers of its shop want."""
    return {name: {**by_sku, **_walk_ins(network, name, by_sku)} for name, by_sku in expected.items()}


def _walk_ins(network: Network, name: str, by_sku: Mapping[str, float]) -> dict[str, float]:
    """Return the sum of both by SKU, for the products that the node carries."""
    node = network.nodes[name]
    if node.shelf is None or not node.shelf.walk_in_units_per_day:
        return {}
    carried = {sku: product.popularity for sku, product in network.products.items() if sku in node.assortment}
    total = sum(carried.values()) or 1.0
    wanted = node.shelf.walk_in_units_per_day / total
    return {sku: by_sku.get(sku, 0.0) + wanted * popularity for sku, popularity in carried.items()}
