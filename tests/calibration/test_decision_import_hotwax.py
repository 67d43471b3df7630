"""Order traces of HotWax Commerce become decisions on the orders they name."""

from __future__ import annotations

import json

import pytest

from tests.calibration.decision_exports import HOTWAX, imported, orders
from tests.calibration.routing_exports import changed
from twin.domain.errors import ConfigurationError
from twin.policies.contract import LineMessage


def plan(found) -> list[tuple[str, str, int]]:
    return [
        (shipment.node, line.sku, line.quantity)
        for one in found.log
        for shipment in one.decision.shipments
        for line in shipment.lines
    ]


def test_the_items_of_an_order_make_one_decision(tmp_path) -> None:
    found = imported(tmp_path, "hotwax", HOTWAX)

    (one,) = found.log
    assert plan(found) == [("columbus", "mug", 2), ("reno", "mug", 1)]
    assert one.decision.unfilled == (LineMessage("lamp", 1),)
    assert (one.decision.status, one.request.order) == ("PARTIAL", orders()["A-1"].message)
    assert (found.numbers, found.left_out) == ({"A-1": 4}, ())


def test_how_the_run_went_and_that_services_are_ours_is_kept(tmp_path) -> None:
    (one,) = imported(tmp_path, "hotwax", HOTWAX).log

    assert one.outcome == {
        "final_reason": ["FULLY_BROKERED", "UNFILLABLE"],
        "rules": [[{"rule": "R1", "outcome": "PARTIAL_BROKER"}]],
        "service_assumed": True,
        "order_id": "A-1",
    }


def test_where_nothing_ships_no_service_is_assumed(tmp_path) -> None:
    export = changed(HOTWAX, 0, finalAssignments=[], finalReason="QUEUED")

    (one,) = imported(tmp_path, "hotwax", export).log

    assert one.decision.status == "UNFILLABLE"
    assert "service_assumed" not in one.outcome


@pytest.mark.parametrize(
    ("promised_by", "services"),
    [
        (144.0, ["parcel_ground", "parcel_air"]),  # by ground from Reno takes five days
        (300.0, ["parcel_ground", "parcel_ground"]),
        (12.0, ["parcel_ground", "parcel_air"]),  # nobody is in time; from Columbus air is no faster than ground
    ],
)
def test_the_cheapest_service_that_keeps_the_promise_is_assumed_else_the_fastest(
    tmp_path, promised_by: float, services: list[str]
) -> None:
    (one,) = imported(tmp_path, "hotwax", HOTWAX, orders=orders(promised_by, mug=3, lamp=1)).log

    assert [shipment.service for shipment in one.decision.shipments] == services


def test_the_last_run_on_an_item_counts_and_the_earlier_one_is_listed(tmp_path) -> None:
    later = changed(HOTWAX, 1, finalReason="FULLY_BROKERED", finalAssignments=[{"facilityId": "reno", "routedQty": 1}])

    found = imported(tmp_path, "hotwax", [*HOTWAX, later[1]])

    assert plan(found) == [("columbus", "mug", 2), ("reno", "mug", 1), ("reno", "lamp", 1)]
    assert [str(one) for one in found.left_out] == [
        "[1]: item '00102' of order 'A-1': a later run decided on it again ([2])"
    ]


@pytest.mark.parametrize(
    ("to", "why"),
    [
        ({"orderId": "A-9"}, "order 'A-9' is not in the table orders"),
        ({"orderItemSeqId": "00999"}, "item '00999' is no line_id of order 'A-1' in the table order_lines"),
        ({"finalReason": "ERROR"}, "the run ended in an error; it decided nothing"),
    ],
)
def test_a_trace_that_decides_nothing_here_is_listed(tmp_path, to, why: str) -> None:
    found = imported(tmp_path, "hotwax", changed(HOTWAX, 1, **to))

    assert [(one.where, one.why) for one in found.left_out] == [("[1]", why)]
    assert len(found.log) == 1


def test_an_unknown_reason_is_listed_and_the_assignments_count(tmp_path) -> None:
    found = imported(tmp_path, "hotwax", changed(HOTWAX, 0, finalReason="SNOWED_IN"))

    assert [one.where for one in found.left_out] == ["[0].finalReason"]
    assert len(plan(found)) == 2


def test_what_a_rule_proposed_on_the_way_is_listed(tmp_path) -> None:
    export = changed(HOTWAX, 0, "ruleAttempts", 0, suggestedFulfillmentLocations=["reno"], errorMessage="slow")

    found = imported(tmp_path, "hotwax", export)

    assert [one.where for one in found.left_out] == ["[0].ruleAttempts[0].suggestedFulfillmentLocations"]
    assert found.log[0].outcome["rules"][0][0]["error"] == "slow"


def test_more_units_than_ordered_leave_the_order_out(tmp_path) -> None:
    export = changed(HOTWAX, 0, "finalAssignments", 0, routedQty=3)

    with pytest.raises(ConfigurationError, match=r"order 'A-1': 4 of mug ship, 3 were ordered"):
        imported(tmp_path, "hotwax", export)


def test_without_the_orders_a_trace_says_too_little(tmp_path) -> None:
    with pytest.raises(ConfigurationError, match="demand: no orders, and an export of HotWax Commerce names neither"):
        imported(tmp_path, "hotwax", HOTWAX, orders=None)


@pytest.mark.parametrize("units", [1.5, -1, "many", None])
def test_units_are_whole_numbers(tmp_path, units) -> None:
    export = changed(HOTWAX, 0, "finalAssignments", 0, routedQty=units)

    with pytest.raises(ConfigurationError, match=r"export\.json, \[0\]\.finalAssignments\[0\]\.routedQty: "):
        imported(tmp_path, "hotwax", export)


def test_json_lines_are_read_as_well(tmp_path) -> None:
    lines = "\n".join(map(json.dumps, HOTWAX))

    found = imported(tmp_path, "hotwax", lines, "export.jsonl")

    assert found.log == imported(tmp_path, "hotwax", HOTWAX).log
    assert found.left_out == ()
