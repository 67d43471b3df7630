"""Carrier services from the tables of services, rates, transit times and delays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from twin.assemble.rows import Findings, Row, name, not_negative, positive, read, truth, whole
from twin.config import CarriersConfig
from twin.domain.carriers import CarrierService, RateCard, Surcharges
from twin.domain.distributions import Distribution

MODES = ("ground", "air", "courier")
MONDAY_TO_FRIDAY = frozenset(range(5))
SATURDAY, SUNDAY = 5, 6


def carrier_services(config: CarriersConfig, zones: int, findings: Findings) -> dict[str, CarrierService]:
    """Read the services that have rates, named `carrier_service`; gaps in their tables go to `findings`.

    The table of services may list more than a scenario buys: the rate tables it names decide.
    """
    prices = _by_service(_rows(config.rates, {"zone": whole, "weight_to_lb": positive, "price_usd": not_negative},
                               ("zone", "weight_to_lb"), findings))  # fmt: skip
    transit = _by_service(_rows(config.transit, {"zone": whole, "typical_days": whole}, ("zone",), findings))
    delays = _by_service(_rows(config.delays, {"extra_days": whole, "probability": not_negative}, ("extra_days",),
                               findings))  # fmt: skip
    columns = {"mode": name, "dim_divisor_in3_per_lb": positive, "dim_threshold_in3": not_negative,
               "max_weight_lb": positive, "max_length_in": positive, "fuel_rate": not_negative,
               "residential_usd": not_negative, "saturday_pickup": truth, "saturday_delivery": truth,
               "sunday_delivery": truth}  # fmt: skip
    found = {}
    for row in _rows(config.services, columns, (), findings):
        service = f"{row['carrier']}_{row['service']}"
        if service not in prices:
            continue
        if row["mode"] not in MODES:
            findings.add(row.where, f"mode {row['mode']!r}", f"one of {', '.join(MODES)}", "mend the mode")
            continue
        factor = config.price_factors.get(service, 1.0)
        found[service] = CarrierService(
            name=service,
            carrier=row["carrier"],
            mode=row["mode"],
            rates=_rate_card(service, prices.get(service, []), zones, factor, findings),
            surcharges=Surcharges(row["fuel_rate"], row["residential_usd"] * factor),
            dim_divisor=row["dim_divisor_in3_per_lb"],
            dim_threshold_in3=row["dim_threshold_in3"],
            max_weight_lb=row["max_weight_lb"],
            max_length_in=row["max_length_in"],
            typical_days=_typical_days(service, transit.get(service, []), zones, findings),
            extra_days=_extra_days(delays.get(service, [])),
            transit_hours=config.courier_hours if row["mode"] == "courier" else None,
            delivery_weekdays=_weekdays(saturday=row["saturday_delivery"], sunday=row["sunday_delivery"]),
            pickup_weekdays=_weekdays(saturday=row["saturday_pickup"], sunday=False),
        )
    for service in sorted(set(prices) - set(found)):
        findings.add(f"rates of {service}", "a service that no table of services describes",
                     "a row in one of carriers.services", "add the row")  # fmt: skip
    for service in config.price_factors:
        if service not in found:
            findings.add(f"carriers.price_factors.{service}", f"service {service!r}", f"one of {', '.join(found)}",
                         "name a service of the tables")  # fmt: skip
    return found


def _rows(
    tables: Iterable[str], columns: Mapping[str, object], key: tuple[str, ...], findings: Findings
) -> list[Row]:
    schema = {"carrier": name, "service": name, **columns}
    return [row for table in tables for row in read(table, schema, findings, key=("carrier", "service", *key))]  # type: ignore[arg-type]  # parsers of several types


def _by_service(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(f"{row['carrier']}_{row['service']}", []).append(row)
    return found


def _rate_card(service: str, rows: list[Row], zones: int, factor: float, findings: Findings) -> RateCard:
    weights = sorted({row["weight_to_lb"] for row in rows})
    price = {(row["zone"], row["weight_to_lb"]): row["price_usd"] * factor for row in rows}
    table = []
    for zone in range(1, zones + 1):
        cells = [price.get((zone, weight)) for weight in weights]
        missing = [weight for weight, cell in zip(weights, cells, strict=True) if cell is None]
        if missing and len(missing) < len(cells):
            findings.add(f"rates of {service}, zone {zone}", f"no price up to {missing[0]:g} lb",
                         "a price for every weight of the card, or none in the zone", "add the row")  # fmt: skip
        table.append(tuple(cell for cell in cells if cell is not None) if not missing else ())
    return RateCard(tuple(weights), tuple(table))


def _typical_days(service: str, rows: list[Row], zones: int, findings: Findings) -> tuple[int | None, ...]:
    days = {row["zone"]: row["typical_days"] for row in rows}
    if not days:
        findings.add(f"transit times of {service}", "none", "typical days for at least one zone", "add its rows")
    return tuple(days.get(zone) for zone in range(1, zones + 1))


def _extra_days(rows: list[Row]) -> Distribution:
    if not rows:
        return Distribution.of("deterministic", value=0.0)
    return Distribution.of(
        "discrete", values=[row["extra_days"] for row in rows], weights=[row["probability"] for row in rows]
    )


def _weekdays(*, saturday: bool, sunday: bool) -> frozenset[int]:
    return MONDAY_TO_FRIDAY | ({SATURDAY} if saturday else set()) | ({SUNDAY} if sunday else set())
