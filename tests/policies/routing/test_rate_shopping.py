"""Rate shopping: sure enough first, then cheap, then less carbon, then the name."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf

import pytest
from msgspec import structs

from tests.policies.worlds import SnapshotView, Way, an_order, ways_from, who_ships_what
from twin.domain.cartons import Parcels
from twin.policies.decision import Offer
from twin.policies.routing.catalogue import load
from twin.policies.routing.min_cost import MinCost
from twin.policies.routing.rate_shopping import is_sure, later, sure_offers
from twin.policies.routing.search import cheapest_from

DUE = 48.0
USUAL = (0.9, 0.97, 1.0)  # on the day in nine of ten cases, a day late in most others


@dataclass(frozen=True)
class Spread(SnapshotView):
    """A world whose services are late by days now and then: `rates` by service; a day more is a day later."""

    rates: tuple[tuple[str, tuple[float, ...]], ...] = ()
    carbon: tuple[tuple[str, float], ...] = ()

    def offers(self, destination: str, service_level: str, parcels: Parcels) -> tuple[Offer, ...]:
        """Return every way with its probabilities and its carbon."""
        return tuple(
            structs.replace(
                offer,
                on_time_rates=dict(self.rates).get(offer.service, (1.0,)),
                co2e_kg_per_tkm=dict(self.carbon).get(offer.service, 0.0),
            )
            for offer in super().offers(destination, service_level, parcels)
        )

    def arrives_at(self, offer: Offer) -> float:
        """Return when the way arrives, later by its days."""
        return super().arrives_at(offer) + 24.0 * offer.transit_days


def a_world(*ways: Way, **special) -> Spread:
    return Spread(ways, {way.node: {"mug": 5} for way in ways}, rates=(("slow", USUAL),), **special)


def chosen(world: Spread, probability: float | None, **terms) -> tuple[str, str]:
    decision = MinCost(min_on_time_probability=probability, **terms).decide(an_order(DUE, mug=1), world)
    (shipment,) = decision.shipments
    return shipment.offer.node, shipment.offer.service


CHEAP_AND_SLOW = (Way("akron", 5.0, 40.0, "slow"), Way("akron", 9.0, 40.0, "sure"))


@pytest.mark.parametrize(
    ("probability", "service"), [(None, "slow"), (0.5, "slow"), (0.9, "slow"), (0.91, "sure"), (1.0, "sure")]
)
def test_the_cheapest_service_that_is_sure_enough_ships(probability: float | None, service: str) -> None:
    assert chosen(a_world(*CHEAP_AND_SLOW), probability) == ("akron", service)


@pytest.mark.parametrize(("arrives_at", "sure_of"), [(48.0, 0.9), (24.0, 0.97), (0.0, 1.0)])
def test_a_day_to_spare_is_worth_the_chance_of_a_day_late(arrives_at: float, sure_of: float) -> None:
    world = a_world(Way("akron", 5.0, arrives_at, "slow"))
    (offer,) = world.offers("432", "standard", world.parcels(an_order(mug=1).lines))

    assert is_sure(offer, an_order(DUE, mug=1), world, sure_of)
    assert sure_of == 1.0 or not is_sure(offer, an_order(DUE, mug=1), world, sure_of + 0.01)


def test_where_no_service_is_sure_enough_all_count_as_without_the_rule() -> None:
    world = a_world(Way("akron", 5.0, 40.0, "slow"), Way("boise", 4.0, 60.0, "late"))

    assert chosen(world, 0.99) == chosen(world, None) == ("akron", "slow")


def test_a_service_of_a_node_without_the_goods_makes_no_other_one_unsure() -> None:
    world = replace(
        a_world(Way("akron", 5.0, 40.0, "slow"), Way("boise", 4.0, 24.0, "sure")), stock={"akron": {"mug": 1}}
    )

    assert chosen(world, 0.99) == ("akron", "slow")


def test_the_sure_service_of_another_node_beats_the_unsure_one_nearby() -> None:
    world = a_world(Way("akron", 5.0, 40.0, "slow"), Way("boise", 9.0, 40.0, "sure"))

    assert chosen(world, 0.95) == ("boise", "sure")


def test_of_equal_prices_the_one_with_less_carbon_is_taken_then_the_first_by_name() -> None:
    ways = (Way("akron", service="plane"), Way("boise", service="truck"), Way("chico", service="truck"))
    carbon = (("plane", 0.9), ("truck", 0.1))

    assert chosen(a_world(*ways, carbon=carbon), 0.95) == ("boise", "truck")
    assert chosen(a_world(*ways, carbon=carbon, miles_to={"boise": 200.0}), 0.95) == ("chico", "truck")
    assert chosen(a_world(*ways), None) == ("akron", "plane")


def test_only_sure_services_of_a_node_count_where_it_has_one() -> None:
    world, order = a_world(*CHEAP_AND_SLOW), an_order(DUE, mug=1)

    ways = [
        cheapest_from("akron", order.lines, order, world, MinCost(min_on_time_probability=least))
        for least in (None, 0.95, 0.9)
    ]

    assert [way.offer.service for way in ways if way is not None] == ["slow", "sure", "slow"]


def test_a_split_is_shopped_part_by_part() -> None:
    ways = (Way("akron", 5.0, 40.0, "slow"), Way("akron", 9.0, 40.0, "sure"), *ways_from("boise"))
    world = replace(a_world(*ways), stock={"akron": {"mug": 1}, "boise": {"book": 1}})

    decision = MinCost(min_on_time_probability=0.95).decide(an_order(DUE, mug=1, book=1), world)

    assert who_ships_what(decision) == {"akron": {"mug": 1}, "boise": {"book": 1}}
    assert {shipment.offer.service for shipment in decision.shipments} == {"sure", "parcel_ground"}


def test_an_offer_without_any_certainty_is_never_sure() -> None:
    world = a_world(Way("akron", 5.0, inf, "slow"))
    (offer,) = world.offers("432", "standard", world.parcels(an_order(mug=1).lines))

    assert list(sure_offers([offer, later(offer, 2)], an_order(DUE, mug=1), world, 0.5)) == []


@pytest.mark.parametrize("kind", ["min_cost", "shadow_price", "batch_reoptimise", "correlated_rounding"])
@pytest.mark.parametrize("probability", [0.0, 1.1, -1.0])
def test_a_probability_that_is_none_is_refused(kind: str, probability: float) -> None:
    with pytest.raises(Exception, match="min_on_time_probability must be above 0 and at most 1, or null, got"):
        load({"kind": kind, "min_on_time_probability": probability})
