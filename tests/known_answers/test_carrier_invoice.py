"""A carrier's invoice written by hand, to the cent: label, fuel, home delivery, area, size and season."""

from __future__ import annotations

import pytest

from tests.factories import Tables, a_model, a_network, a_node, a_service, an_order, run
from twin.domain.surcharges import SurchargeRule, Surcharges
from twin.simulation.invoices import SURCHARGES

RULES = (
    SurchargeRule("area", 6.5, area="remote"),
    SurchargeRule("additional_handling", 18.5, weight_over_lb=4),
    SurchargeRule("peak", 0.4, starts_at=24.0, ends_at=48.0),
)


@pytest.fixture(scope="module")
def invoice(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """A mug in town, a mug far away, a lamp, and mugs as the season begins and after its end."""
    service = a_service(surcharges=Surcharges(fuel_rate=0.1, residential_usd=0.5, rules=RULES))
    network = a_network([a_node()], services=[service], areas={"895": "remote"})
    orders = [
        an_order(9.0, "432", 120.0, mug=1),
        an_order(9.5, "895", 200.0, mug=1),
        an_order(10.0, "432", 120.0, lamp=1),
        an_order(24.5, "432", 120.0, mug=1),
        an_order(48.5, "432", 120.0, mug=1),
    ]
    return run(a_model(network, orders, order_days=3), tmp_path_factory.mktemp("invoice"))


@pytest.mark.parametrize(
    ("column", "usd"),
    [
        ("label_usd", [5.0, 8.0, 10.0, 5.0, 5.0]),  # zones 1 and 4; the lamp's box is billed as 18 lb
        ("fuel_usd", [0.5, 0.8, 1.0, 0.5, 0.5]),
        ("residential_usd", [0.5] * 5),
        ("area_usd", [0.0, 6.5, 0.0, 0.0, 0.0]),
        ("additional_handling_usd", [0.0, 0.0, 18.5, 0.0, 0.0]),  # it weighs 2.4 kg, 6 lb
        ("oversize_usd", [0.0] * 5),
        ("peak_usd", [0.0, 0.0, 0.0, 0.4, 0.0]),  # priced when it is routed, on Tuesday
        ("surcharge_usd", [1.0, 7.8, 20.0, 1.4, 1.0]),
    ],
)
def test_every_line_of_the_invoice_is_right(invoice: Tables, column: str, usd: list[float]) -> None:
    assert invoice.shipments.sort_values("order")[column].tolist() == pytest.approx(usd, abs=1e-5)


def test_the_parts_of_the_surcharges_add_up(invoice: Tables) -> None:
    parts = invoice.shipments[list(SURCHARGES)].sum(axis=1)

    assert parts.tolist() == pytest.approx(invoice.shipments["surcharge_usd"].tolist(), abs=1e-9)


def test_routing_expected_what_was_invoiced(invoice: Tables) -> None:
    paid = invoice.shipments[["label_usd", "surcharge_usd", "handling_usd", "packaging_usd"]].sum(axis=1)

    assert invoice.shipments["expected_usd"].tolist() == pytest.approx(paid.tolist(), abs=1e-5)
