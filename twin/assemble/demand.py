"""Demand from its configuration: profiles, channels, promotions and service levels, or a trace of real orders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from twin.assemble.rows import Findings, name, not_negative, read, whole
from twin.config import DemandConfig
from twin.domain.calendars import WEEKDAYS
from twin.domain.carriers import CarrierService
from twin.domain.geography import Place
from twin.domain.service_levels import ServiceLevel
from twin.simulation.arrivals import Arrivals
from twin.simulation.demand import DemandShape, Promotion

DAYS_PER_YEAR = 366
SHARES_TOLERANCE = 1e-6


def service_levels(
    config: DemandConfig, services: Mapping[str, CarrierService], findings: Findings
) -> dict[str, ServiceLevel]:
    """Make the choices at checkout; their shares must add up to 1."""
    total = sum(level.share for level in config.service_levels.values())
    if abs(total - 1) > SHARES_TOLERANCE:
        findings.add("demand.service_levels", f"shares that add up to {total:g}", "1", "mend the shares")
    found = {}
    for label, level in config.service_levels.items():
        where = f"demand.service_levels.{label}.services"
        for service in level.services:
            if service not in services:
                findings.add(where, f"service {service!r}", f"one of {', '.join(services)}", "name another service")
        if not level.services:
            findings.add(where, "no service", "at least one carrier service", "name one")
            continue
        found[label] = ServiceLevel(
            label, level.share, level.promise_days, level.order_cutoff, level.services, level.late_credit_usd
        )
    return found


def demand_shape(config: DemandConfig, places: Mapping[str, Place], findings: Findings) -> DemandShape:
    """Make the parameters of modelled demand."""
    regions = {place.region for place in places.values()}
    _refuse_unknown("demand.regional_weights", config.regional_weights, regions, findings)
    if not config.channels or sum(channel.share for channel in config.channels.values()) <= 0:
        findings.add("demand.channels", "no channel with a share", "at least one", "add a channel")
    for label, promotion in config.promotions.items():
        where = f"demand.promotions.{label}"
        _refuse_unknown(f"{where}.channels", promotion.channels, set(config.channels), findings)
        _refuse_unknown(f"{where}.regions", promotion.regions, regions, findings)
        if promotion.ends_on < promotion.starts_on:
            findings.add(where, f"ends {promotion.ends_on} before it starts", "an end on or after the start",
                         "mend the dates")  # fmt: skip
    return DemandShape(
        orders_per_day=config.orders_per_day,
        arrivals=Arrivals(config.arrivals.kind, config.arrivals.batch_size, config.arrivals.daily_cv),
        channel_shares={label: channel.share for label, channel in config.channels.items()},
        regional_weights=config.regional_weights,
        hour_shares=_hours(config, findings),
        weekday_factors=_weekdays(config, findings),
        season_factors=_season(config, findings),
        promotions=[Promotion(p.starts_on, p.ends_on, p.factor, p.channels, p.regions)
                    for p in config.promotions.values()],
        lines=config.lines,
        units=config.units,
        regional_tilt=config.regional_tilt,
        level_shares={label: level.share for label, level in config.service_levels.items()},
    )  # fmt: skip


def _hours(config: DemandConfig, findings: Findings) -> list[float]:
    """Return the share of a day's orders by hour; flat without a table."""
    if config.hours is None:
        return [1 / 24] * 24
    rows = {row["hour"]: row["share"] for row in
            read(config.hours, {"hour": whole, "share": not_negative}, findings, key=["hour"])}  # fmt: skip
    if sorted(rows) != list(range(24)) or sum(rows.values()) <= 0:
        findings.add(config.hours, f"hours {sorted(rows)}", "every hour from 0 to 23 once", "mend the table")
        return [1 / 24] * 24
    total = sum(rows.values())
    return [rows[hour] / total for hour in range(24)]


def _weekdays(config: DemandConfig, findings: Findings) -> list[float]:
    """Return a factor by weekday, Monday first, with a mean of 1; flat without a table."""
    if config.weekdays is None:
        return [1.0] * 7
    rows = {row["weekday"]: row["factor"] for row in
            read(config.weekdays, {"weekday": name, "factor": not_negative}, findings, key=["weekday"])}  # fmt: skip
    if sorted(rows) != sorted(WEEKDAYS) or sum(rows.values()) <= 0:
        findings.add(config.weekdays, f"weekdays {sorted(rows)}", ", ".join(WEEKDAYS), "mend the table")
        return [1.0] * 7
    mean = sum(rows.values()) / 7
    return [rows[day] / mean for day in WEEKDAYS]


def _season(config: DemandConfig, findings: Findings) -> list[float]:
    """Return a factor for each day of the year, straight lines between the rows; flat without a table."""
    if config.season is None:
        return [1.0] * DAYS_PER_YEAR
    rows = read(config.season, {"day_of_year": whole, "factor": not_negative}, findings, key=["day_of_year"])
    if not rows:
        findings.add(config.season, "no row", "at least one day_of_year with its factor", "mend the table")
        return [1.0] * DAYS_PER_YEAR
    points = sorted((row["day_of_year"], row["factor"]) for row in rows)
    days, factors = zip(*points, strict=True)
    return np.interp(np.arange(1, DAYS_PER_YEAR + 1), days, factors, period=DAYS_PER_YEAR).tolist()


def _refuse_unknown(where: str, named: Iterable[str], known: set[str], findings: Findings) -> None:
    for word in named:
        if word not in known:
            findings.add(where, f"{word!r}", f"one of {', '.join(sorted(known))}", "name another")
