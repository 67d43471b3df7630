"""Reads fulfillment orders of Shopify, each what one location is to ship of an order."""

from __future__ import annotations

from datetime import datetime

from twin.calibration.decision_import.orders import KnownOrders
from twin.calibration.decision_import.taken import Shipped, Taken, Units, all_of, instant, node_of, units
from twin.calibration.routing_import.names import Names
from twin.calibration.routing_import.reading import Reader

NAMES = ("id", "shop_id", "request_status", "requestStatus", "updated_at", "updatedAt")
PLACE_FACTS = ("address1", "address2", "city", "country", "country_code", "countryCode", "phone", "province", "zip")
PERSON_FACTS = ("id", "address1", "address2", "city", "company", "country", "countryCode", "email", "first_name",
                "firstName", "last_name", "lastName", "phone", "province")  # fmt: skip
LINE_FACTS = ("id", "shop_id", "fulfillment_order_id", "line_item_id", "inventory_item_id", "variant_id",
              "fulfillable_quantity", "remainingQuantity")  # fmt: skip
METHOD_FACTS = ("id", "method_type", "methodType", "min_delivery_date_time", "minDeliveryDateTime")
CANCELLED = "the fulfillment order was cancelled; whoever ships instead has one of its own"


def read(record: Reader, names: Names, orders: KnownOrders) -> Taken | None:  # noqa: ARG001  (as all importers)
    """Return what one location is to ship; the fulfillment orders of one order make one decision."""
    order_id = _order_id(record)
    if str(record.values.get("status", "")).lower() in ("cancelled", "canceled"):
        record.leave_out_all(CANCELLED)
        return None
    if not order_id:
        record.leave_out_all("it does not say which order it is of (order_id)")
        return None
    record.pass_over(*NAMES)
    asked = _lines(record)
    node = _location(record, names)
    return Taken(
        record.where,
        order_id,
        tuple(Shipped(node, sku, count) for sku, count in asked.items()),
        asked,
        instant(record, "created_at", "createdAt"),
        _zip(record),
        _promised_at(record),
        outcome=_outcome(record),
    )


def _order_id(record: Reader) -> str:
    order = record.child("order")
    if order is not None:
        order.pass_over("name")
        return order.text("id")
    return record.text("order_id") or record.text("orderId")


def _lines(record: Reader) -> Units:
    """Return the units of each product; GraphQL calls them totalQuantity."""
    asked: Units = {}
    for line in all_of(record, "line_items", "lineItems"):
        line.pass_over(*LINE_FACTS)
        key = "totalQuantity" if "totalQuantity" in line.values else "quantity"
        sku, count = line.text("sku"), units(line, key)
        if not sku:
            line.problem("sku", "the SKU of the line", "export the lines with their SKU")
        elif count:
            asked[sku] = asked.get(sku, 0) + count
    return asked


def _location(record: Reader, names: Names) -> str:
    """Return the node of the assigned location: by its id where the table of facilities has it, else by its name."""
    places = [record.child(key) for key in ("assigned_location", "assignedLocation")]
    for place in filter(None, places):
        place.pass_over(*PLACE_FACTS)
        inner = place.child("location")
        identity = node_of(names, inner, "id") if inner is not None else ""
        node = node_of(names, place, "name", "location_id")
        return identity if identity in names.nodes.values() else node or identity
    record.problem("assigned_location", "an object with the name of the location", "export it with its location")
    return ""


def _zip(record: Reader) -> str:
    address = record.child("destination")
    if address is None:
        return ""
    address.pass_over(*PERSON_FACTS)
    return address.text("zip")


def _promised_at(record: Reader) -> datetime | None:
    """Return until when the customer was told to have it; `fulfill_by` says when it ships, which is no promise."""
    methods = [record.child(key) for key in ("delivery_method", "deliveryMethod")]
    for method in filter(None, methods):
        method.pass_over(*METHOD_FACTS)
        return instant(method, "max_delivery_date_time", "maxDeliveryDateTime")
    return None


def _outcome(record: Reader) -> dict[str, str]:
    """Return what is known of how it went on."""
    keys = {"status": ("status",), "fulfill_at": ("fulfill_at", "fulfillAt"), "fulfill_by": ("fulfill_by", "fulfillBy")}
    said = {name: next(filter(None, map(record.text, names)), "") for name, names in keys.items()}
    return {name: text for name, text in said.items() if text}
