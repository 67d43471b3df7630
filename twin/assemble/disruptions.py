"""What may go wrong in a scenario, from its configuration."""

from __future__ import annotations

from collections.abc import Collection

from twin.assemble.disruption_chains import check_chains, check_groups
from twin.assemble.disruption_effects import OF_PRODUCTS, check_effects, effects_of
from twin.assemble.disruption_tracks import check_track, storm_track
from twin.assemble.rows import Findings, some
from twin.config import ScenarioConfig
from twin.config.disruptions import DisruptionConfig
from twin.config.study import StudyConfig
from twin.domain.network import Network
from twin.policies.placement import DailyUnits
from twin.simulation.disruption_draws import DisruptionPlan, Trigger

HOURS_PER_DAY = 24.0
MEANT = {
    "demand": "all of demand",
    "network": "all of the network",
    "storm": "whatever lies under its track",
    "largest_node": "the node that should ship the most",
}


def check_disruptions(config: ScenarioConfig, network: Network, findings: Findings) -> None:
    """Note disruptions that hit nothing, do nothing, or come never."""
    for name, event in config.disruptions.events.items():
        key = f"disruptions.events.{name}"
        _check_targets(f"{key}.targets", event, config, network, findings)
        check_track(f"{key}.track", event, findings)
        _check_time(key, event, config.study, findings)
        _check_effect(key, event, findings)
        check_effects(key, event, network, findings)
        if config.demand.kind == "trace" and event.demand_factor != 1:
            findings.add_key(
                f"{key}.demand_factor",
                f"{event.demand_factor:g} with demand=trace",
                "1: a trace is replayed as it is",
                "leave it out, or draw customers from a model",
            )
    check_chains(config.disruptions.events, findings)
    check_groups(config.disruptions.events, findings)


def disruption_plans(config: ScenarioConfig, network: Network, expected: DailyUnits) -> list[DisruptionPlan]:
    """Make the plans to draw from; `expected` are the units a day that each node should ship."""
    plans = []
    for name, event in config.disruptions.events.items():
        scope, targets = event.scope, event.targets
        if scope == "largest_node":
            open_nodes = [node for node in expected if not network.nodes[node].standby]
            scope, targets = "node", (max(open_nodes, key=lambda node: sum(expected[node].values())),)
        plans.append(DisruptionPlan(
            name, scope, targets,
            None if event.starts_day is None else event.starts_day * HOURS_PER_DAY, event.rate_per_year,
            event.duration, event.severity, event.ramp_hours, event.delay_days, event.demand_factor,
            event.ramp_up_hours, None if event.after is None else Trigger(event.after.event, event.after.delay),
            event.probability, event.group, effects_of(event, config.network, network), storm_track(event),
        ))  # fmt: skip
    return plans


def _check_targets(
    key: str, event: DisruptionConfig, config: ScenarioConfig, network: Network, findings: Findings
) -> None:
    if event.scope in MEANT:
        if event.targets:
            expected = f"no targets: {MEANT[event.scope]} is meant"
            findings.add_key(key, ", ".join(event.targets), expected, "drop them")
        return
    known = sorted(_known(event.scope, config, network, findings))
    if not event.targets:
        among = some(known) or f"the {event.scope}s of this scenario"
        findings.add_key(key, f"no {event.scope}", f"one of {among}", "name at least one")
    for target in event.targets if known else ():
        if target not in known:
            findings.add_key(key, f"{event.scope} {target!r}", f"one of {some(known)}", "name another")


def _check_time(key: str, event: DisruptionConfig, study: StudyConfig, findings: Findings) -> None:
    """It comes once, at a rate or after something else, and while orders come in."""
    order_days = study.warmup_days + study.measured_days + study.cooldown_days
    given = {"starts_day": event.starts_day, "rate_per_year": event.rate_per_year, "after": event.after}
    said = [name for name, value in given.items() if value is not None]
    if len(said) != 1:
        findings.add_key(
            key, " and ".join(said) or "nothing that says when it comes",
            f"one of {', '.join(given)}", "set one of them, and the others to null",
        )  # fmt: skip
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
    if event.scope not in ("demand", "region", "storm") and event.demand_factor != 1:
        findings.add_key(
            f"{key}.demand_factor",
            f"{event.demand_factor:g} of {_called(event.scope)}",
            "1: only demand as a whole and regions have a demand of their own",
            "leave it out, and add an event of scope demand or region",
        )
    if event.scope not in ("service", "region", "storm") and event.delay_days:
        findings.add_key(
            f"{key}.delay_days",
            f"{event.delay_days} of {_called(event.scope)}",
            "0: only parcels of a service or to a region come late",
            "leave it out, and add an event of scope service or region",
        )
    if event.scope == "service" and not event.delay_days and event.carrier_cut is None:
        _check_strike(key, event, findings)


def _check_strike(key: str, event: DisruptionConfig, findings: Findings) -> None:
    """Without days of delay a service lies still altogether and at once: its trucks come or they do not."""
    cure = "set delay_days for a share of parcels that comes late, carrier_cut for one of departures"
    if event.severity < 1:
        found = f"{event.severity:g} of a service without delay_days"
        findings.add_key(f"{key}.severity", found, "1: trucks come or they do not", f"{cure}, or severity: 1")
    for ramp in ("ramp_hours", "ramp_up_hours") if event.severity >= 1 else ():
        if hours := getattr(event, ramp):
            found = f"{hours:g} of a service without delay_days"
            findings.add_key(f"{key}.{ramp}", found, "0: trucks come or they do not", f"{cure}, or a shorter duration")


def _known(scope: str, config: ScenarioConfig, network: Network, findings: Findings) -> Collection[str]:
    """Return the names a scope has, none where their tables have problems."""
    if scope == "node":
        return set(config.network.nodes)
    if scope == "supplier":
        return set(config.network.suppliers)
    if scope in OF_PRODUCTS:
        sound = findings.is_sound(config.network.products)
        return {one.sku if scope == "product" else one.category for one in network.products.values()} if sound else ()
    if scope == "service":
        sound = findings.is_sound(*config.carriers.services, *config.carriers.rates)
        return set(network.services) if sound else ()
    sound = findings.is_sound(config.network.places)
    return {place.region for place in network.places.values()} if sound else ()


def _called(scope: str) -> str:
    return {"demand": "demand", "network": "the network", "largest_node": "a node"}.get(scope, f"a {scope}")
