"""Reads results of Magento's source selection with the requests they answer: which source deducts how much."""

from __future__ import annotations

from twin.calibration.decision_import.orders import KnownOrders
from twin.calibration.decision_import.taken import Shipped, Taken, Units, instant, node_of, units
from twin.calibration.routing_import.names import Names
from twin.calibration.routing_import.reading import Reader

ADDRESS_FACTS = ("country", "street", "region", "city")
NO_ORDER = "it does not say which order it is about (order_id or increment_id)"


def read(pair: Reader, names: Names, orders: KnownOrders) -> Taken | None:  # noqa: ARG001  (as all importers)
    """Return which sources are to ship what was asked for, with the stock that each said it had.

    An instant without a time zone is taken as UTC, which the shop's database keeps.
    """
    order_id = pair.text("order_id") or pair.text("increment_id")
    request, result = pair.child("inventoryRequest"), pair.child("result")
    if request is None or result is None:
        pair.problem("result", "an object with inventoryRequest and result", "log the request with its result")
        return None
    pair.pass_over("increment_id", "algorithmCode")
    if not order_id:
        pair.leave_out_this(NO_ORDER)
    asked, postal = _asked(request), _postal(request)
    shipped, stock = _selected(result, names)
    outcome = {"shippable": result.flag("shippable", default=True)}
    decided_at = instant(pair, "created_at", in_utc=True)
    if not order_id:
        return None
    return Taken(pair.where, order_id, tuple(shipped), asked, decided_at, postal, stock=stock, outcome=outcome)


def _asked(request: Reader) -> Units:
    request.pass_over("stockId")
    asked: Units = {}
    for item in request.children("items"):
        sku = item.text("sku")
        asked[sku] = asked.get(sku, 0) + units(item, "qty")
    return asked


def _postal(request: Reader) -> str:
    """Return the postal code that was asked for, nothing where the request has no address."""
    attributes = request.child("extension_attributes")
    address = attributes.child("destination_address") if attributes is not None else None
    if address is None:
        return ""
    address.pass_over(*ADDRESS_FACTS)
    return address.text("postcode")


def _selected(result: Reader, names: Names) -> tuple[list[Shipped], dict[str, Units]]:
    """Return what each source deducts, and what it had; sources that deduct nothing are listed there too."""
    shipped: list[Shipped] = []
    stock: dict[str, Units] = {}
    for item in result.children("source_selection_items"):
        node, sku = node_of(names, item, "source_code"), item.text("sku")
        count = units(item, "qty_to_deduct")
        stock.setdefault(node, {})[sku] = units(item, "qty_available")
        if count:
            shipped.append(Shipped(node, sku, count))
    return shipped, stock
