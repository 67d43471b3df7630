"""The responses of a scenario, from its configuration."""

from __future__ import annotations

from collections.abc import Iterator

from twin.assemble.rows import Findings, some
from twin.config import ScenarioConfig
from twin.config.responses import ResponseConfig
from twin.domain.network import Network
from twin.domain.responses import LongerHours, Response
from twin.policies.routing.roles import RoutingPolicy

ACTIONS = ("reroute", "open_standby", "overtime", "promise_days", "expedite", "max_shipments")
Mistake = tuple[str, str, str, str]
"""The key, what was found there, what was expected, and what to do."""


def responses(config: ScenarioConfig) -> tuple[Response, ...]:
    """Return the responses of a configuration that is known to be right."""
    return tuple([
        Response(
            name, rule.to, rule.least_severity, rule.after_hours, rule.hold_hours, rule.reroute, rule.open_standby,
            None if rule.overtime is None else LongerHours(**rule.overtime.model_dump()),
            rule.promise_days, rule.expedite, rule.max_shipments,
        )
        for name, rule in config.response.rules.items()
    ])  # fmt: skip


def check_responses(
    config: ScenarioConfig, network: Network, routing: RoutingPolicy | None, findings: Findings
) -> None:
    """Note responses that answer nothing or do nothing, and what they name that is not there."""
    for name, rule in config.response.rules.items():
        for key, found, expected, cure in (
            *_of_trigger(rule, config), *_of_nodes(rule, network), *_of_orders(rule, network, routing),
        ):  # fmt: skip
            findings.add_key(f"response.rules.{name}{key}", found, expected, cure)


def _of_trigger(rule: ResponseConfig, config: ScenarioConfig) -> Iterator[Mistake]:
    events = config.disruptions.events
    for event in rule.to:
        if event not in events:
            known = f"one of {some(sorted(events))}" if events else "none: nothing goes wrong in this scenario"
            yield ".to", f"event {event!r}", known, "name another, or none, which means all of them"
    if not any(getattr(rule, action) for action in ACTIONS):
        yield "", "a response that does nothing", " or ".join(ACTIONS), "say what is done"


def _of_nodes(rule: ResponseConfig, network: Network) -> Iterator[Mistake]:
    nodes = network.nodes.values()
    if rule.open_standby and not any(node.standby for node in nodes):
        yield ".open_standby", "true, and no node on standby", "one at least", "set standby: true at a node"
    if rule.overtime is not None and not any(node.work.overtime for node in nodes):
        found = "longer hours, and no node that knows overtime"
        yield ".overtime", found, "one at least", "set overtime, with its pay_rate, at a node"


def _of_orders(rule: ResponseConfig, network: Network, routing: RoutingPolicy | None) -> Iterator[Mistake]:
    levels = network.service_levels
    for level in (*rule.expedite, *rule.expedite.values()):
        if levels and level not in levels:
            yield ".expedite", f"service level {level!r}", f"one of {some(sorted(levels))}", "name another"
    if rule.max_shipments is not None and routing is not None and not hasattr(routing, "max_shipments"):
        found = f"{rule.max_shipments} for a policy that has no such limit"
        yield ".max_shipments", found, "a policy with max_shipments, such as routing=min_cost", "choose one"
