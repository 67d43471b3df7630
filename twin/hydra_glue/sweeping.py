"""Many designs at once: the points of a sweep as Hydra expands them, and their names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import sha256

from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra.core.config_loader import ConfigLoader
from hydra.core.override_parser.types import Glob, Override

from twin.domain.errors import ConfigurationError, Problem
from twin.hydra_glue.composing import errors_as_problems
from twin.hydra_glue.overrides import COMMAND_LINE, as_typed, is_group, read_overrides
from twin.hydra_glue.sources import hydra_session

LONGEST_NAME = 64


def sweep_points(overrides: Sequence[str]) -> list[list[str]]:
    """Expand lists, ranges and choices into the overrides of every point, in Hydra's order."""
    return list(sweep_designs(overrides).values())


def sweep_designs(overrides: Sequence[str]) -> dict[str, list[str]]:
    """Expand a sweep into its points, each under a name made of the values that tell it from the others."""
    with hydra_session() as hydra, errors_as_problems(overrides):
        read = read_overrides(overrides, hydra.config_loader)
        _refuse_what_has_no_values(read, hydra.config_loader)
        (points,) = BasicSweeper.split_arguments(read, max_batch_size=None)
        designs: dict[str, list[str]] = {}
        for point in points:
            name = _name(point, [one for one in read if one.is_sweep_override()], hydra.config_loader)
            designs[name if designs.get(name, point) == point else _shortened(name, point)] = point
    return designs


def typed_designs(overrides: Sequence[str]) -> dict[str, list[str]]:
    """Expand a sweep into designs by name, each with the overrides a user would type for it alone."""
    points = sweep_designs(overrides)
    with hydra_session() as hydra:
        typed = list(zip(overrides, read_overrides(overrides, hydra.config_loader), strict=True))
    return {name: [as_typed(text, one, point) for text, one in typed] for name, point in points.items()}


def swept_keys(overrides: Sequence[str]) -> list[str]:
    """List the keys that are given more than one value."""
    with hydra_session() as hydra:
        read = read_overrides(overrides, hydra.config_loader)
    return [one.key_or_group for one in read if one.is_sweep_override()]


def _refuse_what_has_no_values(read: Sequence[Override], loader: ConfigLoader) -> None:
    """Refuse an interval, which is searched, and a pattern for what is no group of parts."""
    problems = []
    for one in read:
        text = (one.input_line or "").lstrip("+")
        if one.is_interval_sweep():
            cure = "`twin optimize` searches an interval"
            problems.append(Problem(COMMAND_LINE, text, "some values: key=1,2,3 or key=range(1,10)", cure))
        elif one.is_sweep_override() and isinstance(one.value(), Glob) and not is_group(one, loader):
            problems.append(Problem(COMMAND_LINE, text, "some values: key=1,2,3", "glob(*) is for groups of parts"))
    if problems:
        raise ConfigurationError(problems)


def _name(point: Sequence[str], swept: Sequence[Override], loader: ConfigLoader) -> str:
    """Call a point by its parts and its `key-value` pairs, in letters a folder may have."""
    groups = {one.get_key_element(): is_group(one, loader) for one in swept}
    words = []
    for text in point:
        key, _, value = text.partition("=")
        if key in groups:
            words.append(value if groups[key] else f"{key.lstrip('+').rpartition('.')[2]}-{value}")
    name = "_".join(re.sub(r"[^A-Za-z0-9._-]+", "-", word).strip("-._") for word in words)
    return name if len(name) <= LONGEST_NAME else _shortened(name, point)


def _shortened(name: str, point: Sequence[str]) -> str:
    """Cut a name and tell it apart by a digest of its point."""
    digest = sha256("\n".join(point).encode()).hexdigest()[:8]
    return f"{name[: LONGEST_NAME - 9]}-{digest}"
