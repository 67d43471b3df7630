"""Demand from its configuration: profiles, channels, promotions and service levels."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from twin.assemble.rows import Findings, between, name, not_negative, read
from twin.config import ScenarioConfig
from twin.config.demand import DemandConfig
from twin.domain.calendars import WEEKDAYS
from twin.domain.carriers import CarrierService
from twin.domain.counts import as_counts
from twin.domain.distributions import Distribution
from twin.domain.geography import Place
from twin.domain.service_levels import ServiceLevel
from twin.simulation.arrivals import ONE, Arrivals
from twin.simulation.demand import DemandShape, Promotion

DAYS_PER_YEAR = 366
SHARES_TOLERANCE = 1e-6


def service_levels(
    config: ScenarioConfig, services: Mapping[str, CarrierService], findings: Findings
) -> dict[str, ServiceLevel]:
    """Make the choices at checkout; their shares must add up to 1."""
    levels = config.demand.service_levels
    total = sum(level.share for level in levels.values())
    if abs(total - 1) > SHARES_TOLERANCE:
        findings.add_key("demand.service_levels", f"shares that add up to {total:g}", "1", "mend the shares")
    sound = findings.is_sound(*config.carriers.services, *config.carriers.rates)
    found = {}
    for label, level in levels.items():
        key = f"demand.service_levels.{label}.services"
        if sound:
            _refuse_unknown(key, level.services, services, findings)
        if level.services:
            found[label] = ServiceLevel(label, level.share, level.promise_days, level.order_cutoff,
                                        level.services, level.late_credit_usd)  # fmt: skip
        else:
            findings.add_key(key, "no service", "at least one carrier service", "name one")
    return found


def demand_shape(scenario: ScenarioConfig, places: Mapping[str, Place], findings: Findings) -> DemandShape:
    """Make the parameters of modelled demand."""
    config = scenario.demand
    if config.kind == "model" and sum(channel.share for channel in config.channels.values()) <= 0:
        findings.add_key("demand.channels", "no channel with a share", "at least one", "add a channel")
    if findings.is_sound(scenario.network.places):
        _check_regions(config, places, findings)
    for label, promotion in config.promotions.items():
        key = f"demand.promotions.{label}"
        _refuse_unknown(f"{key}.channels", promotion.channels, config.channels, findings)
        if promotion.ends_on < promotion.starts_on:
            findings.add_key(
                f"{key}.ends_on",
                f"{promotion.ends_on}, before it starts",
                f"a date from {promotion.starts_on} on",
                "mend one of the two",
            )
    return DemandShape(
        orders_per_day=config.orders_per_day,
        arrivals=Arrivals(
            config.arrivals.kind,
            _counts("demand.arrivals.batch_size", config.arrivals.batch_size, findings),
            config.arrivals.daily_cv,
        ),
        channel_shares={label: channel.share for label, channel in config.channels.items()},
        regional_weights=config.regional_weights,
        hour_shares=_hours(config, findings),
        weekday_factors=_weekdays(config, findings),
        season_factors=_season(config, findings),
        promotions=[Promotion(p.starts_on, p.ends_on, p.factor, p.channels, p.regions)
                    for p in config.promotions.values()],
        lines=_counts("demand.lines", config.lines, findings),
        units=_counts("demand.units", config.units, findings),
        regional_tilt=config.regional_tilt,
        level_shares={label: level.share for label, level in config.service_levels.items()},
    )  # fmt: skip


def _counts(key: str, spread: Distribution, findings: Findings) -> Distribution:
    """Return a spread over whole numbers, always 1 where the one given could be anything in between."""
    try:
        return as_counts(spread)
    except ValueError as fault:
        expected = "whole numbers from 1, of kind deterministic, discrete or empirical"
        cure = "give each number its share, such as {kind: discrete, values: [1, 2, 3], weights: [0.8, 0.15, 0.05]}"
        findings.add_key(key, str(fault), expected, cure)
        return ONE


def _check_regions(config: DemandConfig, places: Mapping[str, Place], findings: Findings) -> None:
    """Every region named has places, and somebody somewhere orders something."""
    people: dict[str, float] = {}
    for place in places.values():
        people[place.region] = people.get(place.region, 0.0) + place.population
    _refuse_unknown("demand.regional_weights", config.regional_weights, people, findings)
    for label, promotion in config.promotions.items():
        _refuse_unknown(f"demand.promotions.{label}.regions", promotion.regions, people, findings)
    if not any(count * config.regional_weights.get(region, 1.0) for region, count in people.items()):
        findings.add_key(
            "demand.regional_weights",
            "nobody left to order anything",
            "a weight above zero for a region with people",
            "raise one of them",
        )


def _hours(config: DemandConfig, findings: Findings) -> list[float]:
    """Return the share of a day's orders by hour; flat without a table."""
    hours = range(24)
    if config.hours is None:
        return [1 / len(hours)] * len(hours)
    columns = {"hour": between(0, 23), "share": not_negative}
    rows = read("demand.hours", config.hours, columns, findings, unique=["hour"])
    return _shares(config.hours, {row["hour"]: row["share"] for row in rows}, hours, findings)


def _weekdays(config: DemandConfig, findings: Findings) -> list[float]:
    """Return a factor by weekday, Monday first, with a mean of 1; flat without a table."""
    if config.weekdays is None:
        return [1.0] * len(WEEKDAYS)
    columns = {"weekday": name, "factor": not_negative}
    rows = read("demand.weekdays", config.weekdays, columns, findings, unique=["weekday"])
    shares = _shares(config.weekdays, {row["weekday"]: row["factor"] for row in rows}, WEEKDAYS, findings)
    return [share * len(WEEKDAYS) for share in shares]


def _shares(table: str, values: Mapping[Any, float], every: Sequence[Any], findings: Findings) -> list[float]:
    """Return the share of each of some names in the sum of a table's values."""
    total = sum(values[one] for one in every if one in values)  # in this order: rows may stand in any
    if set(values) == set(every) and total > 0:
        return [values[one] / total for one in every]
    if findings.is_sound(table):
        said = ", ".join(f"{one}: {value:g}" for one, value in values.items()) or "no row"
        expected = f"each of {every[0]} to {every[-1]} once, and one above zero"
        findings.add_table(table, said, expected, "mend the table")
    return [1 / len(every)] * len(every)


def _season(config: DemandConfig, findings: Findings) -> list[float]:
    """Return a factor for each day of the year, straight lines between the rows; flat without a table."""
    if config.season is None:
        return [1.0] * DAYS_PER_YEAR
    columns = {"day_of_year": between(1, DAYS_PER_YEAR), "factor": not_negative}
    rows = read("demand.season", config.season, columns, findings, unique=["day_of_year"])
    if not rows and findings.is_sound(config.season):
        findings.add_table(config.season, "no row", "at least one day_of_year with its factor", "add one")
    points = sorted((row["day_of_year"], row["factor"]) for row in rows) or [(1, 1.0)]
    days, factors = zip(*points, strict=True)
    every_day = np.arange(1, DAYS_PER_YEAR + 1)
    return [float(factor) for factor in np.interp(every_day, days, factors, period=DAYS_PER_YEAR)]


def _refuse_unknown(key: str, named: Iterable[str], known: Collection[str], findings: Findings) -> None:
    for word in named:
        if word not in known:
            among = ", ".join(sorted(known)) or "nothing: there is none"
            findings.add_key(key, repr(word), f"one of {among}", "name another")
