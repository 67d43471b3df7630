"""Reads a routing group of HotWax Commerce: a run with its schedule, and routings, each a ladder of inventory rules."""

from __future__ import annotations

from twin.calibration.routing_import.cron import minutes_between
from twin.calibration.routing_import.hotwax_conditions import UNKNOWN_FIELD, Condition, condition_of
from twin.calibration.routing_import.hotwax_rules import inventory_rule
from twin.calibration.routing_import.names import Names
from twin.calibration.routing_import.parts import Part, Parts
from twin.calibration.routing_import.reading import Reader, in_turn

GROUP_NAMES = ("routingGroupId", "groupName", "description", "createdDate", "createdByUser", "lastUpdatedStamp")
ROUTING_NAMES = ("orderRoutingId", "routingGroupId", "description", "createdDate", "createdByUser", "lastUpdatedStamp")
SCHEDULE_NAMES = ("jobName", "description", "createdDate", "lastUpdatedStamp", "nextExecutionDateTime")
HOURS_PER_DAY = 24
AS_THEY_COME = "orders of the twin are routed in the order in which they come"
WITHIN = ("", "less-equals", "less-than-equals", "less")
LISTS = {
    "shipmentMethodTypeId": "service_levels",
    "salesChannelEnumId": "channels",
    "productCategoryId": "categories",
}
MORE_ORDERS = "so the routing lets in orders that it does not let in there"
NOT_HERE = {
    "facilityId": f"the twin has one queue of orders, {MORE_ORDERS}",
    "priority": f"orders of the twin have no priority, {MORE_ORDERS}",
    "originFacilityGroupId": f"orders of the twin are not placed at a facility, {MORE_ORDERS}",
}


def read(export: Reader, names: Names) -> Parts:
    """Return the active routings of a group as ladders of rules, and its schedule as runs of order management."""
    groups = export.children("groups") or [export]
    for other in groups[1:]:
        other.leave_out_all("the twin has one schedule of runs; import this group by itself")
    group = groups[0]
    group.pass_over(*GROUP_NAMES)
    made = [_routing(routing, names) for routing in in_turn(group.children("routings"), "sequenceNum", without=0)]
    routings = [routing for routing in made if routing is not None]
    if not routings:
        group.problem(
            "routings", "at least one active routing with an active rule", "activate one, or export the whole group"
        )
    return Parts({"kind": "rule_fallthrough", "routings": routings, "ties": "name"}, _dom(group.child("schedule")))


def _routing(routing: Reader, names: Names) -> Part | None:
    """Return a routing as the twin writes it, None where it takes no part in a run."""
    if routing.text("statusId", "ROUTING_ACTIVE") != "ROUTING_ACTIVE":
        routing.leave_out_all("the routing is not active")
        return None
    routing.pass_over(*ROUTING_NAMES)
    made: Part = {"name": routing.text("routingName")}
    for reader in in_turn(routing.children("orderFilters", "filters"), "sequenceNum", without=0):
        condition = condition_of(reader)
        why = AS_THEY_COME if condition.sorts else _order_filter(condition, made)
        if why:
            reader.leave_out_this(why)
    rules = [inventory_rule(rule, names) for rule in in_turn(routing.children("rules"), "sequenceNum", without=0)]
    made["rules"] = [rule for rule in rules if rule is not None]
    if not made["rules"]:
        routing.leave_out_this("the routing has no active rule")
        return None
    return made


def _order_filter(condition: Condition, made: Part) -> str:
    """Put a filter of orders into a routing; return why it cannot be, or nothing."""
    if condition.field in LISTS:
        return condition.put_list(made, LISTS[condition.field], condition.reader.texts("fieldValue"))
    if condition.field == "promiseDaysCutoff":
        return _promise(condition, made)
    return NOT_HERE.get(condition.field, UNKNOWN_FIELD)


def _promise(condition: Condition, made: Part) -> str:
    """The original counts to the end of a day, which is at most so many days and one more away."""
    if condition.operator not in WITHIN and not condition.excludes:
        return f"a promise can be within a number of days, not {condition.operator!r}"
    hours = (condition.reader.number("fieldValue") + 1) * HOURS_PER_DAY
    key = "promised_after_hours" if condition.excludes else "promised_within_hours"
    if why := condition.put(made, key, hours):
        return why
    return f"the end of that day is written as {hours} hours from the decision"


def _dom(schedule: Reader | None) -> Part | None:
    """Return runs as often as the schedule has them."""
    if schedule is None:
        return None
    schedule.pass_over(*SCHEDULE_NAMES)
    dom: Part = {"commit": "at_run"}
    if schedule.flag("paused", default=False):
        schedule.leave_out("paused", "the run is paused there; here it runs")
    expression = schedule.text("cronExpression")
    if not expression:
        return dom
    minutes, why = minutes_between(expression)
    if minutes is not None:
        dom["run_every_minutes"] = minutes
    if why:
        schedule.leave_out("cronExpression", why)
    return dom
