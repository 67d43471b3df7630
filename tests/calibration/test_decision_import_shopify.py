"""Fulfillment orders of Shopify become decisions: those of one order make one."""

from __future__ import annotations

import pytest

from tests.calibration.decision_exports import SHOPIFY, imported, written
from tests.calibration.routing_exports import changed
from twin.domain.errors import ConfigurationError
from twin.policies.contract import LineMessage

GRAPHQL = [
    {
        "id": "gid://shopify/FulfillmentOrder/1",
        "order": {"id": "gid://shopify/Order/5001", "name": "#1001"},
        "status": "OPEN",
        "createdAt": "2025-09-08T16:00:00Z",
        "fulfillAt": "2025-09-09T16:00:00Z",
        "assignedLocation": {"name": "Hub", "location": {"id": "gid://shopify/Location/77"}},
        "destination": {"zip": "43210"},
        "lineItems": {"nodes": [{"id": "l1", "sku": "mug", "totalQuantity": 2, "remainingQuantity": 2}]},
        "deliveryMethod": {"methodType": "SHIPPING", "maxDeliveryDateTime": "2025-09-13T00:00:00Z"},
    },
    {
        "order": {"id": "gid://shopify/Order/5001"},
        "createdAt": "2025-09-08T16:00:00Z",
        "assignedLocation": {"name": "columbus"},
        "destination": {"zip": "43210"},
        "lineItems": {"edges": [{"node": {"sku": "lamp", "totalQuantity": 1}}]},
    },
]


def test_fulfillment_orders_of_one_order_are_one_decision(tmp_path) -> None:
    found = imported(tmp_path, "shopify", SHOPIFY)

    (one,) = found.log
    assert [(shipment.node, shipment.lines) for shipment in one.decision.shipments] == [
        ("columbus", (LineMessage("mug", 2),)),
        ("reno", (LineMessage("lamp", 1),)),
    ]
    assert (one.decision.status, found.numbers, found.left_out) == ("FULL", {"5001": 5001}, ())


def test_the_time_of_delivery_that_was_named_is_the_promise(tmp_path) -> None:
    (one,) = imported(tmp_path, "shopify", SHOPIFY).log

    order = one.request.order
    assert (order.placed_at, order.promised_by) == (12.0, 4 * 24 + 20.0)
    assert (order.destination, order.service_level) == ("432", "standard")


def test_when_it_is_to_be_shipped_is_no_promise_and_kept(tmp_path) -> None:
    (one,) = imported(tmp_path, "shopify", changed(SHOPIFY, 0, delivery_method=None)).log

    assert one.request.order.promised_by == 8 * 24.0
    assert one.outcome["fulfill_by"] == ["2025-09-10T12:00:00-04:00"]


def test_another_service_level_can_be_named(tmp_path) -> None:
    (one,) = imported(tmp_path, "shopify", SHOPIFY, service_level="next_day").log

    assert one.request.order.service_level == "next_day"
    assert {shipment.service for shipment in one.decision.shipments} == {"parcel_air"}


def test_graphql_says_the_same_in_names_of_its_own(tmp_path) -> None:
    facilities = written(tmp_path, "facility,node\ngid://shopify/Location/77,reno\n", "by_id.csv")

    found = imported(tmp_path, "shopify", GRAPHQL, facilities=facilities)

    (one,) = found.log
    assert [(shipment.node, shipment.lines[0].sku) for shipment in one.decision.shipments] == [
        ("reno", "mug"),
        ("columbus", "lamp"),
    ]
    assert found.numbers == {"gid://shopify/Order/5001": 0}
    assert one.outcome["fulfill_at"] == ["2025-09-09T16:00:00Z"]
    assert found.left_out == ()


def test_orders_whose_ids_are_no_numbers_are_numbered_in_order_of_time(tmp_path) -> None:
    later = changed(SHOPIFY[:1], 0, order_id="X-2", created_at="2025-09-08T15:00:00-04:00")

    found = imported(tmp_path, "shopify", [*later, *changed(SHOPIFY[:1], 0, order_id="X-10")])

    assert found.numbers == {"X-10": 0, "X-2": 1}
    assert [one.request.order.order_number for one in found.log] == [0, 1]
    assert [one.outcome["order_id"] for one in found.log] == ["X-10", "X-2"]


def test_a_cancelled_fulfillment_order_is_listed(tmp_path) -> None:
    found = imported(tmp_path, "shopify", changed(SHOPIFY, 1, status="CANCELLED"))

    assert [one.where for one in found.left_out] == ["[1]"]
    assert "was cancelled" in found.left_out[0].why
    assert len(found.log[0].decision.shipments) == 1


def test_a_record_of_no_order_is_listed(tmp_path) -> None:
    found = imported(tmp_path, "shopify", changed(SHOPIFY, 1, order_id=None))

    assert [one.why for one in found.left_out] == ["it does not say which order it is of (order_id)"]


@pytest.mark.parametrize(
    ("to", "message"),
    [
        ({"assigned_location": None}, r"assigned_location: null\n  expected: an object with the name of the location"),
        ({"line_items": [{"quantity": 1}]}, r"line_items\[0\]\.sku: nothing\n  expected: the SKU of the line"),
        ({"created_at": "2025-09-08T12:00:00"}, r"created_at: .*\n  expected: an ISO date and time with its zone"),
        ({"line_items": "mug"}, r"line_items: \"mug\"\n  expected: a list of objects"),
    ],
)
def test_malformed_fulfillment_orders_are_refused(tmp_path, to, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        imported(tmp_path, "shopify", changed(SHOPIFY, 0, **to))


@pytest.mark.parametrize(
    ("to", "why"),
    [
        ({"line_items": [{"sku": "cup", "quantity": 1}]}, "the catalogue has no SKU 'cup'"),
        ({"destination": {"zip": "99999"}}, "it goes to the postal code '99999', which no ZIP3 of the network's"),
        ({"destination": None}, "it goes to no postal code, which"),
        ({"line_items": []}, "the export does not say what was ordered"),
        ({"created_at": None}, "the export does not say when it was"),
        (
            {"created_at": "2025-09-10T12:00:00-04:00"},
            "it was decided on 2025-09-10T12:00:00-04:00, orders come in from 2025-09-08 to 2025-09-09; set study",
        ),
        (
            {"assigned_location": {"name": "columbs"}},
            "facility 'columbs' is no node of the network; map it with --facilities, perhaps 'columbus'",
        ),
    ],
)
def test_an_order_without_a_place_in_the_scenario_is_left_out_with_its_reason(tmp_path, to, why: str) -> None:
    stranger = changed(SHOPIFY[:1], 0, order_id=6000, **to)

    found = imported(tmp_path, "shopify", [*SHOPIFY, *stranger])

    assert [(one.where, one.found) for one in found.left_out] == [("[2]", "order '6000'")]
    assert why in found.left_out[0].why
    assert (found.orders_left_out, found.numbers) == (1, {"5001": 5001})


def test_where_no_order_has_a_place_the_import_fails_with_the_reasons(tmp_path) -> None:
    export = changed(SHOPIFY, 1, assigned_location={"name": "Somewhere"})

    with pytest.raises(ConfigurationError, match=r"export\.json, \[0\]: order '5001': facility 'Somewhere' is no node"):
        imported(tmp_path, "shopify", export)
