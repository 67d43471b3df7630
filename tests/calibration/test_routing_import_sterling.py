"""A scheduling rule of Sterling becomes weights of priority and distance."""

from __future__ import annotations

import pytest

from tests.calibration.routing_exports import STERLING, imported
from twin.domain.errors import ConfigurationError


def a_rule(tmp_path, attributes: str):
    return imported(tmp_path, "sterling", f"<AllocationRule {attributes}/>", "rule.xml")


def test_weights_optimisation_and_constraints_are_carried_over(tmp_path) -> None:
    found = imported(tmp_path, "sterling", STERLING, "rule.xml")

    assert found.left_out == []
    assert found.routing == {
        "kind": "weighted_priority",
        "weight_priority": 100,
        "weight_distance": 1.5,
        "optimise_on": "shipments",
        "unit": "order",
    }


@pytest.mark.parametrize(
    ("attributes", "key", "value"),
    [
        ('OptimizationType="01"', "optimise_on", "date"),
        ('OptimizationType="PRIORITY"', "optimise_on", "priority"),
        ('ShipFromSingleNode="Y"', "unit", "line"),
        ('ShipComplete="Y"', "fill_rate", 1.0),
        ('WeightByDistribution="5"', "weight_priority", 5),
        ('UseGeography="N"', "weight_distance", 0.0),
    ],
)
def test_an_attribute_becomes_a_parameter(tmp_path, attributes: str, key: str, value: object) -> None:
    found = a_rule(tmp_path, attributes)

    assert found.routing[key] == value
    assert found.left_out == []


def test_a_weight_that_the_rule_does_not_use_is_listed(tmp_path) -> None:
    found = a_rule(tmp_path, 'UseGeography="N" WeightByGeography="3"')

    assert found.routing["weight_distance"] == 0.0
    assert [one.why for one in found.left_out] == ["the rule does not use geography"]


def test_an_unknown_optimisation_is_listed(tmp_path) -> None:
    found = a_rule(tmp_path, 'OptimizationType="09"')

    assert found.routing["optimise_on"] == "priority"
    assert [one.where for one in found.left_out] == ["AllocationRule[0].OptimizationType"]


def test_constraints_without_a_counterpart_are_listed(tmp_path) -> None:
    rule = '<AllocationRule DeliverTogether="Y"><Constraint Kind="merge"/>said</AllocationRule>'

    found = imported(tmp_path, "sterling", rule, "rule.xml")

    names = [one.where.rpartition(".")[2] for one in found.left_out]
    assert sorted(names) == ["#text", "Constraint", "DeliverTogether"]


def test_of_several_rules_the_first_is_imported(tmp_path) -> None:
    rules = '<AllocationRuleList><AllocationRule/><AllocationRule AllocationRuleID="B"/></AllocationRuleList>'

    found = imported(tmp_path, "sterling", rules, "rule.xml")

    assert [one.where for one in found.left_out] == ["AllocationRuleList[0].AllocationRule[1]"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<Order/>", "expected: an element AllocationRule"),
        ("<AllocationRule", "rule.xml: unclosed token"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><AllocationRule/>', "expected: XML without DOCTYPE and entities"),
        ("<a>" * 40 + "</a>" * 40, "expected: at most 30 levels"),
        ('<AllocationRule A="1"><A/></AllocationRule>', "A as an attribute and an element"),
        ('<AllocationRule UseGeography="Y"/>', "WeightByDistribution: nothing\n  expected: a finite number"),
    ],
)
def test_malformed_rules_are_refused(tmp_path, text: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        imported(tmp_path, "sterling", text, "rule.xml")
