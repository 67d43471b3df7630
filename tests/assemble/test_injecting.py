"""Departures that inject their parcels at a hub, and what may be wrong with them."""

from __future__ import annotations

import pytest

DEPARTURE = "network.nodes.columbus.departures.ground_via_reno"
INJECT = {"service": "parcel_ground", "at": "895", "regions": ["west"], "usd_per_lb": 0.25}


def skipping(tiny, **special: object) -> None:
    """Let Columbus inject its parcels for the West in Reno."""
    tiny.set(DEPARTURE, {"days": "mon-fri", "cutoff": "16:00", "departs": "16:30", "inject": {**INJECT, **special}})


def test_a_departure_that_injects_is_a_service_of_its_own_a_day_later(tiny) -> None:
    skipping(tiny)

    network = tiny.build().network

    base, made = network.services["parcel_ground"], network.services["ground_via_reno"]
    assert (base.typical_days, made.typical_days) == ((1, 2, 5), (2, 3, 6))
    assert (made.carrier, made.rates, made.mode) == (base.carrier, base.rates, base.mode)
    assert network.service_levels["standard"].services == ("parcel_ground", "ground_via_reno")


def test_a_departure_knows_its_hub_and_how_far_it_is(tiny) -> None:
    skipping(tiny)

    network = tiny.build().network

    (departure,) = [one for one in network.nodes["columbus"].departures if one.injection is not None]
    assert (departure.injection.hub.zip3, departure.injection.regions) == ("895", {"west"})
    assert departure.injection.miles == pytest.approx(network.miles("columbus", "895"))
    assert departure.injection.usd_per_lb == 0.25


def test_two_nodes_may_inject_the_same_service(tiny) -> None:
    skipping(tiny)
    tiny.set(DEPARTURE.replace("columbus", "reno"),
             {"days": "mon-fri", "cutoff": "15:00", "departs": "15:30", "inject": {**INJECT, "at": "432"}})  # fmt: skip

    assert tiny.problems() == []


def test_customers_reached_only_by_way_of_a_hub_are_not_enough(tiny) -> None:
    skipping(tiny)
    tiny.set("network.nodes.reno.enabled", False)
    tiny.set("network.nodes.columbus.departures.parcel_ground", None)

    assert "3 ZIP3 that no open node can reach: 432, 606, 895" in tiny.said()


@pytest.mark.parametrize(
    ("special", "message"),
    [
        (
            {"service": "parcl_ground"},
            (
                f"{DEPARTURE}.inject.service: service 'parcl_ground'\n  expected: one of parcel_ground\n"
                "  to mend:  name a service that counts days"
            ),
        ),
        (
            {"service": "courier_same_day"},
            (
                f"{DEPARTURE}.inject.service: service 'courier_same_day', which delivers the same day\n"
                "  expected: one of parcel_ground\n  to mend:  name a service that counts days"
            ),
        ),
        (
            {"at": "999"},
            f"{DEPARTURE}.inject.at: '999'\n  expected: a ZIP3 of the places\n  to mend:  use one that exists",
        ),
        (
            {"regions": ["west", "wild"]},
            (
                f"{DEPARTURE}.inject.regions: 'wild'\n  expected: one of midwest, west\n"
                "  to mend:  name a region of the places"
            ),
        ),
        ({"regions": []}, f"{DEPARTURE}.inject.regions"),
        ({"usd_per_lb": -1}, f"{DEPARTURE}.inject.usd_per_lb"),
        ({"extra_days": 9}, f"{DEPARTURE}.inject.extra_days"),
        ({"at": 895}, f"{DEPARTURE}.inject.at"),
    ],
)
def test_an_injection_that_cannot_be_is_refused(tiny, special: dict[str, object], message: str) -> None:
    skipping(tiny, **special)

    assert message in tiny.said()


def test_one_name_cannot_be_two_services(tiny) -> None:
    skipping(tiny)
    later = {**INJECT, "extra_days": 2}
    tiny.set(DEPARTURE.replace("columbus", "reno"),
             {"days": "mon-fri", "cutoff": "15:00", "departs": "15:30", "inject": later})  # fmt: skip

    assert tiny.said().endswith(
        "departures.ground_via_reno.inject: 'ground_via_reno', which is another service too\n"
        "  expected: a name of its own for each service and its days\n  to mend:  rename the departure"
    )
