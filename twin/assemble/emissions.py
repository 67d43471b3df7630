"""Emission factors from their table, and those that stand in the configuration, each with where it comes from."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from twin.assemble.rows import Findings, Row, name, not_negative, or_blank, read, text
from twin.config import ScenarioConfig
from twin.config.carriers import CarbonConfig
from twin.domain import carbon
from twin.domain.carbon import LINEHAUL, QUALITIES, CarbonFactors, EmissionFactor, Quality

REQUIRED = (*LINEHAUL.values(), carbon.LAST_MILE, carbon.TRUCKLOAD, carbon.ELECTRICITY)
OF_HUBS = (carbon.FIRST_MILE, carbon.HUB)
OPTIONAL = (*OF_HUBS, carbon.LTL)


def carbon_factors(config: ScenarioConfig, findings: Findings) -> CarbonFactors:
    """Read the emission factors; all of them well-to-wheel."""
    given = config.carbon
    rows = _rows(given, findings)
    factor = {row["key"]: row["value"] for row in rows}
    by_pallet = any(lane.freight in ("ltl", "auto") for lane in config.network.lanes.values())
    used = (*REQUIRED, *(OF_HUBS if given.hubs else ()), *((carbon.LTL,) if by_pallet else ()))
    _check_factors(given, used, factor, findings)
    of: dict[str, float] = dict.fromkeys((*REQUIRED, *OPTIONAL), 0.0) | factor
    return CarbonFactors(
        linehaul_kg_per_tkm={mode: of[key] for mode, key in LINEHAUL.items()},
        last_mile_kg_per_parcel=dict.fromkeys(LINEHAUL, of[carbon.LAST_MILE]),
        inbound_kg_per_tkm=of[carbon.TRUCKLOAD],
        electricity_kg_per_kwh=of[carbon.ELECTRICITY],
        road_factor=given.road_factor,
        version="; ".join(sorted({row["version"] for row in rows})),
        hubs=given.hubs,
        first_mile_kg_per_parcel=of[carbon.FIRST_MILE],
        hub_kg_per_tonne=of[carbon.HUB],
        inbound_ltl_kg_per_tkm=of[carbon.LTL],
        factors=(*(_cited(row) for row in rows if row["key"] in used), *_configured(config)),
    )


def _rows(config: CarbonConfig, findings: Findings) -> list[Row]:
    columns = {"key": name, "value": not_negative, "scope": _well_to_wheel, "version": name}
    more = {"unit": text, "source": text, "quality": _quality, "tank_to_wheel": or_blank(not_negative, None)}
    rows = read("carbon.factors", config.factors, columns, findings, unique=["key"], optional=more)
    for row in rows:
        if row["tank_to_wheel"] is not None and row["tank_to_wheel"] > row["value"]:
            findings.add_row(
                row, f"tank_to_wheel {row['tank_to_wheel']:g}, of {row['value']:g} well-to-wheel",
                "at most the whole", "mend one of the two",
            )  # fmt: skip
    return rows


def _check_factors(config: CarbonConfig, used: Iterable[str], known: Collection[str], findings: Findings) -> None:
    """Every factor that is used stands in the table, and hubs lie on the way of a known mode."""
    missing = [key for key in used if key not in known]
    if missing and findings.is_sound(config.factors):
        findings.add_table(config.factors, f"no factor {', '.join(missing)}", "a row for each", "add the rows")
    for mode in config.hubs:
        if mode not in LINEHAUL:
            findings.add_key(
                f"carbon.hubs.{mode}", f"mode {mode!r}", f"one of {', '.join(LINEHAUL)}", "name a mode of the carriers"
            )


def _cited(row: Row) -> EmissionFactor:
    names = ("key", "value", "unit", "source", "version", "quality", "tank_to_wheel")
    return EmissionFactor(**{one: row[one] for one in names})


def _configured(config: ScenarioConfig) -> Iterator[EmissionFactor]:
    """Yield the factors that stand in no table of factors."""
    yield EmissionFactor(carbon.CARTONS, None, "kgco2e_per_carton", f"by size, {config.network.cartons}")
    pickup, vans = config.demand.pickup, config.demand.local_delivery
    if pickup is not None:
        trip_kg = pickup.trip_co2e_kg * pickup.dedicated_trip_rate
        yield EmissionFactor(carbon.PICKUP_TRIP, trip_kg, "kgco2e_per_parcel", "x demand.pickup.dedicated_trip_rate")
    if vans is not None:
        yield EmissionFactor(carbon.VAN_STOP, vans.stop_co2e_kg, "kgco2e_per_parcel", "configuration")
    if config.returns.kind != "none":
        yield EmissionFactor(carbon.RETURN_WAY, None, "kgco2e_per_parcel", "the factors of that service, leg by leg")
        yield EmissionFactor(carbon.RETURN_TRIP, config.returns.drop_off.co2e_kg, "kgco2e_per_parcel", "configuration")


def _quality(value: str) -> Quality:
    """Take a quality of data; blank means default."""
    for known in QUALITIES:
        if value == known:
            return known
    if not value:
        return "default"
    raise ValueError(f"one of {', '.join(QUALITIES)}, or blank for default")


def _well_to_wheel(value: str) -> str:
    if value != "WTW":
        raise ValueError("WTW, well-to-wheel: never mix scopes, convert the factor")
    return value
