"""Price lists, billable weights and surcharges."""

from __future__ import annotations

from datetime import time

import pytest

from tests.factories import WEEKDAYS, a_service
from twin.domain.carriers import Departure, RateCard
from twin.domain.cartons import Parcel
from twin.domain.distributions import Distribution
from twin.domain.surcharges import Surcharges

CARD = RateCard((0.5, 1.0, 5.0), ((3.0, 4.0, 8.0), (), (3.5, 4.5, 9.0)))


def a_parcel(weight_lb: int = 2, volume_in3: int = 100, longest_in: int = 10) -> Parcel:
    return Parcel(weight_lb, volume_in3, longest_in)


@pytest.mark.parametrize(
    ("zone", "billable_lb", "price_usd"),
    [
        (1, 0.2, 3.0),
        (1, 0.5, 3.0),
        (1, 0.51, 4.0),
        (1, 5.0, 8.0),
        (3, 2, 9.0),
        (1, 5.1, None),
        (2, 1, None),
        (4, 1, None),
    ],
    ids=["below", "at a row's weight", "above it", "the last row", "zone 3", "too heavy", "a gap", "no such zone"],
)
def test_a_card_prices_up_to_the_weight_of_each_row(zone: int, billable_lb: float, price_usd: float | None) -> None:
    assert CARD.price_usd(zone, billable_lb) == price_usd


@pytest.mark.parametrize(
    ("weights_lb", "prices_usd", "message"),
    [
        ((2.0, 1.0), (), "weights must rise"),
        ((1.0, 1.0), (), "weights must rise"),
        ((1.0, 2.0), ((5.0, 6.0), (5.0,)), "zone 2 has 1 prices for 2 weights"),
    ],
)
def test_a_card_that_is_no_table_is_refused(weights_lb, prices_usd, message: str) -> None:
    with pytest.raises(ValueError, match=f"rate card: {message}"):
        RateCard(weights_lb, prices_usd)


@pytest.mark.parametrize(
    ("parcel", "billable_lb"),
    [
        (a_parcel(weight_lb=3, volume_in3=1728), 3),  # at the threshold the volume does not count
        (a_parcel(weight_lb=3, volume_in3=1729), 13),  # 1,729 / 139 = 12.4
        (a_parcel(weight_lb=40, volume_in3=1729), 40),
        (a_parcel(weight_lb=1, volume_in3=13 * 139 + 1), 14),
        (a_parcel(weight_lb=1, volume_in3=13 * 139), 13),
    ],
)
def test_large_parcels_are_billed_by_their_volume_in_whole_pounds_up(parcel: Parcel, billable_lb: int) -> None:
    assert a_service(dim_divisor=139.0, dim_threshold_in3=1728.0).billable_lb(parcel) == billable_lb


def test_without_a_threshold_every_parcel_has_a_dimensional_weight() -> None:
    assert a_service(dim_threshold_in3=0.0).billable_lb(a_parcel(weight_lb=1, volume_in3=280)) == 3  # 280 / 139


@pytest.mark.parametrize(
    ("zone", "parcel", "label_usd"),
    [
        (1, a_parcel(weight_lb=5), 5.0),
        (1, a_parcel(weight_lb=6), 10.0),
        (1, a_parcel(weight_lb=2, volume_in3=2000), 10.0),
        (4, a_parcel(weight_lb=50), 16.0),
        (1, a_parcel(weight_lb=51), None),
        (1, a_parcel(longest_in=61), None),
        (3, a_parcel(), None),
        (5, a_parcel(), None),
    ],
    ids=["light", "heavier", "bulky", "at the limit", "too heavy", "too long", "not carried there", "no such zone"],
)
def test_a_label_is_priced_where_the_service_goes_and_takes_the_parcel(zone, parcel, label_usd) -> None:
    assert a_service(typical_days=(1, 2, None, 5)).label_usd(zone, parcel) == label_usd


def test_fuel_is_a_share_of_the_labels_and_home_delivery_a_sum_for_each_parcel() -> None:
    service = a_service(surcharges=Surcharges(fuel_rate=0.2, residential_usd=3.0))

    assert service.surcharge_usd(10.0, parcels=2) == pytest.approx(2.0 + 6.0)
    assert a_service().surcharge_usd(10.0, parcels=2) == 0.0


def test_a_departure_before_its_cut_off_is_refused() -> None:
    assert Departure("parcel_ground", time(17), time(17), WEEKDAYS).cutoff == time(17)
    with pytest.raises(ValueError, match="departure of 'parcel_ground': cut-off 17:01:00 is after its departure 17:00"):
        Departure("parcel_ground", time(17, 1), time(17), WEEKDAYS)


def test_a_truck_that_takes_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="departure of 'parcel_ground': parcels_per_day must be at least 1 or nothing"):
        Departure("parcel_ground", time(17), time(17), WEEKDAYS, parcels_per_day=0)


@pytest.mark.parametrize(
    ("extra_days", "rates"),
    [
        (Distribution.of("discrete", values=[0, 1, 3], weights=[8, 1.5, 0.5]), (0.8, 0.95, 0.95, 1.0)),
        (Distribution.of("deterministic", value=2.0), (0.0, 0.0, 1.0)),
        (Distribution.of("uniform", low=0.0, high=2.0), (0.0, 1.0)),
    ],
    ids=["a list of days", "always two", "of any other spread the mean"],
)
def test_a_service_is_on_time_as_often_as_its_late_days_say(extra_days: Distribution, rates) -> None:
    assert a_service(extra_days=extra_days).on_time_rates == pytest.approx(rates)
