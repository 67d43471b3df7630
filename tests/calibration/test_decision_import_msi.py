"""Results of Magento's source selection become decisions, with the stock that they say they saw."""

from __future__ import annotations

import pytest

from tests.calibration.decision_exports import MSI, imported, orders
from tests.calibration.routing_exports import changed
from twin.domain.errors import ConfigurationError
from twin.policies.contract import LineMessage
from twin.policies.snapshot import StockState

SELECTED = MSI[0]["result"]["source_selection_items"]


def test_what_sources_deduct_is_what_their_nodes_ship(tmp_path) -> None:
    found = imported(tmp_path, "msi", MSI)

    (one,) = found.log
    assert [(shipment.node, shipment.lines) for shipment in one.decision.shipments] == [
        ("columbus", (LineMessage("mug", 2),)),
        ("reno", (LineMessage("mug", 1),)),
    ]
    assert one.decision.unfilled == (LineMessage("lamp", 1),)
    assert one.outcome == {"shippable": False, "service_assumed": True, "order_id": "100"}
    assert found.left_out == ()


def test_the_request_is_the_order_with_the_scenarios_level_and_promise(tmp_path) -> None:
    (one,) = imported(tmp_path, "msi", MSI).log

    order = one.request.order
    # 16:00 in UTC is noon in New York; five business days end on Monday at midnight in Chicago
    assert (order.order_number, order.placed_at, order.promised_by) == (100, 12.0, 7 * 24 + 24.0 + 1.0)
    assert (order.channel, order.destination, order.service_level) == ("web", "606", "standard")
    assert order.lines == (LineMessage("mug", 3), LineMessage("lamp", 1))


def test_the_stock_of_the_picture_is_what_each_source_said_it_had(tmp_path) -> None:
    (one,) = imported(tmp_path, "msi", MSI).log

    picture = one.request.snapshot
    assert picture.taken_at == 12.0
    assert {name: node.stock["mug"] for name, node in picture.nodes.items()} == {
        "columbus": StockState(2, 0, 2),
        "reno": StockState(9, 0, 9),
    }
    assert picture.nodes["reno"].stock["lamp"] == StockState(0, 0, 0)


def test_a_known_order_brings_its_own_number_and_promise(tmp_path) -> None:
    known = orders(150.0)
    request = changed(MSI, 0, order_id="A-1", created_at=None)

    found = imported(tmp_path, "msi", request, orders=known)

    assert found.log[0].request.order == known["A-1"].message
    assert found.log[0].request.snapshot.taken_at == 9.5


def test_a_request_for_a_part_of_a_known_order_is_asked_about_that_part(tmp_path) -> None:
    request = changed(MSI, 0, order_id="A-1", created_at="2025-09-08 16:30:00")
    request[0]["inventoryRequest"]["items"] = [{"sku": "mug", "qty": 3}]

    (one,) = imported(tmp_path, "msi", request, orders=orders()).log

    assert one.request.order.lines == (LineMessage("mug", 3),)
    assert one.request.order.placed_at == 9.5
    assert one.request.snapshot.taken_at == 12.5
    assert one.decision.status == "FULL"


def test_several_requests_on_an_order_are_several_decisions(tmp_path) -> None:
    found = imported(tmp_path, "msi", [*MSI, *changed(MSI, 0, created_at="2025-09-08 18:00:00")])

    assert [one.request.snapshot.taken_at for one in found.log] == [12.0, 14.0]
    assert found.numbers == {"100": 100}


def test_a_request_without_an_order_is_listed(tmp_path) -> None:
    found = imported(tmp_path, "msi", [*MSI, *changed(MSI, 0, order_id=None)])

    assert [(one.where, one.why) for one in found.left_out] == [
        ("[1]", "it does not say which order it is about (order_id or increment_id)")
    ]


def test_a_request_with_more_than_the_known_order_has_is_listed(tmp_path) -> None:
    request = changed(MSI, 0, order_id="A-1")
    request[0]["inventoryRequest"]["items"] = [{"sku": "mug", "qty": 4}]

    with pytest.raises(ConfigurationError, match="order 'A-1': it asks for 4 of mug, the order has 3"):
        imported(tmp_path, "msi", request, orders=orders())


def test_a_table_of_stock_has_no_place_beside_it(tmp_path) -> None:
    with pytest.raises(ConfigurationError, match=r"--stock: .*\n  expected: nothing: the export has its stock"):
        imported(tmp_path, "msi", MSI, stock=tmp_path / "stock.csv")


@pytest.mark.parametrize(
    ("to", "message"),
    [
        ({"result": None}, r"\[0\]\.result: null\n  expected: an object with inventoryRequest and result"),
        ({"created_at": "yesterday"}, r"\[0\]\.created_at: \"yesterday\"\n  expected: an ISO date and time"),
        (
            {"result": {"source_selection_items": [{**SELECTED[0], "qty_available": 1.25}]}},
            r"qty_available: 1\.25\n  expected: a whole number of units from 0",
        ),
    ],
)
def test_malformed_results_are_refused(tmp_path, to, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        imported(tmp_path, "msi", changed(MSI, 0, **to))
