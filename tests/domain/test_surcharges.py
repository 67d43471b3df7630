"""Rules of surcharges: areas, awkward parcels, seasons; and that no parcel gets cheaper by getting heavier."""

from __future__ import annotations

from math import inf
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import a_service
from twin.domain.carriers import RateCard
from twin.domain.cartons import Parcel
from twin.domain.surcharges import NO_EXTRAS, Extras, SurchargeKind, SurchargeRule, Surcharges

PEAK = SurchargeRule("peak", 0.4, starts_at=100.0, ends_at=200.0)
HANDLING = (
    SurchargeRule("additional_handling", 18.5, longest_over_in=48, second_over_in=30, length_girth_over_in=105),
    SurchargeRule("additional_handling", 36.0, weight_over_lb=50),
)
OVERSIZE = SurchargeRule("oversize", 240.0, longest_over_in=96, length_girth_over_in=130)
EVERYTHING = Surcharges(
    0.2, 3.0, (PEAK, *HANDLING, OVERSIZE, SurchargeRule("area", 3.4, area="rural"),
               SurchargeRule("area", 6.5, area="remote"), SurchargeRule("peak", 7.5, weight_over_lb=50, starts_at=150.0,
                                                                        ends_at=200.0)),
)  # fmt: skip


def a_parcel(**special: int) -> Parcel:
    """A parcel of 2 lb, 10 x 5 x 5 inches."""
    return Parcel(**{"weight_lb": 2, "volume_in3": 250, "longest_in": 10, "second_in": 5, "girth_in": 20, **special})


def test_an_ordinary_parcel_to_an_ordinary_place_pays_nothing_on_top() -> None:
    assert EVERYTHING.extras(a_parcel(), "", at=None) == NO_EXTRAS


@pytest.mark.parametrize(("area", "usd"), [("", 0.0), ("rural", 3.4), ("remote", 6.5), ("elsewhere", 0.0)])
def test_the_area_is_charged_by_where_a_parcel_goes(area: str, usd: float) -> None:
    assert EVERYTHING.extras(a_parcel(), area, at=None) == Extras(area_usd=usd)


@pytest.mark.parametrize(
    ("special", "usd"),
    [
        ({"longest_in": 48, "second_in": 30, "girth_in": 57}, 0.0),
        ({"longest_in": 49}, 18.5),
        ({"second_in": 31}, 18.5),
        ({"longest_in": 46, "girth_in": 60}, 18.5),
        ({"weight_lb": 50}, 0.0),
        ({"weight_lb": 51}, 36.0),
        ({"weight_lb": 51, "longest_in": 49}, 36.0),
    ],
    ids=["at every limit", "long", "wide", "length and girth", "at the weight", "heavy", "heavy and long: the dearer"],
)
def test_an_awkward_parcel_pays_additional_handling_once(special: dict[str, int], usd: float) -> None:
    assert EVERYTHING.extras(a_parcel(**special), "", at=None) == Extras(additional_handling_usd=usd)


def test_oversize_takes_the_place_of_additional_handling() -> None:
    assert EVERYTHING.extras(a_parcel(longest_in=97, weight_lb=60), "", at=None) == Extras(oversize_usd=240.0)


@pytest.mark.parametrize(
    ("at", "weight_lb", "usd"),
    [(None, 2, 0.0), (99.9, 2, 0.0), (100.0, 2, 0.4), (199.9, 2, 0.4), (200.0, 2, 0.0), (160.0, 51, 7.5),
     (120.0, 51, 0.4)],
)  # fmt: skip
def test_a_season_is_charged_from_its_start_to_its_end(at: float | None, weight_lb: int, usd: float) -> None:
    assert EVERYTHING.extras(a_parcel(weight_lb=weight_lb), "", at).peak_usd == usd


def test_all_parcels_of_a_shipment_are_charged_kind_by_kind() -> None:
    service = a_service(surcharges=EVERYTHING)

    extras = service.extras([a_parcel(), a_parcel(weight_lb=51)], "rural", at=120.0)

    assert extras == Extras(6.8, 36.0, 0.0, pytest.approx(0.8))


@pytest.mark.parametrize("special", [{"usd": -1.0}, {"usd": 1.0, "starts_at": 5.0, "ends_at": 5.0}])
def test_a_rule_that_makes_no_sense_is_refused(special: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="surcharge 'peak': usd must not be negative, a season must end after its st"):
        SurchargeRule("peak", **special)


KINDS = st.sampled_from(("area", "additional_handling", "oversize", "peak"))


@st.composite
def rules(draw: st.DrawFn) -> tuple[SurchargeRule, ...]:
    """Any rules, of any kind, amount, limits and season."""
    limits = st.integers(1, 150)
    some: list[tuple[SurchargeKind, float, int, int, bool]] = draw(
        st.lists(st.tuples(KINDS, st.floats(0, 300), limits, limits, st.booleans()), max_size=6)
    )
    return tuple(
        SurchargeRule(kind, usd, weight_over_lb=weight, length_girth_over_in=size, starts_at=10.0 if seasonal else -inf)
        for kind, usd, weight, size, seasonal in some
    )


@given(rules(), st.integers(1, 149), st.integers(1, 30), st.sampled_from((None, 0.0, 50.0)))
def test_a_heavier_parcel_never_costs_less(some: tuple[SurchargeRule, ...], weight: int, more: int, at) -> None:
    card = RateCard(tuple(float(pounds) for pounds in range(1, 180)), (tuple(5 + pounds for pounds in range(1, 180)),))
    service = a_service(rates=card, max_weight_lb=179.0, surcharges=Surcharges(0.2, 3.0, some), typical_days=(1,))

    light, heavy = (_price(service, a_parcel(weight_lb=pounds), at) for pounds in (weight, weight + more))

    assert heavy >= light


@given(rules(), st.integers(1, 150), st.integers(1, 150))
def test_no_season_makes_a_parcel_cheaper(some: tuple[SurchargeRule, ...], weight: int, length: int) -> None:
    surcharges, parcel = Surcharges(rules=some), a_parcel(weight_lb=weight, longest_in=length)

    assert sum(surcharges.extras(parcel, "", at=50.0)) >= sum(surcharges.extras(parcel, "", at=None))


def _price(service, parcel: Parcel, at: float | None) -> float:
    label = service.label_usd(1, parcel)
    assert label is not None
    return label + service.surcharge_usd(label, 1) + sum(service.extras([parcel], "", at))
