"""Small exports of production systems, made by hand; field names are the systems' own, everything else is ours."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from twin.calibration.routing_import import Imported, read_routing

HOTWAX: dict[str, Any] = {
    "routingGroupId": "RUN_1",
    "groupName": "Orders of the day",
    "schedule": {"jobName": "run_1", "cronExpression": "0 */5 * ? * *", "paused": "N"},
    "routings": [
        {
            "orderRoutingId": "R2",
            "routingName": "Everything else",
            "statusId": "ROUTING_ACTIVE",
            "sequenceNum": 20,
            "rules": [{"routingRuleId": "3", "ruleName": "Anybody", "assignmentEnumId": "ORA_MULTI"}],
        },
        {
            "orderRoutingId": "R1",
            "routingName": "Urgent",
            "statusId": "ROUTING_ACTIVE",
            "sequenceNum": 10,
            "orderFilters": [
                {
                    "conditionTypeEnumId": "ENTCT_FILTER",
                    "fieldName": "shipmentMethodTypeId",
                    "operator": "in",
                    "fieldValue": "NEXT_DAY,TWO_DAY",
                },
                {
                    "conditionTypeEnumId": "ENTCT_FILTER",
                    "fieldName": "salesChannelEnumId_excluded",
                    "operator": "not-equals",
                    "fieldValue": "MARKETPLACE",
                },
            ],
            "rules": [
                {
                    "routingRuleId": "1",
                    "ruleName": "A warehouse nearby",
                    "statusId": "RULE_ACTIVE",
                    "sequenceNum": 5,
                    "assignmentEnumId": "ORA_SINGLE",
                    "inventoryFilters": [
                        {"fieldName": "facilityGroupId", "operator": "equals", "fieldValue": "WAREHOUSES"},
                        {"fieldName": "distance", "operator": "less-equals", "fieldValue": "150"},
                        {"fieldName": "measurementSystem", "operator": "equals", "fieldValue": "IMPERIAL"},
                        {"fieldName": "brokeringSafetyStock", "operator": "greater", "fieldValue": "10"},
                        {"conditionTypeEnumId": "ENTCT_SORT_BY", "fieldName": "distance", "sequenceNum": 1},
                        {
                            "conditionTypeEnumId": "ENTCT_SORT_BY",
                            "fieldName": "inventoryForAllocation",
                            "sequenceNum": 2,
                        },
                    ],
                    "actions": [{"actionTypeEnumId": "ORA_NEXT_RULE", "actionValue": ""}],
                },
            ],
        },
    ],
}

SHOPIFY: list[dict[str, Any]] = [
    {"rule": "Minimize split fulfillments", "priority": 1, "enabled": True},
    {"rule": "Stay within the destination market", "priority": 2},
    {"rule": "Use ranked locations", "priority": 3, "locations": [{"name": "reno", "rank": 1}, {"name": "columbus"}]},
    {"rule": "Ship from closest locations", "priority": 4},
]

SPREE: dict[str, Any] = {
    "data": [
        {"id": "or_2", "type": "default_location", "position": 2, "active": True, "preferences": {}},
        {"id": "or_1", "type": "minimize_splits", "position": 1, "active": True, "preferences": {}},
    ],
    "meta": {"page": 1, "pages": 1},
    "stock_locations": [{"id": "sl_1", "name": "columbus", "default": True}, {"id": "sl_2", "name": "Reno hub"}],
}

MSI: dict[str, Any] = {
    "items": [
        {"source_code": "reno", "stock_id": 2, "priority": 2},
        {"source_code": "columbus", "stock_id": 2, "priority": 1},
    ],
    "total_count": 2,
}

STERLING = """<?xml version="1.0" encoding="UTF-8"?>
<AllocationRuleList>
  <AllocationRule AllocationRuleID="SYSTEM" OptimizationType="03" UseGeography="Y"
                  WeightByDistribution="100" WeightByGeography="1.5" ShipTogether="Y"/>
</AllocationRuleList>
"""


def changed(values: Any, *path: Any, **to: Any) -> Any:
    """Return a deep copy of an export, with some keys of the object at a path set."""
    copy = json.loads(json.dumps(values))
    place = copy
    for step in path:
        place = place[step]
    place.update(to)
    return copy


def written(folder: Path, export: Any, name: str = "export.json") -> Path:
    """Write an export into a file."""
    file = folder / name
    file.write_text(export if isinstance(export, str) else json.dumps(export), "utf-8")
    return file


def imported(folder: Path, system: str, export: Any, name: str = "export.json") -> Imported:
    """Read an export as the routing of a system."""
    return read_routing(system, written(folder, export, name))
