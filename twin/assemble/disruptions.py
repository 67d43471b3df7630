"""What may go wrong in a scenario, from its configuration."""

from __future__ import annotations

from collections.abc import Collection

from twin.assemble.rows import Findings
from twin.config import ScenarioConfig
from twin.config.disruptions import DisruptionConfig
from twin.config.study import StudyConfig
from twin.domain.network import Network
from twin.simulation.disrupting import DisruptionPlan

HOURS_PER_DAY = 24.0


def disruption_plans(config: ScenarioConfig, network: Network, findings: Findings) -> list[DisruptionPlan]:
    """Make the plans to draw from; a disruption that hits nothing, does nothing, or comes never, is a problem."""
    plans = []
    for name, event in config.disruptions.events.items():
        key = f"disruptions.events.{name}"
        _check_targets(f"{key}.targets", event, config, network, findings)
        _check_time(key, event, config.study, findings)
        _check_effect(key, event, findings)
        if config.demand.kind == "trace" and event.demand_factor != 1:
            findings.add_key(
                f"{key}.demand_factor",
                f"{event.demand_factor:g} with demand=trace",
                "1: a trace is replayed as it is",
                "leave it out, or draw customers from a model",
            )
        plans.append(DisruptionPlan(
            name, event.scope, event.targets,
            None if event.starts_day is None else event.starts_day * HOURS_PER_DAY, event.rate_per_year,
            event.duration, event.severity, event.ramp_hours, event.delay_days, event.demand_factor,
        ))  # fmt: skip
    return plans


def _check_targets(
    key: str, event: DisruptionConfig, config: ScenarioConfig, network: Network, findings: Findings
) -> None:
    if event.scope == "demand":
        if event.targets:
            findings.add_key(key, ", ".join(event.targets), "no targets: all of demand is meant", "drop them")
        return
    known = _known(event.scope, config, network, findings)
    if not event.targets:
        among = ", ".join(sorted(known)) or f"the {event.scope}s of this scenario"
        findings.add_key(key, f"no {event.scope}", f"one of {among}", "name at least one")
    for target in event.targets if known else ():
        if target not in known:
            findings.add_key(key, f"{event.scope} {target!r}", f"one of {', '.join(sorted(known))}", "name another")


def _check_time(key: str, event: DisruptionConfig, study: StudyConfig, findings: Findings) -> None:
    """It comes once or at a rate, and while orders come in."""
    order_days = study.warmup_days + study.measured_days + study.cooldown_days
    if (event.starts_day is None) == (event.rate_per_year is None):
        said = "neither of" if event.starts_day is None else "both"
        findings.add_key(
            key, f"{said} starts_day and rate_per_year", "exactly one of them", "set one, and the other to null"
        )
    elif event.starts_day is not None and event.starts_day >= order_days:
        findings.add_key(
            f"{key}.starts_day",
            f"{event.starts_day:g}, after the last day with orders",
            f"0 or more and below {order_days}: the days of warm-up, measurement and cool-down, the first of them 0",
            "start it earlier, or make the study longer",
        )


def _check_effect(key: str, event: DisruptionConfig, findings: Findings) -> None:
    """It changes something, and says nothing that its scope has no use for."""
    if event.scope == "demand" and "demand_factor" not in event.model_fields_set:
        found, cure = "none, so that demand stays as it is", "say how many times as much is ordered"
        findings.add_key(f"{key}.demand_factor", found, "a factor, such as 1.5", cure)
    if event.scope in ("node", "service") and event.demand_factor != 1:
        findings.add_key(
            f"{key}.demand_factor",
            f"{event.demand_factor:g} of a {event.scope}",
            "1: only demand as a whole and regions have a demand of their own",
            "leave it out, and add an event of scope demand or region",
        )
    if event.scope in ("node", "demand") and event.delay_days:
        findings.add_key(
            f"{key}.delay_days",
            f"{event.delay_days} of {'a node' if event.scope == 'node' else 'demand'}",
            "0: only parcels of a service or to a region come late",
            "leave it out, and add an event of scope service or region",
        )
    if event.scope == "service" and not event.delay_days:
        _check_strike(key, event, findings)


def _check_strike(key: str, event: DisruptionConfig, findings: Findings) -> None:
    """Without days of delay a service lies still altogether and at once: its trucks come or they do not."""
    cure = "set delay_days, for a share of parcels that comes late"
    if event.severity < 1:
        found = f"{event.severity:g} of a service without delay_days"
        findings.add_key(f"{key}.severity", found, "1: trucks come or they do not", f"{cure}, or severity: 1")
    elif event.ramp_hours:
        found = f"{event.ramp_hours:g} of a service without delay_days"
        findings.add_key(f"{key}.ramp_hours", found, "0: trucks come or they do not", f"{cure}, or a shorter duration")


def _known(scope: str, config: ScenarioConfig, network: Network, findings: Findings) -> Collection[str]:
    """Return the names a scope has, none where their tables have problems."""
    if scope == "node":
        return set(config.network.nodes)
    if scope == "service":
        sound = findings.is_sound(*config.carriers.services, *config.carriers.rates)
        return set(network.services) if sound else ()
    sound = findings.is_sound(config.network.places)
    return {place.region for place in network.places.values()} if sound else ()
