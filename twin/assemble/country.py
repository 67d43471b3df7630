"""Places, zones, products, cartons and holidays from their tables."""

from __future__ import annotations

from datetime import date

from twin.assemble.rows import (
    MOST_ZONES,
    Findings,
    Parser,
    Row,
    between,
    count,
    iso_date,
    name,
    not_negative,
    number,
    positive,
    read,
    text,
    truth,
    zip3,
)
from twin.config.network import NetworkConfig
from twin.domain.calendars import timezone_from
from twin.domain.cartons import Carton
from twin.domain.geography import Place, ZoneBands
from twin.domain.products import PACKINGS, Packing, Product


def places(config: NetworkConfig, findings: Findings) -> dict[str, Place]:
    """Read the places customers live in, by ZIP3."""
    columns = {"zip3": zip3, "state": name, "city": text, "tz": timezone_from, "lat": _degrees(90),
               "lng": _degrees(180), "population": count, "region": name}  # fmt: skip
    rows = read("network.places", config.places, columns, findings, unique=["zip3"])
    if findings.is_sound(config.places) and not any(row["population"] for row in rows):
        findings.add_table(config.places, "no row with people", "at least one", "add the places")
    return {
        row["zip3"]: Place(row["zip3"], row["state"], row["city"], row["tz"], row["lat"], row["lng"],
                           row["population"], row["region"])
        for row in sorted(rows, key=lambda row: row["zip3"])  # else a permuted table would draw other customers
    }  # fmt: skip


def zone_bands(config: NetworkConfig, findings: Findings) -> ZoneBands:
    """Read the mileage bands of the carrier zones."""
    columns = {"zone": between(1, MOST_ZONES), "max_miles_incl": positive}
    rows = read("network.zone_bands", config.zone_bands, columns, findings, unique=["zone"])
    upper = {row["zone"]: row["max_miles_incl"] for row in rows}
    zones = sorted(upper)
    miles = tuple(upper[zone] for zone in zones)
    if zones and zones == list(range(1, len(zones) + 1)) and list(miles) == sorted(set(miles)):
        return ZoneBands(miles)
    if findings.is_sound(config.zone_bands):
        found = ", ".join(f"zone {zone} up to {upper[zone]:g} miles" for zone in zones) or "no row"
        expected = "zones 1, 2, 3 and so on, each farther than the one before"
        findings.add_table(config.zone_bands, found, expected, "mend the table")
    return ZoneBands(tuple(float(zone) for zone in range(1, MOST_ZONES + 1)))


def products(config: NetworkConfig, findings: Findings) -> dict[str, Product]:
    """Read the catalogue, by SKU, the most popular first."""
    columns = {"sku": name, "category": name, "weight_kg": positive, "length_cm": positive,
               "width_cm": positive, "height_cm": positive, "unit_cost_usd": not_negative,
               "price_usd": not_negative, "popularity": not_negative, "velocity_class": text,
               "regional_tilt": text}  # fmt: skip
    rows = read("network.products", config.products, columns, findings, ["sku"], optional={"packing": _packing})
    if findings.is_sound(config.products) and not any(row["popularity"] for row in rows):
        findings.add_table(config.products, "no row with a popularity", "at least one", "add the products")
    found = [
        Product(row["sku"], row["category"], row["weight_kg"], _longest_first(row), row["unit_cost_usd"],
                row["price_usd"], row["popularity"], row["velocity_class"], row["regional_tilt"],
                row["packing"])
        for row in rows
    ]  # fmt: skip
    return {one.sku: one for one in sorted(found, key=lambda one: (-one.popularity, one.sku))}


def cartons(key: str, table: str, findings: Findings) -> tuple[Carton, ...]:
    """Read the boxes orders are packed in, by id, from the table that a key names."""
    columns = {"carton_id": name, "length_cm": positive, "width_cm": positive, "height_cm": positive,
               "max_weight_kg": positive, "tare_kg": not_negative, "cost_usd": not_negative,
               "co2e_kg": not_negative}  # fmt: skip
    rows = read(key, table, columns, findings, unique=["carton_id"])
    found = [
        Carton(row["carton_id"], _longest_first(row), row["max_weight_kg"], row["tare_kg"], row["cost_usd"],
               row["co2e_kg"])
        for row in rows
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda carton: carton.carton_id))


def holidays(config: NetworkConfig, findings: Findings) -> tuple[frozenset[date], frozenset[date]]:
    """Read the holidays: (days businesses are closed, days carriers do not work)."""
    columns = {"date": iso_date, "federal": truth, "carrier_closed": truth}
    rows = read("network.holidays", config.holidays, columns, findings)
    federal = frozenset(row["date"] for row in rows if row["federal"])
    return federal, frozenset(row["date"] for row in rows if row["carrier_closed"])


def _longest_first(row: Row) -> tuple[float, float, float]:
    length, width, height = sorted((row["length_cm"], row["width_cm"], row["height_cm"]), reverse=True)
    return length, width, height


def _packing(value: str) -> Packing:
    """Take a way to pack; blank means together."""
    for known in PACKINGS:
        if value == known:
            return known
    if not value:
        return "together"
    raise ValueError(f"one of {', '.join(PACKINGS)}, or blank for together")


def _degrees(limit: int) -> Parser:
    """Take a latitude or longitude."""

    def within(value: str) -> float:
        parsed = number(value)
        if abs(parsed) > limit:
            raise ValueError(f"degrees from -{limit} to {limit}")
        return parsed

    return within
