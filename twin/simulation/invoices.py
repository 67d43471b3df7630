"""What shipments cost, emit and take, worked out for thousands at once after their trucks have left."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from twin.domain.disruptions import Disruption
from twin.domain.geography import KM_PER_MILE
from twin.domain.network import Network
from twin.domain.surcharges import Extras
from twin.policies.offers import OfferBook
from twin.simulation.days import Floats, Integers
from twin.simulation.distributions import quantiles
from twin.simulation.hauling import Hauls
from twin.simulation.pages import Pages
from twin.simulation.shipments import FailedShipment, Shipment
from twin.simulation.transit import DELIVERY_ENDS, DELIVERY_STARTS, DayBook, TransitCalendar, extra_days

MICRO = 1_000_000  # money is booked in whole micro-dollars, carbon in whole milligrams
GOLDEN = 0.6180339887498949  # further shipments of an order turn its luck, so they do not share their delay

FIELDS = (
    "order", "turn", "first_choice", "zone",
    "lines", "units", "packages", "weight_kg", "billable_lb", "routed_at", "started_at", "packed_at",
    "planned_departure_at", "work_hours", "freight_usd", "extras", "expected_usd", "packaging_usd", "packaging_co2e_kg",
)  # fmt: skip
WHOLE = ("order", "turn", "first_choice", "zone", "lines", "units", "packages", "extras")
SURCHARGES = ("fuel_usd", "residential_usd", *Extras._fields)
"""The parts of `surcharge_usd`."""

OUTCOMES = ("delivered", "lost", "damaged")

Column = Any  # a numpy array of whatever the column holds
Columns = dict[str, Column]


@dataclass(frozen=True, slots=True)
class Batch:
    """Shipments that left on one truck, and how many they were."""

    node: str
    service: str
    departs_at: float
    size: int


def whole(amounts: Floats) -> Integers:
    """Return dollars as whole micro-dollars, or kilograms as whole milligrams."""
    return np.rint(amounts * MICRO).astype(np.int64)


class Invoicing:
    """Turns batches of shipments into columns: prices, carbon and arrival."""

    def __init__(
        self,
        book: OfferBook,
        calendars: Mapping[str, TransitCalendar],
        days: DayBook,
        delays: Sequence[Disruption],
    ) -> None:
        network = book.network
        self.nodes, self.services = list(network.nodes), list(network.services)
        self.zips = list(network.places)
        self._places = list(network.places.values())
        self._network, self._book, self._calendars, self._days = network, book, calendars, days
        self._delays = delays
        self._km = np.array([[book.miles(node, zip3) * KM_PER_MILE for zip3 in self.zips] for node in self.nodes])
        zones = [place.timezone for place in network.places.values()]
        timezones = sorted(set(zones))
        self._midnights = np.stack([days.midnights(zone) for zone in timezones])
        self._zip_zone = np.array([timezones.index(zone) for zone in zones])
        self._zip_region = np.array([place.region for place in network.places.values()], dtype=object)
        self._hauls = Hauls(book, self.nodes, self.services)
        self._fees, self._wages = _node_prices(network)
        self._fuel, self._residential, self._linehaul, self._last_mile = _service_prices(network)
        self._refund = np.array([service.liability.late_refund_rate for service in network.services.values()])

    def columns(
        self,
        batches: Sequence[Batch],
        fields: array[float],
        failed: Mapping[int, FailedShipment],
        first_number: int,
        pages: Pages,
    ) -> Columns:
        """Return the columns of the shipments table, with codes for names, from what `fields_of` each truck took.

        `failed` are those that never arrive whole, by number.
        """
        found = _columns(fields)
        found["shipment"] = np.arange(first_number, first_number + len(found["order"]))
        found |= _drawn(found["order"], found.pop("turn"), pages)
        sizes = [batch.size for batch in batches]
        found["node"] = np.repeat([self.nodes.index(batch.node) for batch in batches], sizes)
        found["service"] = np.repeat([self.services.index(batch.service) for batch in batches], sizes)
        found["departed_at"] = np.repeat([batch.departs_at for batch in batches], sizes)
        found["distance_km"] = self._km[found["node"], found["destination"]]
        haul_usd = self._hauls.lead(found)
        freight_usd = found["freight_usd"] - haul_usd
        self._price(found, haul_usd)
        self._emit(found)
        late_days = self._deliver(found)
        found["claimed_usd"] = -whole(freight_usd * np.where(late_days > 0, self._refund[found["service"]], 0.0))
        _lose(found, failed)
        return found

    def _price(self, found: Columns, haul_usd: Floats | float) -> None:
        node, service, freight = found["node"], found["service"], found.pop("freight_usd")
        residential = found["packages"] * self._residential[service]
        extras = np.array(self._book.extras())[found.pop("extras")]
        label = (freight - haul_usd - residential - extras.sum(axis=1)) / (1.0 + self._fuel[service])
        found["label_usd"] = whole(label + haul_usd)
        found["surcharge_usd"] = whole(freight) - found["label_usd"]
        flat = dict(zip(SURCHARGES[1:], whole(np.column_stack([residential, extras])).T, strict=True))
        found |= {"fuel_usd": found["surcharge_usd"] - sum(flat.values()), **flat}
        per_order, per_line, per_unit = self._fees[:, node]
        fees = per_order + per_line * found["lines"] + per_unit * found["units"]
        found["handling_usd"] = whole(fees + self._wages[node] * found["work_hours"])

    def _emit(self, found: Columns) -> None:
        service = found["service"]
        tkm = found["weight_kg"] / 1000.0 * found["distance_km"] * self._network.carbon.road_factor
        per_tkm = self._linehaul[service]
        found["linehaul_co2e_kg"] = whole(tkm * per_tkm + self._hauls.more_co2e_kg(found, per_tkm))
        found["last_mile_co2e_kg"] = whole(found["packages"] * self._last_mile[service])

    def _deliver(self, found: Columns) -> Integers:
        """Work out when shipments arrive, and return how many days later than usual."""
        transit_luck, delivery_luck = found.pop("transit_luck"), found.pop("delivery_luck")
        node, service, departed_at = found["node"], found["service"], found["departed_at"]
        late = extra_days(self._network.services, self.services, service, transit_luck)
        late += self._disrupted_days(found, transit_luck)
        delivered_at = np.empty(len(node))
        for name in self.services:
            mine = np.flatnonzero(service == self.services.index(name))
            if len(mine):
                hours = quantiles_or_none(self._network, name, transit_luck[mine])
                delivered_at[mine] = (
                    departed_at[mine] + hours + late[mine] * 24.0
                    if hours is not None
                    else self._by_calendar(name, found, mine, late[mine], delivery_luck[mine])
                )
        found["delivered_at"] = delivered_at
        return late

    def _by_calendar(self, name: str, found: Columns, mine: Integers, late: Integers, luck: Floats) -> Floats:
        """Return arrivals of a service that counts business days."""
        service = self._network.services[name]
        typical = np.array([days or 0 for days in service.typical_days])
        days = np.maximum(1, typical[found["zone"][mine] - 1]) + late
        left_on = np.empty(len(mine), dtype=np.int64)
        nodes = found["node"][mine]
        for code in np.unique(nodes).tolist():
            here = nodes == code
            zone = self._network.nodes[self.nodes[code]].place.timezone
            left_on[here] = self._days.day_of(found["departed_at"][mine][here], zone)
        day = self._calendars[name].delivery_day(left_on, days)
        hour = DELIVERY_STARTS + (DELIVERY_ENDS - DELIVERY_STARTS) * luck
        at: Floats = self._midnights[self._zip_zone[found["destination"][mine]], day] + hour
        return at

    def _disrupted_days(self, found: Columns, luck: Floats) -> Integers:
        """Return the days that carrier delays and storms add to parcels that leave while they last."""
        late = np.zeros(len(luck), dtype=np.int64)
        spun = (luck + GOLDEN) % 1.0  # not the uniform that chose the usual delay
        for event in self._delays:
            late += event.delay_days * (spun < self._severities(event, found))
        return late

    def _severities(self, event: Disruption, found: Columns) -> Floats:
        """Return how badly an event bites each parcel as its truck leaves, 0 where it does not hit it."""
        left_at = found["departed_at"].tolist()
        if event.track is not None:
            places = [self._places[zip3] for zip3 in found["destination"].tolist()]
            return np.array([event.severity_of(place, at) for place, at in zip(places, left_at, strict=True)])
        severity = np.array([event.severity_at(at) for at in left_at])
        if event.scope == "service":
            named = [code for code, name in enumerate(self.services) if name in event.targets]
            return severity * np.isin(found["service"], named)
        return severity * np.isin(self._zip_region[found["destination"]].astype(str), event.targets)


def fields_of(shipments: Sequence[Shipment]) -> list[float]:
    """Return all `FIELDS` of some shipments, one shipment after the other.

    Shipment by shipment and not field by field, and when their truck leaves: later the objects have left the cache,
    and each would be fetched anew.
    """
    return [
        field
        for shipment in shipments
        for order, plan in ((shipment.order, shipment.plan),)
        for offer, parcels in ((plan.offer, plan.boxes),)
        for field in (
            order.number, shipment.turn, shipment.first_choice, offer.zone,
            parcels.lines, parcels.units, len(parcels.signature), parcels.weight_kg, offer.billable_lb,
            shipment.routed_at, shipment.started_at, shipment.finished[-1], shipment.planned_departure_at,
            shipment.work_hours, offer.freight_usd, offer.extras, offer.cost_usd + plan.parcels.packaging_usd,
            parcels.packaging_usd, parcels.packaging_co2e_kg,
        )
    ]  # fmt: skip


def _columns(fields: array[float]) -> Columns:
    table = np.frombuffer(fields).reshape(-1, len(FIELDS)).T
    found: Columns = dict(zip(FIELDS, table, strict=True))
    for name in WHOLE:
        found[name] = found[name].astype(np.int64)
    for name in ("expected_usd", "packaging_usd", "packaging_co2e_kg"):
        found[name] = whole(found[name])
    return found


def _lose(found: Columns, failed: Mapping[int, FailedShipment]) -> None:
    """Enter what never arrives whole: nothing comes, its goods are paid for, the carrier answers a claim."""
    count = len(found["order"])
    found["outcome"], found["lost_goods_usd"] = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    first = int(found["shipment"][0])
    for number, shipment in failed.items():
        at = number - first
        found["outcome"][at] = OUTCOMES.index(shipment.failure)
        found["delivered_at"][at] = np.nan
        found["lost_goods_usd"][at] = round(shipment.goods_usd * MICRO)
        found["claimed_usd"][at] = -round(shipment.claim_usd * MICRO)


def quantiles_or_none(network: Network, service: str, luck: Floats) -> Floats | None:
    """Return the hours in transit of a same-day service, or None for one that counts days."""
    hours = network.services[service].transit_hours
    return None if hours is None else quantiles(hours, luck)


def _drawn(orders: Integers, turn: Integers, pages: Pages) -> Columns:
    """Return what was drawn for the orders of some shipments; further ones of an order turn its luck."""
    count = len(orders)
    destination, promised_by = np.empty(count, dtype=np.int64), np.empty(count)
    transit, delivery = np.empty(count), np.empty(count)
    for page, positions, rows in pages.grouped(orders):
        spin = GOLDEN * turn[positions]
        destination[positions] = page.day.destination[rows]
        promised_by[positions] = page.day.promised_by[rows]
        transit[positions] = (page.luck["transit"][rows] + spin) % 1.0
        delivery[positions] = (page.luck["delivery"][rows] + spin) % 1.0
    return {
        "destination": destination,
        "promised_by": promised_by,
        "transit_luck": transit,
        "delivery_luck": delivery,
    }


def _node_prices(network: Network) -> tuple[Floats, Floats]:
    costs = [node.costs for node in network.nodes.values()]
    fees = np.array([[c.fee_per_order_usd for c in costs], [c.fee_per_line_usd for c in costs],
                     [c.fee_per_unit_usd for c in costs]])  # fmt: skip
    return fees, np.array([c.wage_usd_per_hour if c.labor_paid == "worked" else 0.0 for c in costs])


def _service_prices(network: Network) -> tuple[Floats, Floats, Floats, Floats]:
    services = list(network.services.values())
    carbon = network.carbon
    return (
        np.array([service.surcharges.fuel_rate for service in services]),
        np.array([service.surcharges.residential_usd for service in services]),
        np.array([carbon.linehaul_kg_per_tkm[service.mode] for service in services]),
        np.array([carbon.last_mile_kg_per_parcel[service.mode] for service in services]),
    )
