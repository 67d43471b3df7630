"""What freight costs by the load, from the costs and the table of pallet rates."""

from __future__ import annotations

from twin.assemble.rows import Findings, between, not_negative, positive, read
from twin.config import ScenarioConfig
from twin.domain.freight import FreightTerms, PalletRates

KG_PER_LB = 0.45359237
MOST_PALLETS = 1000


def freight_terms(config: ScenarioConfig, findings: Findings) -> FreightTerms | None:
    """Return what lanes pay that buy freight by the load; None where no price is configured."""
    given = config.costs.freight
    if given is None:
        for name, lane in config.network.lanes.items():
            if lane.freight is not None:
                findings.add_key(
                    f"network.lanes.{name}.freight", f"{lane.freight} without costs.freight", "prices of freight",
                    "set costs=us_2025_freight, or drop the key",
                )  # fmt: skip
        return None
    return FreightTerms(
        pallet_rates=_pallet_rates(given.pallet_rates, findings),
        usd_per_mile=given.usd_per_mile,
        least_usd=given.least_usd,
        pallet_m3=given.pallet_m3,
        pallet_kg=given.pallet_kg,
        truck_pallets=given.truck_pallets,
        truck_kg=given.truck_lb * KG_PER_LB,
        road_factor=config.carbon.road_factor,
        replaced_usd_per_unit=config.costs.freight_in_usd_per_unit,
    )


def _pallet_rates(table: str, findings: Findings) -> PalletRates:
    """Read the price of a pallet by band of miles and size of the consignment; every pair of the two has one."""
    columns = {"max_miles_incl": positive, "max_pallets": between(1, MOST_PALLETS), "usd_per_pallet": not_negative}
    rows = read("costs.freight.pallet_rates", table, columns, findings, unique=["max_miles_incl", "max_pallets"])
    price = {(row["max_miles_incl"], row["max_pallets"]): row["usd_per_pallet"] for row in rows}
    bands, sizes = sorted({band for band, _ in price}), sorted({size for _, size in price})
    missing = [f"{size} pallets up to {band:g} miles" for band in bands for size in sizes if (band, size) not in price]
    if findings.is_sound(table) and (missing or not price):
        found = f"no price for {', '.join(missing)}" if missing else "no row"
        findings.add_table(table, found, "a price of every size in every band", "add the rows")
    prices = tuple(tuple(price.get((band, size), 0.0) for size in sizes) for band in bands)
    return PalletRates(tuple(bands), tuple(sizes), prices)
