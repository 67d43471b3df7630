"""The shipped price cards, services, transit days and delays agree with each other and with their sources."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from statistics import mean

import pytest

from tests.tables.shipped import prices_by_service, read


def services_of(table: str) -> set[tuple[str, str]]:
    """Collect the carrier and service pairs a table speaks of."""
    return {(row["carrier"], row["service"]) for row in read(table)}


@pytest.mark.parametrize("table", ["rates", "rates_usps_retail_2025_10_05"])
def test_prices_never_fall_with_zone_or_weight(table: str) -> None:
    for prices in prices_by_service(table).values():
        zones, weights = ({key[part] for key in prices} for part in (0, 1))
        assert len(prices) == len(zones) * len(weights)
        for (zone, weight), price_usd in prices.items():
            dearer = [p for (z, w), p in prices.items() if z >= zone and w >= weight]
            assert min(dearer) == price_usd


def test_ground_prices_have_the_shape_of_the_public_table() -> None:
    ground = prices_by_service("rates")["ground"]

    ratios = [ground[8, weight] / ground[1, weight] for weight in (1, 5, 10, 20)]

    assert ratios == pytest.approx([1.37, 1.99, 2.44, 3.00], rel=0.04)


def test_ground_prices_are_a_quarter_to_a_third_below_retail_for_light_parcels() -> None:
    ground = prices_by_service("rates")["ground"]
    retail = prices_by_service("rates_usps_retail_2025_10_05")["ground_advantage"]

    for weight in (1, 2, 5):
        discounts = [1 - ground[zone, weight] / retail[zone, weight] for zone in range(1, 9)]
        assert 0.25 < mean(discounts) < 0.35


def test_faster_parcel_services_cost_more_everywhere() -> None:
    prices = prices_by_service("rates")

    for slower, faster in pairwise(("economy", "ground", "two_day", "overnight")):
        assert all(prices[slower][key] < prices[faster][key] for key in prices[slower])
    two_lb = {
        service: mean(prices[service][zone, 2] for zone in range(1, 9)) for service in prices if service != "same_day"
    }
    assert two_lb["two_day"] / two_lb["ground"] == pytest.approx(2.2, rel=0.03)
    assert two_lb["overnight"] / two_lb["ground"] == pytest.approx(4.0, rel=0.03)


def test_usps_prices_are_those_of_the_dated_notice() -> None:
    prices = prices_by_service("rates_usps_retail_2025_10_05")

    assert prices["ground_advantage"][8, 1] == 12.45
    assert prices["ground_advantage"][1, 20] == 20.85
    assert prices["priority_mail"][9, 70] == 445.35
    assert prices["priority_express"][4, 0.5] == 35.20


def test_every_service_has_prices_transit_and_delays() -> None:
    services = services_of("services")

    priced = services_of("rates") | services_of("rates_usps_retail_2025_10_05")
    assert len(services) == 8
    assert services == priced == services_of("transit") == services_of("delays")


def test_every_service_is_priced_up_to_its_heaviest_parcel() -> None:
    prices = prices_by_service("rates") | prices_by_service("rates_usps_retail_2025_10_05")

    for row in read("services"):
        assert max(weight for _, weight in prices[row["service"]]) == float(row["max_weight_lb"])
        assert row["mode"] in {"ground", "air", "courier"}


def test_transit_is_known_for_every_priced_zone_and_never_shrinks_with_it() -> None:
    prices = prices_by_service("rates") | prices_by_service("rates_usps_retail_2025_10_05")
    days: dict[str, dict[int, int]] = defaultdict(dict)
    for row in read("transit"):
        days[row["service"]][int(row["zone"])] = int(row["typical_days"])

    for service, by_zone in days.items():
        assert set(by_zone) == {zone for zone, _ in prices[service]}
        assert [by_zone[zone] for zone in sorted(by_zone)] == sorted(by_zone.values())
    assert days["ground"] == {1: 1, 2: 1, 3: 2, 4: 2, 5: 3, 6: 4, 7: 4, 8: 5}
    assert all(days["economy"][zone] - days["ground"][zone] in {1, 2} for zone in range(1, 9))


def test_delays_are_distributions_and_ground_is_on_time_in_96_of_100() -> None:
    chances: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for row in read("delays"):
        chances[row["service"]].append((int(row["extra_days"]), float(row["probability"])))

    for tail in chances.values():
        assert sum(probability for _, probability in tail) == pytest.approx(1, abs=1e-12)
        assert tail == sorted(tail, key=lambda chance: -chance[1])
    assert dict(chances["ground"])[0] == 0.96
