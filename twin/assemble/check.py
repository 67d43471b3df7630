"""Looks for everything that is wrong in a scenario, its parts and its tables, without simulating anything."""

from __future__ import annotations

from twin.assemble.model import build
from twin.config import parse
from twin.domain.errors import ConfigurationError, Problem
from twin.hydra_glue import Composition
from twin.presets import traced


def check(composition: Composition) -> list[Problem]:
    """Return every problem of a composed scenario: of its values, or where these are sound, of its tables."""
    try:
        config = parse(composition.values, composition.origin)
        build(config, composition.design, traced(composition.values, composition.origin))
    except ConfigurationError as error:
        return list(error.problems)
    return []
