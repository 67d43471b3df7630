"""Reads a scheduling rule of IBM Sterling Order Management: its weights, constraints and what it optimises on."""

from __future__ import annotations

from twin.calibration.routing_import.names import Names
from twin.calibration.routing_import.parts import Part, Parts
from twin.calibration.routing_import.reading import Reader

RULE_NAMES = (
    "AllocationRuleKey", "AllocationRuleID", "AllocationRuleId", "Description", "OrganizationCode", "Createts",
    "Modifyts", "Createuserid", "Modifyuserid", "Createprogid", "Modifyprogid", "Lockid",
)  # fmt: skip
OPTIMISE_ON = {
    "01": "date", "DATE": "date", "Date": "date",
    "02": "priority", "PRIORITY": "priority", "Priority": "priority",
    "03": "shipments", "SHIPMENTS": "shipments", "Shipments": "shipments",
}  # fmt: skip
ROOTS = ("AllocationRule", "SchedulingRule")
LISTS = ("AllocationRuleList", "SchedulingRuleList", "AllocationRules")


def read(export: Reader, names: Names) -> Parts:  # noqa: ARG001  (as all importers; a rule names no node)
    """Return the first scheduling rule of a file; the others are left out."""
    rules = [rule for holder in [export, *export.children(*LISTS)] for rule in holder.children(*ROOTS)]
    if not rules:
        export.problem(
            "AllocationRule", "an element AllocationRule with a scheduling rule", "export the scheduling rule"
        )
        return Parts({"kind": "weighted_priority"})
    for rule in rules[1:]:
        rule.leave_out_all("a policy is made of one scheduling rule, the first of the file")
    return Parts(_policy(rules[0]))


def _policy(rule: Reader) -> Part:
    rule.pass_over(*RULE_NAMES)
    made: Part = {"kind": "weighted_priority", **_weights(rule)}
    made["optimise_on"] = rule.choice("OptimizationType", OPTIMISE_ON, "priority")
    together = rule.flag("ShipTogether", default=False)
    one_node = rule.flag("ShipFromSingleNode", default=False)
    if together or one_node:
        made["unit"] = "order" if together else "line"
    if rule.flag("ShipComplete", default=False):
        made["fill_rate"] = 1.0
    return made


def _weights(rule: Reader) -> Part:
    """Return what a step of priority and a mile weigh; a rule that does not use geography weighs priority alone."""
    by_geography = "WeightByGeography" in rule.values
    if rule.flag("UseGeography", default=by_geography):
        return {
            "weight_priority": rule.number("WeightByDistribution"),
            "weight_distance": rule.number("WeightByGeography"),
        }
    if by_geography:
        rule.leave_out("WeightByGeography", "the rule does not use geography")
    return {"weight_priority": rule.number("WeightByDistribution", default=1.0), "weight_distance": 0.0}
