"""Rules of surcharges and the areas they name, from their tables."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, time, timedelta
from math import inf, isfinite
from typing import get_args

from twin.assemble.rows import Findings, Row, iso_date, name, not_negative, or_blank, read, refuse_repeats, text, zip3
from twin.config.carriers import CarriersConfig
from twin.domain.calendars import Timeline
from twin.domain.surcharges import SurchargeKind, SurchargeRule

KINDS: tuple[str, ...] = get_args(SurchargeKind)
LIMITS = ("weight_over_lb", "longest_over_in", "second_over_in", "length_girth_over_in")
ABOUT_SIZE = ("additional_handling", "oversize")

Rules = dict[str, list[SurchargeRule]]


def delivery_areas(config: CarriersConfig, findings: Findings) -> dict[str, str]:
    """Read which area of surcharges a ZIP3 belongs to; those that are not listed belong to none."""
    columns = {"zip3": zip3, "area": name}
    rows = [row for table in config.delivery_areas for row in read("carriers.delivery_areas", table, columns, findings)]
    refuse_repeats(rows, ["zip3"], findings)
    return {row["zip3"]: row["area"] for row in rows}


def surcharge_rules(
    config: CarriersConfig, services: Collection[str], areas: Collection[str], timeline: Timeline, findings: Findings
) -> Rules:  # fmt: skip
    """Read the rules by service; a season begins and ends at the study's midnights, its last date included."""
    columns = {"carrier": name, "service": name, "kind": _kind, "usd": not_negative}
    limits = dict.fromkeys(LIMITS, or_blank(not_negative, inf))
    dates = dict.fromkeys(("starts_on", "ends_on"), or_blank(iso_date, None))
    optional = {"area": text, **limits, **dates}
    rows = [
        row
        for table in config.surcharges
        for row in read("carriers.surcharges", table, columns, findings, optional=optional)
    ]
    found: Rules = {}
    for row in rows:
        service = f"{row['carrier']}_{row['service']}"
        if _is_sound(row, service, services, areas, findings):
            found.setdefault(service, []).append(_rule(row, timeline))
    return found


def _is_sound(row: Row, service: str, services: Collection[str], areas: Collection[str], findings: Findings) -> bool:
    """Note the first thing that is wrong with a row, or answer that nothing is."""
    starts_on, ends_on = row["starts_on"], row["ends_on"]
    if service not in services:
        wrong = (f"service {service!r}", f"one of {', '.join(services)}", "name a service of the tables")
    elif row["kind"] == "area" and not row["area"]:
        wrong = ("kind = 'area' without an area", "the area it is charged in", "fill in the area")
    elif row["area"] and row["area"] not in areas:
        known = ", ".join(sorted(areas)) or "no area, as carriers.delivery_areas names none"
        wrong = (
            f"area {row['area']!r}",
            f"one of {known}",
            "name an area of carriers.delivery_areas, or leave it blank",
        )
    elif row["kind"] in ABOUT_SIZE and not any(isfinite(row[limit]) for limit in LIMITS):
        wrong = (f"kind = {row['kind']!r} without a limit", f"one of {', '.join(LIMITS)}", "fill in a limit")
    elif starts_on and ends_on and starts_on > ends_on:
        wrong = (f"a season from {starts_on} to {ends_on}", "an end on or after its start", "mend the dates")
    else:
        return True
    findings.add_row(row, *wrong)
    return False


def _rule(row: Row, timeline: Timeline) -> SurchargeRule:
    ends_on = row["ends_on"]
    return SurchargeRule(
        row["kind"],
        row["usd"],
        row["area"],
        **{limit: row[limit] for limit in LIMITS},
        starts_at=_midnight(row["starts_on"], timeline, -inf),
        ends_at=_midnight(None if ends_on is None else ends_on + timedelta(days=1), timeline, inf),
    )


def _midnight(day: date | None, timeline: Timeline, otherwise: float) -> float:
    return otherwise if day is None else timeline.at(day, time(), timeline.timezone)


def _kind(value: str) -> str:
    if value not in KINDS:
        raise ValueError(f"one of {', '.join(KINDS)}")
    return value
