"""Nodes that pack by a standard of their own: other boxes of the same goods, at what these cost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import BOX, COLUMBUS, MAILER, RENO, Tables, a_level, a_model, a_network, a_node, an_order, run
from tests.laws.checking import shipments_add_up_to_orders
from tests.policies.worlds import lines_of
from twin.domain.cartons import Carton, PackingStandard
from twin.domain.network import Network
from twin.domain.orders import Lines
from twin.policies.cartons import Packer
from twin.policies.offers import OfferBook

CRATE = Carton("crate", (60.0, 40.0, 40.0), max_weight_kg=20.0, tare_kg=3.0, cost_usd=2.0, co2e_kg=1.5)
CRATES = PackingStandard((CRATE,))
EACH_APART = PackingStandard((BOX,), lines_together=False)
GROUND = [a_level(services=("parcel_ground",))]


def a_network_with(standard: PackingStandard | None) -> Network:
    """Columbus packs as the network does, the wholesaler beside it by its own standard."""
    wholesaler = a_node("wholesaler", COLUMBUS, packing_standard=standard)
    return a_network([a_node("columbus", COLUMBUS), wholesaler, a_node("reno", RENO)], levels=GROUND)


def test_a_node_packs_into_boxes_of_its_own() -> None:
    network = a_network_with(CRATES)

    parcels = Packer.of(network).pack(lines_of(mug=1))

    own = parcels.packed_at("wholesaler")
    assert parcels.packed_at("columbus") is parcels.packed_at("reno") is parcels
    assert (own.packaging_usd, own.packaging_co2e_kg) == (2.0, 1.5)
    assert own.weight_kg - parcels.weight_kg == pytest.approx(CRATE.tare_kg - MAILER.tare_kg)
    assert own.signature != parcels.signature


def test_a_node_that_packs_each_line_apart_sends_as_many_boxes_as_lines() -> None:
    network = a_network_with(EACH_APART)

    parcels = Packer.of(network).pack(lines_of(mug=2, book=1))

    assert len(parcels.packed_at("wholesaler").signature) == 2
    assert len(parcels.signature) == 1
    assert parcels.packed_at("wholesaler").units == 3


def test_a_network_without_standards_packs_once() -> None:
    assert Packer.of(a_network_with(None)).pack(lines_of(mug=1)).by_node is None


@pytest.mark.parametrize("standard", [CRATES, EACH_APART])
@given(mugs=st.integers(1, 3), books=st.integers(0, 3))
def test_offers_of_a_node_are_those_of_a_network_that_packs_as_it_does(
    standard: PackingStandard, mugs: int, books: int
) -> None:
    network = a_network_with(standard)
    own = PackingStandard(standard.cartons, standard.lines_together)
    alike = replace(network, nodes={name: replace(node, packing_standard=own) for name, node in network.nodes.items()})
    lines = lines_of(mug=mugs, **({"book": books} if books else {}))

    here, there = (prices(one, lines) for one in (network, alike))
    plain = prices(a_network_with(None), lines)

    assert here["wholesaler"] == pytest.approx(there["wholesaler"])
    assert here["columbus"] == pytest.approx(plain["columbus"])
    assert here["reno"] == pytest.approx(plain["reno"])


def prices(network: Network, lines: Lines) -> dict[str, tuple[float, float, int]]:
    """Return what each node's boxes cost to send and all in all, and the pounds billed."""
    parcels = Packer.of(network).pack(lines)
    offers = OfferBook(network).offers("432", "standard", parcels)
    return {one.node: (one.freight_usd, one.cost_usd + parcels.packaging_usd, one.billable_lb) for one in offers}


def test_boxes_that_differ_in_price_alone_do_not_share_a_price_list() -> None:
    light, strong = (replace(MAILER, carton_id=name, max_weight_kg=kg, cost_usd=usd)
                     for name, kg, usd in (("light", 0.5, 1.0), ("strong", 5.0, 3.0)))  # fmt: skip
    network = a_network_with(PackingStandard((light, strong)))
    packer = Packer.of(network)

    mug, book = packer.pack(lines_of(mug=1)), packer.pack(lines_of(book=1))

    assert mug.signature == book.signature == book.packed_at("wholesaler").signature
    assert mug.packed_at("wholesaler").signature == mug.signature
    assert mug.key != book.key
    assert prices(network, lines_of(book=1))["wholesaler"][1] == prices(network, lines_of(mug=1))["wholesaler"][1] + 2.0


@pytest.fixture
def day(tmp_path: Path) -> Tables:
    """Two orders that the wholesaler next door ships, since nobody else has the goods."""
    stock = {"columbus": {}, "reno": {}, "wholesaler": {"mug": 9, "book": 9, "lamp": 9}}
    stock = {name: {"mug": 0, "book": 0, "lamp": 0, **units} for name, units in stock.items()}
    orders = [an_order(9.0, mug=1), an_order(9.5, mug=1, book=1)]
    return run(a_model(a_network_with(CRATES), orders, stock=stock), tmp_path)


def test_what_is_invoiced_and_emitted_is_what_was_packed(day: Tables) -> None:
    shipments = day.shipments.sort_values("order")

    assert shipments["node"].tolist() == ["wholesaler"] * 2
    assert shipments["packaging_usd"].tolist() == [2.0, 2.0]
    assert shipments["packaging_co2e_kg"].tolist() == [1.5, 1.5]
    assert shipments["packages"].tolist() == [1, 1]
    assert (shipments["weight_kg"] > CRATE.tare_kg).all()


def test_routing_expected_what_its_boxes_cost(day: Tables) -> None:
    paid = day.shipments[["label_usd", "surcharge_usd", "handling_usd", "packaging_usd"]].sum(axis=1)

    assert day.shipments["expected_usd"].tolist() == pytest.approx(paid.tolist(), abs=1e-5)
    shipments_add_up_to_orders(day)
