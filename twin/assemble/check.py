"""Looks for everything that is wrong in a scenario, its parts and its tables, without simulating anything."""

from __future__ import annotations

from twin.assemble.model import build
from twin.config import ScenarioConfig, parse
from twin.domain.errors import ConfigurationError, Problem
from twin.hydra_glue import Composition
from twin.presets import traced
from twin.simulation.world import Model


def check(composition: Composition) -> list[Problem]:
    """Return every problem of a composed scenario: of its values, or where these are sound, of its tables."""
    try:
        checked(composition)
    except ConfigurationError as error:
        return list(error.problems)
    return []


def checked(composition: Composition) -> tuple[ScenarioConfig, Model]:
    """Return the configuration of a composed scenario and its model.

    Raises `ConfigurationError` with every problem, each with the file or override to mend.
    """
    config = parse(composition.values, composition.origin)
    return config, build(config, composition.design, traced(composition.values, composition.origin))
