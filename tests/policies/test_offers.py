"""Price lists: what a shipment costs from everywhere, cheapest first."""

from __future__ import annotations

from math import inf

import pytest

from tests.factories import (
    CHICAGO_PLACE,
    COLUMBUS,
    RENO,
    a_departure,
    a_level,
    a_network,
    a_node,
    a_place,
    a_product,
    a_service,
    a_stage,
)
from tests.policies.worlds import lines_of
from twin.domain.carriers import RateCard
from twin.domain.cartons import Parcels
from twin.domain.network import Network
from twin.domain.nodes import NodeCosts
from twin.domain.surcharges import NO_EXTRAS, Extras, SurchargeRule, Surcharges
from twin.policies.cartons import Packer
from twin.policies.offers import OfferBook
from twin.policies.price_tables import freight_usd
from twin.policies.snapshot import NodeState, Snapshot, SnapshotView

BOTH = (a_departure("parcel_ground"), a_departure("parcel_air"))


def packed(network: Network, **quantities: int) -> Parcels:
    return Packer.of(network).pack(lines_of(**quantities))


def who(network: Network, to: str = "432", level: str = "standard", **quantities: int) -> list[tuple[str, str]]:
    offers = OfferBook(network).offers(to, level, packed(network, **(quantities or {"mug": 1})))
    return [(offer.node, offer.service) for offer in offers]


def test_an_offer_costs_label_fuel_home_delivery_fees_and_wages() -> None:
    service = a_service(surcharges=Surcharges(fuel_rate=0.2, residential_usd=3.0))
    costs = NodeCosts(fee_per_order_usd=1.0, fee_per_line_usd=0.5, fee_per_unit_usd=0.25, wage_usd_per_hour=20.0)
    stages = (a_stage("pick", work=0.1, extra_line_rate=1.0), a_stage("pack", work=0.05, extra_unit_rate=0.5))
    network = a_network([a_node(costs=costs, stages=stages)], services=[service])
    parcels = packed(network, mug=2, book=1)

    (offer,) = OfferBook(network).offers("432", "standard", parcels)

    # 1.4 kg in the mailer of 0.1 kg are 4 lb and one parcel: $5 in zone 1, fuel 20 %, home delivery $3
    freight = 5.0 + 1.0 + 3.0
    # two lines, three units: $1 + 2 x $0.50 + 3 x $0.25, and 0.1 h x (1 + 1) + 0.05 h x (1 + 0.5) at $20
    handling = 2.75 + 0.275 * 20.0
    assert offer.freight_usd == pytest.approx(freight)
    assert offer.cost_usd == pytest.approx(freight + handling)
    assert (offer.node, offer.service, offer.zone, offer.transit_days) == ("columbus", "parcel_ground", 1, 1)


def test_boxes_are_paid_apart_because_they_cost_the_same_from_everywhere() -> None:
    network = a_network([a_node()])
    parcels = packed(network, mug=1)

    (offer,) = OfferBook(network).offers("432", "standard", parcels)

    assert (offer.cost_usd, parcels.packaging_usd) == (5.0, 0.25)


def test_every_parcel_of_a_shipment_has_a_label_and_a_home_delivery_of_its_own() -> None:
    anvil = a_product("anvil", weight_kg=19.0, dimensions_cm=(30.0, 20.0, 20.0))
    service = a_service(surcharges=Surcharges(fuel_rate=0.1, residential_usd=3.0))
    network = a_network([a_node()], products=[anvil], services=[service])

    # two boxes of 43 lb at $10 in zone 1
    assert freight_usd(service, 1, packed(network, anvil=2)) == pytest.approx(20.0 * 1.1 + 6.0)


def test_the_cheapest_offer_comes_first() -> None:
    # from Columbus: Columbus is in zone 1 and Reno in zone 4; the plane costs three times as much as the truck
    nodes = [a_node(departures=BOTH), a_node("reno", RENO, departures=BOTH)]
    services = [a_service(), a_service("parcel_air", factor=3.0)]
    network = a_network(nodes, services=services, levels=[a_level(services=("parcel_ground", "parcel_air"))])

    assert who(network) == [
        ("columbus", "parcel_ground"),
        ("reno", "parcel_ground"),
        ("columbus", "parcel_air"),
        ("reno", "parcel_air"),
    ]


def test_equal_prices_stand_in_order_of_node_and_service() -> None:
    nodes = [a_node(name, departures=BOTH) for name in ("zanesville", "akron", "dayton")]
    network = a_network(
        nodes,
        services=[a_service("parcel_ground"), a_service("parcel_air")],
        levels=[a_level(services=("parcel_ground", "parcel_air"))],
    )

    assert who(network) == [
        (node, service) for node in ("akron", "dayton", "zanesville") for service in ("parcel_air", "parcel_ground")
    ]


@pytest.mark.parametrize("mugs", [1, 2], ids=["one unit", "several units"])
def test_offers_are_all_there_are_sorted_by_cost_node_and_service(mugs: int) -> None:
    # one-unit orders are ranked for all destinations at once, others one by one: both must give the plain order
    nodes = [a_node("lima", departures=BOTH), a_node("reno", RENO, departures=BOTH), a_node("akron")]
    services = [a_service(), a_service("parcel_air", factor=1.5)]
    network = a_network(nodes, services=services, levels=[a_level(services=("parcel_ground", "parcel_air"))])
    book, parcels = OfferBook(network), packed(network, mug=mugs)

    for destination in network.places:
        expected = sorted(
            (freight_usd(network.services[departure.service], book.zone(node.name, destination), parcels),
             node.name, departure.service)
            for node in nodes
            for departure in node.departures
        )  # fmt: skip
        offers = book.offers(destination, "standard", parcels)
        assert [(offer.cost_usd, offer.node, offer.service) for offer in offers] == expected


def test_destinations_of_one_zone_share_their_offers() -> None:
    suburb = a_place("430", latitude=40.0, longitude=-83.1)
    network = a_network([a_node()], places=(COLUMBUS, suburb, CHICAGO_PLACE))
    book, parcels = OfferBook(network), packed(network, mug=1)

    (downtown,) = book.offers("432", "standard", parcels)
    (outside,) = book.offers("430", "standard", parcels)
    (chicago,) = book.offers("606", "standard", parcels)

    assert downtown is outside
    assert (downtown.zone, chicago.zone) == (1, 2)
    assert book.zone("columbus", "606") == 2
    assert book.offers("432", "standard", parcels) is book.offers("432", "standard", parcels)


def test_a_service_level_uses_only_its_own_services() -> None:
    network = a_network(
        [a_node(departures=BOTH)],
        services=[a_service(), a_service("parcel_air", factor=3.0)],
        levels=[a_level(), a_level("next_day", services=("parcel_air",))],
    )

    assert who(network, level="standard") == [("columbus", "parcel_ground")]
    assert who(network, level="next_day") == [("columbus", "parcel_air")]


@pytest.mark.parametrize(
    ("service", "why"),
    [
        (a_service(typical_days=(1, 2, 3, None)), "it has no transit time there"),
        (a_service(rates=RateCard((5.0, 50.0), ((5.0, 10.0), (6.0, 12.0), (7.0, 14.0), ()))), "it has no price there"),
        (a_service(max_weight_lb=1.0), "the parcel is too heavy"),
        (a_service(max_length_in=5.0), "the parcel is too long"),
        (a_service(rates=RateCard((1.0,), ((5.0,),) * 4)), "its card ends at a lower weight"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_a_service_does_not_carry_is_left_out(service: object, why: str) -> None:
    network = a_network([a_node()], services=[service])

    assert who(network, to="895") == [], why


def test_a_disabled_node_makes_no_offers_and_a_node_only_for_services_that_collect_there() -> None:
    nodes = [a_node("akron", enabled=False), a_node("dayton"), a_node("lima", departures=())]
    network = a_network(nodes)

    assert who(network) == [("dayton", "parcel_ground")]


def test_offers_say_at_which_dock_they_leave() -> None:
    nodes = [a_node(departures=BOTH), a_node("akron", departures=BOTH)]
    network = a_network(nodes, services=[a_service(), a_service("parcel_air")], levels=[a_level()])
    book = OfferBook(network)

    for offer in book.offers("432", "standard", packed(network, mug=1)):
        slot = book.slots[offer.pickup]
        assert (slot.number, slot.node.name, slot.service.name) == (offer.pickup, offer.node, offer.service)


def test_the_cheapest_way_of_each_node_is_known_for_every_destination() -> None:
    nodes = [a_node(departures=BOTH), a_node("reno", RENO)]
    services = [a_service(typical_days=(1, 2, None, None)), a_service("parcel_air", factor=3.0)]
    network = a_network(nodes, services=services, levels=[a_level(services=("parcel_ground", "parcel_air"))])
    book = OfferBook(network)

    found = book.cheapest_by_node(packed(network, mug=1), "standard")

    # Columbus and Chicago by truck in zones 1 and 2, Reno only by plane, in zone 4: 3 x $8; Reno has no plane
    assert found[book.node_rows["columbus"]].tolist() == [5.0, 6.0, 24.0]
    assert found[book.node_rows["reno"]].tolist() == [inf, inf, 5.0]


def test_the_books_miles_are_those_of_the_network() -> None:
    network = a_network()

    assert OfferBook(network).miles("reno", "606") == network.miles("reno", "606")


REMOTE = SurchargeRule("area", 6.5, area="remote")
PEAK = SurchargeRule("peak", 0.4, starts_at=100.0, ends_at=200.0)


def test_destinations_of_one_zone_part_where_an_area_costs_more() -> None:
    suburb, farm = a_place("430", latitude=40.0, longitude=-83.1), a_place("431", latitude=39.9, longitude=-83.1)
    service = a_service(surcharges=Surcharges(rules=(REMOTE,)))
    places = (COLUMBUS, suburb, farm)
    network = a_network([a_node()], places=places, services=[service], areas={"431": "remote", "430": "nowhere"})
    book, parcels = OfferBook(network), packed(network, mug=1)

    downtown, outside, remote = (book.offers(zip3, "standard", parcels)[0] for zip3 in ("432", "430", "431"))

    assert downtown is outside
    assert (downtown.cost_usd, remote.cost_usd) == (5.0, 11.5)
    assert (downtown.zone, remote.zone, downtown.transit_days, remote.transit_days) == (1, 1, 1, 1)
    assert [book.extras()[offer.extras] for offer in (downtown, remote)] == [NO_EXTRAS, Extras(area_usd=6.5)]


def test_an_area_parts_nobody_whose_services_do_not_ask_for_it() -> None:
    network = a_network([a_node()], areas={"432": "remote"})
    book, parcels = OfferBook(network), packed(network, mug=1)

    assert book.offers("432", "standard", parcels)[0].cost_usd == 5.0


def test_a_season_has_a_book_of_its_own_and_the_days_outside_share_one() -> None:
    network = a_network([a_node()], services=[a_service(surcharges=Surcharges(rules=(PEAK, REMOTE)))])
    book, parcels = OfferBook(network), packed(network, mug=1)

    costs = [book.at(instant).offers("432", "standard", parcels)[0].cost_usd for instant in (0.0, 100.0, 199.0, 200.0)]

    assert costs == [5.0, 5.4, 5.4, 5.0]
    assert book.at(0.0) is book.at(300.0) is book.at(100.0).at(0.0) is book
    assert book.at(100.0) is book.at(150.0)
    assert book.changes_at == [100.0, 200.0]


@pytest.mark.parametrize("at", [0.0, 150.0])
def test_offers_cost_what_freight_says_in_every_area_and_season(at: float) -> None:
    nodes = [a_node("lima", departures=BOTH), a_node("reno", RENO, departures=BOTH)]
    dear = a_service(surcharges=Surcharges(0.1, 1.0, (REMOTE, PEAK)))
    services = [dear, a_service("parcel_air", factor=1.5, surcharges=Surcharges(0.2))]
    network = a_network(
        nodes,
        services=services,
        levels=[a_level(services=("parcel_ground", "parcel_air"))],
        areas={"606": "remote"},
    )
    book, parcels = OfferBook(network).at(at), packed(network, mug=2)

    for destination in network.places:
        for offer in book.offers(destination, "standard", parcels):
            service, zone = network.services[offer.service], book.zone(offer.node, destination)
            assert offer.freight_usd == freight_usd(service, zone, parcels, book.area(destination), at)
            assert sum(book.extras()[offer.extras]) == sum(
                service.extras(parcels.signature, book.area(destination), at)
            )


def test_a_picture_is_priced_by_the_season_it_was_taken_in() -> None:
    network = a_network([a_node()], services=[a_service(surcharges=Surcharges(rules=(PEAK,)))])
    book, parcels = OfferBook(network), packed(network, mug=1)
    packer = Packer.of(network)
    nodes = {"columbus": NodeState(stock={}, arrives_at={})}

    views = [SnapshotView(book, packer, Snapshot(taken_at, nodes)) for taken_at in (99.0, 100.0)]

    assert [view.offers("432", "standard", parcels)[0].cost_usd for view in views] == [5.0, 5.4]
