"""Suppliers that send late or not at all, and nodes that cannot send to others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.factories import Tables, a_disruption, a_model, a_network, a_node, a_supply, an_order, run
from tests.simulation.test_transfers import happened, transferring
from twin.domain.effects import Closed, SupplierDelay, SupplierFailure
from twin.simulation.disruption_draws import DisruptionPlan

OURS = ("supplier",)


def a_failure(starts_at: float, hours: float, suppliers: tuple[str, ...] = OURS, name: str = "out") -> DisruptionPlan:
    return a_disruption(
        name, starts_at, hours, scope="supplier", targets=suppliers, effects=(SupplierFailure(suppliers),)
    )


def a_delay(starts_at: float, hours: float, late_hours: float, **special: Any) -> DisruptionPlan:
    effects = (SupplierDelay(OURS, late_hours),)
    name = special.pop("name", "late")
    return a_disruption(name, starts_at, hours, scope="supplier", targets=OURS, effects=effects, **special)


def received(folder: Path, *disruptions: DisruptionPlan) -> list[float]:
    """Return when trucks came: two mugs are ordered at 5 and one at 29, each a day on the way."""
    nodes = [a_node(supply=a_supply(24.0))]
    model = a_model(
        a_network(nodes), [an_order(9.0)], stock={"columbus": {"mug": 1, "lamp": 0, "book": 0}},
        levels={"columbus": {"mug": 3}}, order_days=4, disruptions=disruptions,
    )  # fmt: skip
    return [at for at, _, _ in happened(run(model, folder), "replenishment_received")]


def test_trucks_come_after_their_lead_time_where_nothing_happens(tmp_path: Path) -> None:
    assert received(tmp_path) == [29.0, 53.0]


def test_a_truck_that_leaves_while_its_supplier_is_late_takes_so_much_longer(tmp_path: Path) -> None:
    assert received(tmp_path, a_delay(0.0, 20.0, 10.0)) == [39.0, 53.0]


@pytest.mark.parametrize(
    ("severity", "more", "hours"),
    [
        (0.5, [], 5.0),
        (1.0, [a_delay(2.0, 9.0, 4.0, name="too")], 14.0),
        (1.0, [a_delay(6.0, 9.0, 4.0, name="too")], 10.0),
    ],
)
def test_delays_count_by_how_severe_they_are_and_add_up(
    severity: float, more: list[DisruptionPlan], hours: float, tmp_path: Path
) -> None:
    assert received(tmp_path, a_delay(0.0, 20.0, 10.0, severity=severity), *more)[0] == 29.0 + hours


def test_a_truck_of_a_supplier_that_fails_leaves_when_it_works_again(tmp_path: Path) -> None:
    assert received(tmp_path, a_failure(0.0, 40.0)) == [64.0, 64.0]


def test_a_truck_waits_until_no_failure_lasts_and_then_for_the_delays(tmp_path: Path) -> None:
    failures = [a_failure(0.0, 10.0), a_failure(8.0, 7.0, name="again"), a_failure(5.0, 99.0, ("other",), "elsewhere")]

    assert received(tmp_path, *failures, a_delay(15.0, 2.0, 3.0)) == [15.0 + 24.0 + 3.0, 53.0]


def sent(tables: Tables) -> list[float]:
    return [at for at, _, _ in happened(tables, "transfer_sent")]


@pytest.mark.parametrize(("hours", "times"), [(7.0, [8.0, 32.0]), (9.0, [32.0])])
def test_a_closed_node_sends_nothing_to_others_and_is_asked_again(
    hours: float, times: list[float], tmp_path: Path
) -> None:
    closed = a_disruption("flood", 0.0, hours, effects=(Closed(),))

    assert sent(transferring(tmp_path, an_order(23.0, "895"), disruptions=[closed])) == times
