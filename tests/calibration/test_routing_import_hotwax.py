"""Routing groups of HotWax Commerce become ladders of rules."""

from __future__ import annotations

import pytest

from tests.calibration.routing_exports import HOTWAX, changed, imported
from twin.calibration.routing_import.cron import minutes_between
from twin.domain.errors import ConfigurationError

URGENT = ("routings", 1)
RULE = (*URGENT, "rules", 0)


def a_rule(tmp_path, **to):
    """Return what the first rule of the urgent orders becomes with some of its keys changed, and what is left out."""
    found = imported(tmp_path, "hotwax", changed(HOTWAX, *RULE, **to))
    return found.routing["routings"][0]["rules"][0], [str(one) for one in found.left_out]


def with_filter(field, value, operator="equals"):
    return [{"fieldName": field, "operator": operator, "fieldValue": value}]


def test_a_group_becomes_ladders_in_the_order_of_their_numbers(tmp_path) -> None:
    found = imported(tmp_path, "hotwax", HOTWAX)

    assert found.left_out == []
    assert found.routing == {
        "kind": "rule_fallthrough",
        "routings": [
            {
                "name": "Urgent",
                "service_levels": ["NEXT_DAY", "TWO_DAY"],
                "except_channels": ["MARKETPLACE"],
                "rules": [
                    {
                        "name": "A warehouse nearby",
                        "assignment": "single",
                        "sort": ["distance", "stock"],
                        "groups": ["WAREHOUSES"],
                        "max_miles": 150,
                        "max_miles_threshold": "at_least",
                        "min_stock": 10,
                        "threshold": "more_than",
                    }
                ],
            },
            {"name": "Everything else", "rules": [{"name": "Anybody", "assignment": "multi", "sort": []}]},
        ],
        "ties": "name",
    }


def test_the_schedule_becomes_runs_of_order_management(tmp_path) -> None:
    assert imported(tmp_path, "hotwax", HOTWAX).dom == {"commit": "at_run", "run_every_minutes": 5}


def test_a_group_without_a_schedule_says_nothing_about_order_management(tmp_path) -> None:
    assert imported(tmp_path, "hotwax", changed(HOTWAX, schedule=None)).dom is None


@pytest.mark.parametrize(
    ("expression", "minutes"),
    [
        ("0 */15 * ? * *", 15),
        ("0 0/30 * ? * * *", 30),
        ("0 0 * ? * *", 60),
        ("0 0 */6 ? * *", 360),
        ("0 0 0 * * ?", 1440),
        ("*/5 * * * *", 5),
        ("* * * * *", 1),
    ],
)
def test_even_schedules_are_carried_over_whole(expression: str, minutes: int) -> None:
    assert minutes_between(expression) == (minutes, "")


@pytest.mark.parametrize("expression", ["*/7 * * * *", "*/15 6-18 * * *", "0 8 * * MON", "30 */5 * ? * *", "often"])
def test_uneven_schedules_are_not_carried_over(expression: str) -> None:
    minutes, why = minutes_between(expression)

    assert minutes is None
    assert "even steps" in why


def test_an_uneven_schedule_is_left_out_and_orders_still_go_in_runs(tmp_path) -> None:
    found = imported(tmp_path, "hotwax", changed(HOTWAX, "schedule", cronExpression="0 8 * * MON"))

    assert found.dom == {"commit": "at_run"}
    assert [one.where for one in found.left_out] == ["schedule.cronExpression"]


def test_the_hour_of_a_daily_run_is_left_out(tmp_path) -> None:
    found = imported(tmp_path, "hotwax", changed(HOTWAX, "schedule", cronExpression="0 0 7 * * ?"))

    assert found.dom["run_every_minutes"] == 1440
    assert "minute 0, hour 7" in found.left_out[0].why


def test_a_paused_schedule_is_said(tmp_path) -> None:
    found = imported(tmp_path, "hotwax", changed(HOTWAX, "schedule", paused="Y"))

    assert [one.why for one in found.left_out] == ["the run is paused there; here it runs"]


def test_kilometers_become_miles(tmp_path) -> None:
    conditions = [*with_filter("distance", 100, "less"), *with_filter("measurementSystem", "METRIC")]

    rule, left_out = a_rule(tmp_path, inventoryFilters=conditions)

    assert (rule["max_miles"], rule["max_miles_threshold"], left_out) == (62.137, "more_than", [])


@pytest.mark.parametrize(
    ("condition", "key", "value"),
    [
        (with_filter("facilityGroupId_excluded", "OUTLETS,POPUPS", "not-in"), "except_groups", ["OUTLETS", "POPUPS"]),
        (with_filter("ignoreFacilityOrderLimit", "Y"), "keep_orders", 0),
        (with_filter("shipmentThreshold", "25.5"), "min_shipment_value_usd", 25.5),
        (with_filter("shipmentThreshold", "1"), "min_shipment_value_usd", 1),
        (with_filter("brokeringSafetyStock", 3, "greater-equals"), "threshold", "at_least"),
    ],
)
def test_filters_of_facilities_are_carried_over(tmp_path, condition, key: str, value: object) -> None:
    rule, left_out = a_rule(tmp_path, inventoryFilters=condition)

    assert rule[key] == value
    assert left_out == []


@pytest.mark.parametrize(
    ("condition", "why"),
    [
        (with_filter("weekOfSupply", "4"), "how many weeks"),
        (with_filter("splitOrderItemGroup", "N"), "no item groups"),
        (with_filter("shipmentThreshold", "Y"), "min_shipment_value_usd"),
        (with_filter("measurementSystem", "LEAGUES"), "read as miles"),
        (with_filter("distance", 5, "greater"), "within a distance, not 'greater'"),
        (with_filter("brokeringSafetyStock", 5, "less"), "a minimum of stock, not 'less'"),
        (with_filter("shipmentThreshold", 5, "less"), "a least value, not 'less'"),
        (with_filter("facilityGroupId", "A", "like"), "let in or kept out, not 'like'"),
        (with_filter("facilityGroupId", ""), "names nothing"),
        (with_filter("ignoreFacilityOrderLimit", "Y", "not-equals"), "only facility groups can be kept out"),
        (with_filter("splitOrderItemGroup", "Y", "in"), "a setting can be a value, not 'in'"),
        (with_filter("moonPhase", "full"), "does not know a condition"),
        ([{"conditionTypeEnumId": "ENTCT_DREAM", "fieldName": "distance", "fieldValue": "5"}], "does not know"),
        ([*with_filter("distance", 5, "less"), *with_filter("distance", 9, "less")], "given already"),
    ],
)
def test_filters_without_a_counterpart_are_listed(tmp_path, condition, why: str) -> None:
    _, left_out = a_rule(tmp_path, inventoryFilters=condition)

    (only,) = left_out
    assert why in only
    assert "routings[1].rules[0].inventoryFilters[" in only


def test_a_custom_sequence_is_carried_over_where_the_export_has_it(tmp_path) -> None:
    sort = {"conditionTypeEnumId": "ENTCT_SORT_BY", "fieldName": "facilitySequence", "fieldValue": "reno,columbus"}

    rule, left_out = a_rule(tmp_path, inventoryFilters=[sort])

    assert (rule["sort"], rule["sequence"], left_out) == (["sequence"], ["reno", "columbus"], [])


@pytest.mark.parametrize(
    ("sort", "why"),
    [
        ({"fieldName": "facilitySequence"}, "the sequence itself is not in the export"),
        ({"fieldName": "moonPhase"}, "does not know"),
        ({"fieldName": "distance", "fieldValue": "3"}, "has no value here"),
        ({"fieldName": "distance", "operator": "desc"}, "in one direction"),
    ],
)
def test_sorts_without_a_counterpart_are_listed(tmp_path, sort, why: str) -> None:
    _, (only,) = a_rule(tmp_path, inventoryFilters=[{"conditionTypeEnumId": "ENTCT_SORT_BY", **sort}])

    assert why in only


def test_items_that_nobody_takes_can_wait_at_once(tmp_path) -> None:
    rule, (only,) = a_rule(tmp_path, actions=[{"actionTypeEnumId": "ORA_MV_TO_QUEUE", "actionValue": "PARKING"}])

    assert rule["then"] == "queue"
    assert 'actions[0].actionValue: "PARKING": the twin has one queue' in only


@pytest.mark.parametrize(
    ("action", "why"),
    [
        ({"actionTypeEnumId": "ORA_AUTO_CANCEL_DAYS", "actionValue": "5"}, "conf/replenishment"),
        ({"actionTypeEnumId": "ORA_RM_CANCEL_DATE"}, "conf/replenishment"),
        ({"actionTypeEnumId": "ORA_SING"}, "does not know this action"),
        ({"actionTypeEnumId": "ORA_NEXT_RULE", "actionValue": "7"}, "the one below"),
    ],
)
def test_actions_without_a_counterpart_are_listed(tmp_path, action, why: str) -> None:
    _, (only,) = a_rule(tmp_path, actions=[action])

    assert why in only


def test_an_unknown_assignment_is_listed_and_taken_as_single(tmp_path) -> None:
    rule, (only,) = a_rule(tmp_path, assignmentEnumId="ORA_LOTTERY")

    assert rule["assignment"] == "single"
    assert 'assignmentEnumId: "ORA_LOTTERY": not a value the twin knows (ORA_SINGLE, ORA_MULTI)' in only


@pytest.mark.parametrize(
    ("condition", "why"),
    [
        (with_filter("facilityId", "REJECTED_ITM_PARKING"), "one queue of orders"),
        (with_filter("priority", "HIGH"), "no priority"),
        (with_filter("originFacilityGroupId", "STORES"), "not placed at a facility"),
        (with_filter("moonPhase", "full"), "does not know a condition"),
        (with_filter("promiseDaysCutoff", "2", "greater"), "within a number of days"),
        ([{"conditionTypeEnumId": "ENTCT_SORT_BY", "fieldName": "orderDate"}], "in the order in which they come"),
    ],
)
def test_filters_and_sorts_of_orders_without_a_counterpart_are_listed(tmp_path, condition, why: str) -> None:
    found = imported(tmp_path, "hotwax", changed(HOTWAX, *URGENT, orderFilters=condition))

    (only,) = found.left_out
    assert only.where == "routings[1].orderFilters[0]"
    assert why in only.why


@pytest.mark.parametrize(
    ("field", "key"),
    [("promiseDaysCutoff", "promised_within_hours"), ("promiseDaysCutoff_excluded", "promised_after_hours")],
)
def test_a_promise_in_days_reaches_to_the_end_of_the_last_one(tmp_path, field: str, key: str) -> None:
    found = imported(tmp_path, "hotwax", changed(HOTWAX, *URGENT, orderFilters=with_filter(field, "2", "")))

    assert found.routing["routings"][0][key] == 72
    assert "72 hours from the decision" in found.left_out[0].why


def test_what_is_not_active_is_left_out_as_a_whole(tmp_path) -> None:
    found = imported(tmp_path, "hotwax", changed(HOTWAX, *URGENT, statusId="ROUTING_DRAFT"))

    assert [routing["name"] for routing in found.routing["routings"]] == ["Everything else"]
    assert [(one.where, one.why) for one in found.left_out] == [("routings[1]", "the routing is not active")]


def test_a_routing_without_an_active_rule_is_left_out(tmp_path) -> None:
    found = imported(tmp_path, "hotwax", changed(HOTWAX, *RULE, statusId="RULE_ARCHIVED"))

    assert len(found.routing["routings"]) == 1
    assert [one.why for one in found.left_out] == ["the rule is not active", "the routing has no active rule"]


def test_of_several_groups_the_first_is_imported(tmp_path) -> None:
    found = imported(tmp_path, "hotwax", [HOTWAX, HOTWAX])

    assert len(found.routing["routings"]) == 2
    assert [one.where for one in found.left_out] == ["groups[1]"]


def test_a_group_without_active_routings_is_refused(tmp_path) -> None:
    with pytest.raises(ConfigurationError, match=r"export\.json, routings: \[\]\n  expected: at least one active"):
        imported(tmp_path, "hotwax", changed(HOTWAX, routings=[]))


def test_all_malformed_values_are_named_at_once(tmp_path) -> None:
    wrong = [*with_filter("distance", "near", "less"), *with_filter("", "5"), *with_filter("facilityGroupId", "A B")]

    with pytest.raises(ConfigurationError) as raised:
        imported(tmp_path, "hotwax", changed(HOTWAX, *RULE, inventoryFilters=wrong))

    places = [problem.where.rpartition(".inventoryFilters")[2] for problem in raised.value.problems]
    assert places == ["[1].fieldName", "[0].fieldValue", "[2].fieldValue"]
    assert "give it a node's name in the table --facilities" in str(raised.value)


def test_values_that_the_policy_refuses_are_refused_with_its_words(tmp_path) -> None:
    wrong = with_filter("distance", "-5", "less")

    with pytest.raises(ConfigurationError, match=r"export\.json, as imported(.|\n)*must be finite and not negative"):
        imported(tmp_path, "hotwax", changed(HOTWAX, *RULE, inventoryFilters=wrong))
