"""The shapes of configuration: what a composed scenario may say, and in which units.

Hydra composes the parts, these models refuse what is not known, out of range or of the wrong type. Every error of
a scenario is reported at once, each with the override or file that set the value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from twin.config.carriers import CarbonConfig, CarriersConfig, CostsConfig
from twin.config.demand import DemandConfig
from twin.config.disruptions import DisruptionsConfig
from twin.config.fields import Shape
from twin.config.network import NetworkConfig
from twin.config.order_management import OrderManagementConfig, ReplenishmentConfig
from twin.config.pilot import PilotConfig
from twin.config.responses import ResponsesConfig
from twin.config.returns import ReturnsConfig
from twin.config.sensitivity import SensitivityConfig
from twin.config.siting import SitingConfig
from twin.config.study import StudyConfig
from twin.config_problems import misfits, no_node, unknown_kind
from twin.domain.errors import ConfigurationError
from twin.presets import traced, with_presets


class ScenarioConfig(Shape):
    """One whole scenario: a design, its customers, and the study that asks about it."""

    network: NetworkConfig
    carriers: CarriersConfig
    demand: DemandConfig
    routing: dict[str, Any]
    dom: OrderManagementConfig = OrderManagementConfig()
    returns: ReturnsConfig = ReturnsConfig()
    replenishment: ReplenishmentConfig
    disruptions: DisruptionsConfig
    response: ResponsesConfig = ResponsesConfig()
    costs: CostsConfig
    carbon: CarbonConfig
    study: StudyConfig
    pilot: PilotConfig | None = None
    sensitivity: SensitivityConfig = SensitivityConfig()
    siting: SitingConfig = SitingConfig()


def parse(values: Mapping[str, Any], origin: Callable[[str], str] = str) -> ScenarioConfig:
    """Check a composed configuration and return it, node presets merged under each node.

    `origin` says where a dotted key was set. Raises `ConfigurationError` with every problem at once.
    """
    where = traced(values, origin)
    merged, unknown = with_presets(values)
    nodes = list(merged["network"]["nodes"]) if unknown else []
    problems = [
        no_node(name, nodes, where) if kind is None else unknown_kind(f"network.nodes.{name}.kind", kind, where)
        for name, kind in unknown.items()
    ]
    try:
        config = ScenarioConfig.model_validate(merged)
    except ValidationError as error:
        raise ConfigurationError([*problems, *misfits(error.errors(), merged, ScenarioConfig, where)]) from None
    if problems:
        raise ConfigurationError(problems)
    return config
