"""Small exports of decisions, made by hand; field names are the systems' own, everything else is ours."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from tests.factories import CHICAGO_PLACE, COLUMBUS, RENO, a_departure, a_level, a_model, a_network, a_node, a_service
from twin.calibration.decision_import import ImportedDecisions, ProductionOrder, Sources, read_decisions
from twin.policies.contract import LineMessage, OrderMessage
from twin.simulation.world import Model

HOTWAX: list[dict[str, Any]] = [
    {
        "orderId": "A-1",
        "shipGroupSeqId": "00001",
        "orderItemSeqId": "00101",
        "finalReason": "FULLY_BROKERED",
        "finalAssignments": [
            {"facilityId": "columbus", "routedQty": 2, "itemQty": 3},
            {"facilityId": "WEST_HUB", "routedQty": "1.0", "itemQty": 3},
        ],
        "ruleAttempts": [
            {
                "routingRuleId": "R1", "sequenceNum": 1, "durationMs": 12, "suggestedFulfillmentLocations": [],
                "outcome": "PARTIAL_BROKER", "runNextRule": True, "errorMessage": None,
            },
        ],
    },
    {
        "orderId": "A-1",
        "shipGroupSeqId": "00001",
        "orderItemSeqId": "00102",
        "finalReason": "UNFILLABLE",
        "finalAssignments": [{"facilityId": None, "routedQty": 1, "itemQty": 1}],
    },
]  # fmt: skip

MSI: list[dict[str, Any]] = [
    {
        "order_id": "100",
        "created_at": "2025-09-08 16:00:00",
        "algorithmCode": "priority",
        "inventoryRequest": {
            "stockId": 2,
            "items": [{"sku": "mug", "qty": 3}, {"sku": "lamp", "qty": 1}],
            "extension_attributes": {
                "destination_address": {"country": "US", "postcode": "60614", "city": "Chicago", "region": "IL"}
            },
        },
        "result": {
            "source_selection_items": [
                {"source_code": "columbus", "sku": "mug", "qty_to_deduct": 2, "qty_available": 2},
                {"source_code": "WEST_HUB", "sku": "mug", "qty_to_deduct": 1, "qty_available": 9},
                {"source_code": "columbus", "sku": "lamp", "qty_to_deduct": 0, "qty_available": 0},
            ],
            "shippable": False,
        },
    },
]

SHOPIFY: list[dict[str, Any]] = [
    {
        "id": 1,
        "order_id": 5001,
        "status": "open",
        "created_at": "2025-09-08T12:00:00-04:00",
        "fulfill_by": "2025-09-10T12:00:00-04:00",
        "assigned_location": {"name": "columbus", "location_id": 77, "zip": "43215"},
        "destination": {"zip": "43210", "city": "Columbus"},
        "line_items": [{"id": 9, "sku": "mug", "quantity": 2, "fulfillable_quantity": 2}],
        "delivery_method": {"id": 3, "method_type": "shipping", "max_delivery_date_time": "2025-09-12T20:00:00-04:00"},
    },
    {
        "id": 2,
        "order_id": 5001,
        "status": "open",
        "created_at": "2025-09-08T12:00:01-04:00",
        "assigned_location": {"name": "West hub", "location_id": 78},
        "destination": {"zip": "43210"},
        "line_items": [{"id": 10, "sku": "lamp", "quantity": 1}],
    },
]
EXPORTS = {"hotwax": HOTWAX, "msi": MSI, "shopify": SHOPIFY}
FACILITIES = "facility,node\nWEST_HUB,reno\nWest hub,reno\n"


@cache
def model() -> Model:
    """Columbus and Reno, by ground and for three times the price by air, on two days from Monday, 2025-09-08."""
    departures = (a_departure(), a_departure("parcel_air"))
    nodes = [a_node("columbus", COLUMBUS, departures=departures), a_node("reno", RENO, departures=departures)]
    air = a_service("parcel_air", 3.0, mode="air", typical_days=(1, 1, 1, 2))
    network = a_network(
        nodes,
        places=(COLUMBUS, CHICAGO_PLACE, RENO),
        services=[a_service(), air],
        levels=[a_level(services=("parcel_ground", "parcel_air")), a_level("next_day", ("parcel_air",))],
    )
    return a_model(network, [])


def orders(promised_by: float = 144.0, **lines: int) -> dict[str, ProductionOrder]:
    """Order A-1 of three mugs and a lamp to Columbus, placed on Monday at half past nine."""
    wanted = tuple(LineMessage(sku, units) for sku, units in (lines or {"mug": 3, "lamp": 1}).items())
    message = OrderMessage(4, 9.5, "web", "432", "standard", promised_by, wanted)
    return {"A-1": ProductionOrder(message, {"00101": "mug", "00102": "lamp"})}


def written(folder: Path, text: Any, name: str = "export.json") -> Path:
    """Write an export or a table into a file."""
    file = folder / name
    file.write_text(text if isinstance(text, str) else json.dumps(text), "utf-8")
    return file


def imported(folder: Path, system: str, export: Any, name: str = "export.json", **sources: Any) -> ImportedDecisions:
    """Read an export; one of HotWax with its order, all with the table of facilities."""
    known = orders() if system == "hotwax" else None
    given = {"orders": known, "facilities": written(folder, FACILITIES, "facilities.csv"), **sources}
    return read_decisions(system, written(folder, export, name), model(), Sources(**given))
