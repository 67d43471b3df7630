"""Rate shopping while the clock runs: late days count on a service's own delivery days, from the truck that is made."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.factories import WEEKDAYS, a_departure, a_level, a_model, a_network, a_node, a_service, an_order, run
from twin.domain.distributions import Distribution
from twin.policies.routing.min_cost import MinCost

OFTEN_LATE = Distribution.of("discrete", values=[0, 1, 3], weights=[0.8, 0.15, 0.05])
THURSDAY, FRIDAY = 72.0, 96.0
SATURDAY_EVENING = 5 * 24 + 20.0


@pytest.mark.parametrize(
    ("placed_at", "delivery_weekdays", "probability", "service"),
    [
        (THURSDAY + 9, WEEKDAYS, 0.8, "parcel_ground"),  # on Friday, else on Monday
        (THURSDAY + 9, WEEKDAYS, 0.9, "parcel_sure"),
        (THURSDAY + 9, WEEKDAYS | {5}, 0.9, "parcel_ground"),  # a day late is Saturday
        (THURSDAY + 9, WEEKDAYS | {5}, 0.96, "parcel_sure"),
        (THURSDAY + 18, WEEKDAYS | {5}, 0.9, "parcel_sure"),  # the truck of Thursday is gone
        (THURSDAY + 18, WEEKDAYS | {5, 6}, 0.8, "parcel_ground"),
        (FRIDAY + 9, WEEKDAYS, None, "parcel_sure"),  # ground comes on Monday, which costs its lateness
    ],
)
def test_a_weekend_decides_how_sure_a_service_is(
    placed_at: float, delivery_weekdays: frozenset[int], probability: float | None, service: str, tmp_path: Path
) -> None:
    ground = a_service(extra_days=OFTEN_LATE, delivery_weekdays=delivery_weekdays)
    sure = a_service("parcel_sure", factor=3.0, delivery_weekdays=frozenset(range(7)))
    node = a_node(departures=(a_departure(), a_departure("parcel_sure")))
    network = a_network([node], services=[ground, sure], levels=[a_level(services=("parcel_ground", "parcel_sure"))])
    order = an_order(placed_at, "432", SATURDAY_EVENING, mug=1)
    routing = MinCost(min_on_time_probability=probability)

    tables = run(a_model(network, [order], order_days=6, routing=routing), tmp_path)

    assert tables.shipments["service"].tolist() == [service]
