"""Carrier services from the tables of services, rates, transit times and delays."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from twin.assemble.contracts import Terms, contract_terms
from twin.assemble.rows import (
    MOST_ZONES,
    Findings,
    Parser,
    Row,
    between,
    count,
    name,
    not_negative,
    positive,
    read,
    refuse_repeats,
    some,
    truth,
)
from twin.assemble.surcharges import surcharge_rules
from twin.config.carriers import CarriersConfig
from twin.domain.calendars import Timeline
from twin.domain.carriers import CarrierService, RateCard
from twin.domain.distributions import Distribution
from twin.domain.surcharges import SurchargeRule, Surcharges
from twin.simulation.docks import LONGEST_TRANSIT_DAYS

MODES = ("ground", "air", "courier")
MONDAY_TO_FRIDAY = frozenset(range(5))
SATURDAY, SUNDAY = 5, 6
PROBABILITY_TOLERANCE = 1e-6

RowsByService = dict[str, list[Row]]


@dataclass(frozen=True, slots=True)
class Tables:
    """The rows of rates, transit times and delays by service."""

    rates: RowsByService
    transit: RowsByService
    delays: RowsByService


def carrier_services(
    config: CarriersConfig, zones: int, areas: Collection[str], timeline: Timeline, findings: Findings
) -> dict[str, CarrierService]:
    """Read the services that have rates, in order of name, `carrier_service`; gaps in their tables go to `findings`.

    The table of services may list more than a scenario buys: the rate tables it names decide.
    """
    described = {_service(row): row for row in _described(config, findings)}
    tables = _tables(config, findings)
    bought = {service: row for service, row in sorted(described.items()) if service in tables.rates}
    if findings.is_sound(*config.services, *config.rates):
        _check_factors(config, bought, findings)
    if findings.is_sound(*config.services):
        _check_described(tables, described, findings)
    if findings.is_sound(*config.rates):
        _check_gaps(tables.rates, zones, findings)
    if findings.is_sound(*config.delays):
        _check_probabilities(tables.delays, findings)
    rules = surcharge_rules(config, described, areas, timeline, findings)
    terms = contract_terms(config, described, findings)
    return {
        service: _with_contract(
            _carrier_service(service, row, config, tables, zones), terms[service], rules.get(service, ())
        )
        for service, row in bought.items()
    }


def _check_factors(config: CarriersConfig, bought: Collection[str], findings: Findings) -> None:
    for service in config.price_factors:
        if service not in bought:
            key, known = f"carriers.price_factors.{service}", f"one of {', '.join(bought)}"
            findings.add_key(key, f"service {service!r}", known, "name a service of the tables")


def _check_described(tables: Tables, described: Collection[str], findings: Findings) -> None:
    for rows in (tables.rates, tables.transit, tables.delays):
        for service in sorted(set(rows) - set(described)):
            cure = "describe it in a table of carriers.services, or drop its rows"
            findings.add_row(rows[service][0], f"service {service!r}", f"one of {', '.join(described)}", cure)


def _check_gaps(rates: RowsByService, zones: int, findings: Findings) -> None:
    """A zone with prices has one for every weight of the card."""
    expected = "a price for every weight of the card, or none in the zone"
    for service, rows in rates.items():
        weights = sorted({row["weight_to_lb"] for row in rows})
        for zone in range(1, zones + 1):
            priced = {row["weight_to_lb"] for row in rows if row["zone"] == zone}
            missing = [f"{weight:g}" for weight in weights if weight not in priced]
            if priced and missing:
                found = f"{service}, zone {zone}: no price up to {some(missing)} lb"
                findings.add_row(rows[0], found, expected, "add the rows")


def _check_probabilities(delays: RowsByService, findings: Findings) -> None:
    for service, rows in delays.items():
        total = sum(row["probability"] for row in rows)
        if abs(total - 1) > PROBABILITY_TOLERANCE:
            found = f"{service}: probabilities that add up to {total:g}"
            findings.add_row(rows[0], found, "1", "mend its rows")


def _described(config: CarriersConfig, findings: Findings) -> list[Row]:
    columns = {"mode": _mode, "dim_divisor_in3_per_lb": positive, "dim_threshold_in3": not_negative,
               "max_weight_lb": positive, "max_length_in": positive, "fuel_rate": not_negative,
               "residential_usd": not_negative, "saturday_pickup": truth, "saturday_delivery": truth,
               "sunday_delivery": truth}  # fmt: skip
    return _rows("carriers.services", config.services, columns, (), findings)


def _tables(config: CarriersConfig, findings: Findings) -> Tables:
    zone = between(1, MOST_ZONES)  # a table may have zones that no mileage band leads to
    days = between(0, LONGEST_TRANSIT_DAYS)
    rates = {"zone": zone, "weight_to_lb": positive, "price_usd": not_negative}
    delays = {"extra_days": count, "probability": not_negative}
    return Tables(
        _by_service(_rows("carriers.rates", config.rates, rates, ("zone", "weight_to_lb"), findings)),
        _by_service(_rows("carriers.transit", config.transit, {"zone": zone, "typical_days": days}, ("zone",),
                          findings)),
        _by_service(_rows("carriers.delays", config.delays, delays, ("extra_days",), findings)),
    )  # fmt: skip


def _rows(
    key: str,
    tables: Sequence[str],
    columns: Mapping[str, Parser],
    unique: tuple[str, ...],
    findings: Findings,
) -> list[Row]:
    """Read several tables of one kind as one."""
    schema = {"carrier": name, "service": name, **columns}
    rows = [row for table in tables for row in read(key, table, schema, findings)]
    refuse_repeats(rows, ("carrier", "service", *unique), findings)
    return rows


def _carrier_service(service: str, row: Row, config: CarriersConfig, tables: Tables, zones: int) -> CarrierService:
    factor = config.price_factors.get(service, 1.0)
    same_day = row["mode"] == "courier"  # delivers on the day it collects, so it collects when it delivers
    days = {row["zone"]: row["typical_days"] for row in tables.transit.get(service, [])}
    return CarrierService(
        name=service,
        carrier=row["carrier"],
        mode=row["mode"],
        rates=_rate_card(tables.rates[service], zones, factor),
        surcharges=Surcharges(row["fuel_rate"], row["residential_usd"] * factor),
        dim_divisor=row["dim_divisor_in3_per_lb"],
        dim_threshold_in3=row["dim_threshold_in3"],
        max_weight_lb=row["max_weight_lb"],
        max_length_in=row["max_length_in"],
        typical_days=tuple(days.get(zone) for zone in range(1, zones + 1)),
        extra_days=_extra_days(tables.delays.get(service, [])),
        transit_hours=config.courier_hours if same_day else None,
        delivery_weekdays=_weekdays(saturday=row["saturday_delivery"], sunday=row["sunday_delivery"]),
        pickup_weekdays=_weekdays(saturday=row["saturday_pickup"], sunday=same_day and row["sunday_delivery"]),
    )


def _with_contract(service: CarrierService, terms: Terms, rules: Sequence[SurchargeRule]) -> CarrierService:
    """Return a service at the prices of its contract, with the rules of its surcharges."""
    rates = service.rates
    prices = tuple(
        tuple(terms.price_usd(zone, usd) for usd in row) for zone, row in enumerate(rates.prices_usd, start=1)
    )
    return replace(
        service,
        rates=replace(rates, prices_usd=prices),
        surcharges=replace(service.surcharges, rules=tuple(rules)),
        liability=terms.liability,
    )


def _service(row: Row) -> str:
    return f"{row['carrier']}_{row['service']}"


def _by_service(rows: Iterable[Row]) -> RowsByService:
    found: RowsByService = {}
    for row in rows:
        found.setdefault(_service(row), []).append(row)
    return found


def _rate_card(rows: list[Row], zones: int, factor: float) -> RateCard:
    """Return the prices; a zone that does not have them all has none."""
    weights = sorted({row["weight_to_lb"] for row in rows})
    price = {(row["zone"], row["weight_to_lb"]): row["price_usd"] * factor for row in rows}
    prices = []
    for zone in range(1, zones + 1):
        cells = [price[zone, weight] for weight in weights if (zone, weight) in price]
        prices.append(tuple(cells) if len(cells) == len(weights) else ())
    return RateCard(tuple(weights), tuple(prices))


def _extra_days(rows: list[Row]) -> Distribution:
    """Return how many days late parcels are, never without rows."""
    if not sum(row["probability"] for row in rows):
        return Distribution.of("deterministic", value=0.0)
    return Distribution.of(
        "discrete", values=[row["extra_days"] for row in rows], weights=[row["probability"] for row in rows]
    )


def _mode(value: str) -> str:
    if value not in MODES:
        raise ValueError(f"one of {', '.join(MODES)}")
    return value


def _weekdays(*, saturday: bool, sunday: bool) -> frozenset[int]:
    return MONDAY_TO_FRIDAY | ({SATURDAY} if saturday else set()) | ({SUNDAY} if sunday else set())
