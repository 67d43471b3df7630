"""What a contract says: a discount for volume, the least a parcel costs, and what the carrier answers for."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from twin.assemble.rows import (
    MOST_ZONES,
    Findings,
    Parser,
    Row,
    between,
    name,
    not_negative,
    read,
    refuse_repeats,
    share,
)
from twin.config.carriers import CarriersConfig
from twin.domain.liability import NO_LIABILITY, Liability


@dataclass(frozen=True, slots=True)
class Terms:
    """The contract for one service: discount on list prices, the least a parcel costs by zone, and liability."""

    discount_rate: float = 0.0
    minimum_usd: Mapping[int, float] = field(default_factory=dict)
    liability: Liability = NO_LIABILITY

    def price_usd(self, zone: int, list_usd: float) -> float:
        """Return what a list price becomes."""
        return max(list_usd * (1.0 - self.discount_rate), self.minimum_usd.get(zone, 0.0))


def contract_terms(config: CarriersConfig, services: Collection[str], findings: Findings) -> dict[str, Terms]:
    """Read the terms by service.

    A contract names its tier by the volume that both sides expect for the year; it does not follow the parcels of a
    run, so the price of a parcel never depends on the ones before it.
    """
    volumes = {"weekly_parcels_from": not_negative, "discount_rate": share}
    tiers = _by_service("discounts", config.discounts, volumes, ["weekly_parcels_from"], services, findings)
    least = {"zone": between(1, MOST_ZONES), "minimum_usd": not_negative}
    minimums = _by_service("minimums", config.minimums, least, ["zone"], services, findings)
    _check_volumes(config, tiers, findings)
    answers = {"lost_rate": share, "damaged_rate": share, "claim_limit_usd": not_negative, "late_refund_rate": share}
    liability = _by_service("liability", config.liability, answers, [], services, findings)
    return {
        service: Terms(
            _discount_rate(tiers.get(service, []), config.weekly_parcels),
            {row["zone"]: row["minimum_usd"] for row in minimums.get(service, [])},
            _liability(liability.get(service, []), findings),
        )
        for service in services
    }


def _by_service(
    key: str, tables: Collection[str], columns: Mapping[str, Parser], unique: Sequence[str], services: Collection[str],
    findings: Findings,
) -> dict[str, list[Row]]:  # fmt: skip
    """Read the rows of some tables by service; one that nobody sells is a finding."""
    schema = {"carrier": name, "service": name, **columns}
    rows = [row for table in tables for row in read(f"carriers.{key}", table, schema, findings)]
    refuse_repeats(rows, ("carrier", "service", *unique), findings)
    found: dict[str, list[Row]] = {}
    for row in rows:
        service = f"{row['carrier']}_{row['service']}"
        if service not in services:
            known = f"one of {', '.join(services)}"
            findings.add_row(row, f"service {service!r}", known, "name a service of the tables")
        found.setdefault(service, []).append(row)
    return found


def _check_volumes(config: CarriersConfig, tiers: Mapping[str, list[Row]], findings: Findings) -> None:
    """Every carrier with tiers has a volume, and every volume belongs to such a carrier."""
    carriers = sorted({row["carrier"] for rows in tiers.values() for row in rows})
    for carrier in carriers:
        if carrier not in config.weekly_parcels:
            findings.add_key(
                "carriers.weekly_parcels", f"no {carrier!r}, which carriers.discounts has tiers for",
                "the parcels a week that its contract expects", f"add {carrier}: 10000",
            )  # fmt: skip
    for carrier in config.weekly_parcels:
        if carrier not in carriers and findings.is_sound(*config.discounts):
            findings.add_key(
                f"carriers.weekly_parcels.{carrier}", f"{carrier!r}",
                f"one of {', '.join(carriers)}" if carriers else "no carrier, as carriers.discounts has no tiers",
                "name a carrier with tiers, or drop it",
            )  # fmt: skip


def _liability(rows: list[Row], findings: Findings) -> Liability:
    """Return what a service answers for, nothing without a row."""
    for row in rows:
        if row["lost_rate"] + row["damaged_rate"] <= 1:
            return Liability(row["lost_rate"], row["damaged_rate"], row["claim_limit_usd"], row["late_refund_rate"])
        found = f"lost_rate {row['lost_rate']:g} and damaged_rate {row['damaged_rate']:g}"
        findings.add_row(row, found, "at most 1 together", "mend one of the two")
    return NO_LIABILITY


def _discount_rate(tiers: list[Row], weekly_parcels: Mapping[str, float]) -> float:
    """Return the discount of the highest tier that the volume reaches."""
    reached = [row for row in tiers if row["weekly_parcels_from"] <= weekly_parcels.get(row["carrier"], 0.0)]
    top = max(reached, key=lambda row: row["weekly_parcels_from"], default=None)
    return 0.0 if top is None else top["discount_rate"]
