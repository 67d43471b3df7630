"""Reads an inventory rule of HotWax Commerce: which facilities may take an order, in what order, and what then."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from twin.calibration.routing_import.hotwax_conditions import IS, UNKNOWN_FIELD, Condition, condition_of
from twin.calibration.routing_import.names import Names
from twin.calibration.routing_import.parts import Part
from twin.calibration.routing_import.reading import YES_OR_NO, Reader, in_turn

RULE_NAMES = ("routingRuleId", "orderRoutingId", "createdDate", "createdByUser", "lastUpdatedStamp", "description")
ACTION_NAMES = ("actionSeqId", "routingRuleId", "createdDate", "lastUpdatedStamp")
ASSIGNMENTS = {"ORA_SINGLE": "single", "ORA_MULTI": "multi"}
MILES_PER_UNIT = {"IMPERIAL": 1.0, "METRIC": 0.621371}
AT_MOST = {"": "at_least", "less-equals": "at_least", "less-than-equals": "at_least", "less": "more_than"}
AT_LEAST = {"": "at_least", "greater-equals": "at_least", "greater-than-equals": "at_least", "greater": "more_than"}
SORTS = {"distance": "distance", "inventoryForAllocation": "stock", "facilityOrderLimit": "orders_left"}
SETTINGS = ("ignoreFacilityOrderLimit", "splitOrderItemGroup", "measurementSystem")
CANCELLING = "when an order is given up is said in conf/replenishment (unfilled, patience_days)"
ACTIONS_ELSEWHERE = {"ORA_RM_CANCEL_DATE": CANCELLING, "ORA_AUTO_CANCEL_DAYS": CANCELLING}

Filter = Callable[[Condition, Part], str]
"""Puts a filter into a rule; returns why it cannot be put there, or nothing."""


def inventory_rule(rule: Reader, names: Names) -> Part | None:
    """Return an inventory rule as the twin writes it, None where it is not active."""
    if rule.text("statusId", "RULE_ACTIVE") != "RULE_ACTIVE":
        rule.leave_out_all("the rule is not active")
        return None
    rule.pass_over(*RULE_NAMES)
    made: Part = {"name": rule.text("ruleName"), "assignment": rule.choice("assignmentEnumId", ASSIGNMENTS, "single")}
    readers = in_turn(rule.children("inventoryFilters", "inventoryConditions"), "sequenceNum", without=0)
    conditions = [condition_of(reader) for reader in readers]
    filters: Mapping[str, Filter] = {
        **FILTERS,
        "facilityGroupId": partial(_groups, names),
        "distance": partial(_distance, _miles_per_unit(conditions)),
    }
    made["sort"] = []  # where a rule has no sort both sides go by lines in full and then by stock
    for condition in conditions:
        why = _sort(names, condition, made) if condition.sorts else _filter(filters, condition, made)
        if why:
            condition.reader.leave_out_this(why)
    for action in rule.children("actions"):
        _act(action, made)
    return made


def _filter(filters: Mapping[str, Filter], condition: Condition, made: Part) -> str:
    """Put a filter of facilities into a rule; return why it cannot be, or nothing."""
    if condition.field not in filters:
        return UNKNOWN_FIELD
    if condition.excludes and condition.field != "facilityGroupId":
        return "only facility groups can be kept out"
    if condition.field in SETTINGS and condition.operator not in IS:
        return f"a setting can be a value, not {condition.operator!r}"
    return filters[condition.field](condition, made)


def _sort(names: Names, condition: Condition, made: Part) -> str:
    """Put a key to sort facilities by into a rule; return why it cannot be, or nothing."""
    if condition.operator:
        condition.reader.leave_out("operator", "the twin sorts each key in one direction, as the original's screens do")
    if condition.field in SORTS:
        made["sort"].append(SORTS[condition.field])
        if condition.reader.values.get("fieldValue"):
            condition.reader.leave_out("fieldValue", "a key to sort by has no value here")
        return ""
    if condition.field != "facilitySequence":
        return UNKNOWN_FIELD
    sequence = names.all_of(condition.reader, "fieldValue")
    if not sequence:
        return "the sequence itself is not in the export; write sort: [sequence] and the names under sequence"
    made["sort"].append("sequence")
    return condition.put(made, "sequence", sequence)


def _groups(names: Names, condition: Condition, made: Part) -> str:
    return condition.put_list(made, "groups", names.all_of(condition.reader, "fieldValue"))


def _distance(miles_per_unit: float, condition: Condition, made: Part) -> str:
    if condition.operator not in AT_MOST:
        return f"a facility can be within a distance, not {condition.operator!r}"
    miles = condition.reader.number("fieldValue") * miles_per_unit
    if why := condition.put(made, "max_miles", round(miles, 3)):
        return why
    return condition.put(made, "max_miles_threshold", AT_MOST[condition.operator])


def _min_stock(condition: Condition, made: Part) -> str:
    if condition.operator not in AT_LEAST:
        return f"a facility can have a minimum of stock, not {condition.operator!r}"
    if why := condition.put(made, "min_stock", condition.reader.number("fieldValue")):
        return why
    return condition.put(made, "threshold", AT_LEAST[condition.operator])


def _no_order_limit(condition: Condition, made: Part) -> str:
    ignored = condition.reader.flag("fieldValue", default=False)
    return condition.put(made, "keep_orders", 0) if ignored else ""


def _split_groups(condition: Condition, made: Part) -> str:  # noqa: ARG001  (as all filters)
    if condition.reader.flag("fieldValue", default=False):
        return ""
    return "lines of the twin are in no item groups; categories that stay together go under keep_together"


def _shipment_value(condition: Condition, made: Part) -> str:
    if condition.operator not in AT_LEAST and condition.operator not in IS:
        return f"a shipment can have a least value, not {condition.operator!r}"
    value = str(condition.reader.values.get("fieldValue")).lower()
    if value in YES_OR_NO and value.isalpha():
        return "the value is a setting of the product store; write it as min_shipment_value_usd"
    return condition.put(made, "min_shipment_value_usd", condition.reader.number("fieldValue"))


def _unit(condition: Condition, made: Part) -> str:  # noqa: ARG001  (as all filters)
    known = condition.reader.text("fieldValue") in MILES_PER_UNIT
    return "" if known else f"no unit the twin knows ({', '.join(MILES_PER_UNIT)}); distances are read as miles"


def _weeks(condition: Condition, made: Part) -> str:  # noqa: ARG001  (as all filters)
    return "the twin's rules do not know for how many weeks a stock will last"


FILTERS: Mapping[str, Filter] = {
    "brokeringSafetyStock": _min_stock,
    "ignoreFacilityOrderLimit": _no_order_limit,
    "splitOrderItemGroup": _split_groups,
    "shipmentThreshold": _shipment_value,
    "measurementSystem": _unit,
    "weekOfSupply": _weeks,
}


def _miles_per_unit(conditions: Sequence[Condition]) -> float:
    units = (one.reader.text("fieldValue") for one in conditions if one.field == "measurementSystem")
    return MILES_PER_UNIT.get(next(units, ""), 1.0)


def _act(action: Reader, made: Part) -> None:
    """Put what happens to the items that nobody takes into a rule."""
    action.pass_over(*ACTION_NAMES)
    kind, queue = action.text("actionTypeEnumId"), action.text("actionValue")
    if kind == "ORA_MV_TO_QUEUE":
        made["then"] = "queue"
        if queue:
            action.leave_out("actionValue", "the twin has one queue, in which what is left waits for stock")
    elif kind == "ORA_NEXT_RULE":
        if queue:
            action.leave_out("actionValue", "the next rule is the one below")
    else:
        action.leave_out_this(ACTIONS_ELSEWHERE.get(kind, "the twin does not know this action"))
