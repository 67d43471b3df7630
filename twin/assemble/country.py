"""Places, zones, products, cartons and holidays from their tables."""

from __future__ import annotations

from datetime import date

from twin.assemble.rows import Findings, Row, name, not_negative, number, positive, read, text, truth, whole, zip3
from twin.config import CarbonConfig, NetworkConfig
from twin.domain.cartons import Carton
from twin.domain.geography import Place, ZoneBands
from twin.domain.network import CarbonFactors
from twin.domain.products import Product


def places(config: NetworkConfig, findings: Findings) -> dict[str, Place]:
    """Read the places customers live in, by ZIP3."""
    columns = {"zip3": zip3, "state": name, "city": text, "tz": name, "lat": number, "lng": number,
               "population": whole, "region": name}  # fmt: skip
    found = {}
    for row in read(config.places, columns, findings, key=["zip3"]):
        try:
            found[row["zip3"]] = Place(
                row["zip3"], row["state"], row["city"], row["tz"], row["lat"], row["lng"], row["population"],
                row["region"],
            )  # fmt: skip
        except ValueError as error:
            findings.add(row.where, "a place that cannot be", str(error), "mend the row")
    return found


def zone_bands(config: NetworkConfig, findings: Findings) -> ZoneBands:
    """Read the mileage bands of the carrier zones."""
    columns = {"zone": whole, "max_miles_incl": positive}
    rows = sorted(read(config.zone_bands, columns, findings, key=["zone"]), key=lambda row: int(row["zone"]))
    if [row["zone"] for row in rows] != list(range(1, len(rows) + 1)) or not rows:
        findings.add(config.zone_bands, f"zones {[row['zone'] for row in rows]}", "zones 1, 2, 3 ...", "mend them")
        return ZoneBands((1.0,))
    try:
        return ZoneBands(tuple(row["max_miles_incl"] for row in rows))
    except ValueError as error:
        findings.add(config.zone_bands, "zone bands out of order", str(error), "sort them by mileage")
        return ZoneBands((1.0,))


def products(config: NetworkConfig, findings: Findings) -> dict[str, Product]:
    """Read the catalogue, by SKU, the most popular first."""
    columns = {"sku": name, "category": name, "weight_kg": positive, "length_cm": positive, "width_cm": positive,
               "height_cm": positive, "unit_cost_usd": not_negative, "price_usd": not_negative,
               "popularity": not_negative, "velocity_class": text, "regional_tilt": text}  # fmt: skip
    found = []
    for row in read(config.products, columns, findings, key=["sku"]):
        found.append(Product(
            row["sku"], row["category"], row["weight_kg"], _longest_first(row), row["unit_cost_usd"],
            row["price_usd"], row["popularity"], row["velocity_class"], row["regional_tilt"],
        ))  # fmt: skip
    return {product.sku: product for product in sorted(found, key=lambda product: (-product.popularity, product.sku))}


def cartons(config: NetworkConfig, findings: Findings) -> tuple[Carton, ...]:
    """Read the boxes orders are packed in, by id."""
    columns = {"carton_id": name, "length_cm": positive, "width_cm": positive, "height_cm": positive,
               "max_weight_kg": positive, "tare_kg": not_negative, "cost_usd": not_negative,
               "co2e_kg": not_negative}  # fmt: skip
    rows = read(config.cartons, columns, findings, key=["carton_id"])
    return tuple(
        Carton(row["carton_id"], _longest_first(row), row["max_weight_kg"], row["tare_kg"], row["cost_usd"],
               row["co2e_kg"])  # fmt: skip
        for row in sorted(rows, key=lambda row: str(row["carton_id"]))
    )


def holidays(config: NetworkConfig, findings: Findings) -> tuple[frozenset[date], frozenset[date]]:
    """Read the holidays: (days businesses are closed, days carriers do not work)."""
    rows = read(config.holidays, {"date": _iso_date, "federal": truth, "carrier_closed": truth}, findings)
    federal = frozenset(row["date"] for row in rows if row["federal"])
    return federal, frozenset(row["date"] for row in rows if row["carrier_closed"])


def carbon_factors(config: CarbonConfig, findings: Findings) -> CarbonFactors:
    """Read the emission factors; all of them well-to-wheel."""
    columns = {"key": name, "value": not_negative, "scope": name, "version": name}
    rows = read(config.factors, columns, findings, key=["key"])
    factor = {row["key"]: row["value"] for row in rows}
    needed = ("linehaul_ground", "linehaul_air", "courier_van_per_tkm", "last_mile_per_parcel", "inbound_truckload",
              "grid_electricity")  # fmt: skip
    for key in needed:
        if key not in factor:
            findings.add(config.factors, f"no factor {key!r}", "a row with that key", "add the row")
    for row in rows:
        if row["scope"] != "WTW":
            findings.add(row.where, f"scope {row['scope']!r}", "WTW", "never mix scopes: convert the factor")
    get = factor.get
    return CarbonFactors(
        linehaul_kg_per_tkm={"ground": get("linehaul_ground", 0.0), "air": get("linehaul_air", 0.0),
                             "courier": get("courier_van_per_tkm", 0.0)},
        last_mile_kg_per_parcel={"ground": get("last_mile_per_parcel", 0.0), "air": get("last_mile_per_parcel", 0.0),
                                 "courier": get("last_mile_per_parcel", 0.0)},
        inbound_kg_per_tkm=get("inbound_truckload", 0.0),
        electricity_kg_per_kwh=get("grid_electricity", 0.0),
        road_factor=config.road_factor,
        version="; ".join(sorted({row["version"] for row in rows})),
    )  # fmt: skip


def _longest_first(row: Row) -> tuple[float, float, float]:
    length, width, height = sorted((row["length_cm"], row["width_cm"], row["height_cm"]), reverse=True)
    return length, width, height


def _iso_date(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError("a date such as 2026-11-26") from None

