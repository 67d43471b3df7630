"""Settings that are searched, as Hydra writes it: `interval(low, high)`, `int(...)` of it, `tag(log, ...)` of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hydra.core.override_parser.types import IntervalSweep, Override

from twin.domain.errors import ConfigurationError, Problem
from twin.hydra_glue.overrides import COMMAND_LINE, read_overrides
from twin.hydra_glue.sources import hydra_session


@dataclass(frozen=True, slots=True)
class Searched:
    """One setting and the range it is looked for in: whole numbers only, or on a logarithmic scale, if so asked."""

    key: str
    low: float
    high: float
    is_whole: bool
    is_log: bool


def searched(overrides: Sequence[str]) -> tuple[list[str], list[Searched]]:
    """Part overrides into those that stand and the settings that are searched.

    Raises `ConfigurationError` for a list or a range of choices, an interval that is empty, or none at all.
    """
    with hydra_session() as hydra:
        pairs = list(zip(overrides, read_overrides(overrides, hydra.config_loader), strict=True))
    problems = [_problem(text, one) for text, one in pairs if one.is_sweep_override()]
    found = [problem for problem in problems if problem is not None]
    if not problems:
        found = [
            Problem(COMMAND_LINE, "no interval", "a setting to search", "replenishment.safety_factor=interval(0,3)")
        ]
    if found:
        raise ConfigurationError(found)
    standing = [text for text, one in pairs if not one.is_sweep_override()]
    return standing, [_searched(text, one) for text, one in pairs if one.is_sweep_override()]


def _problem(text: str, override: Override) -> Problem | None:
    value = override.value()
    if not isinstance(value, IntervalSweep):
        return Problem(COMMAND_LINE, text, "an interval", "key=interval(low,high), or `twin sweep` for some values")
    assert value.start is not None
    assert value.end is not None
    is_log = "log" in value.tags
    if not value.start < value.end or (is_log and value.start <= 0):
        expected = "low below high" + (", both above 0 on a logarithmic scale" if is_log else "")
        return Problem(COMMAND_LINE, text, expected, "key=interval(0.5,3)")
    return None


def _searched(text: str, override: Override) -> Searched:
    value = override.value()
    assert isinstance(value, IntervalSweep)
    assert value.start is not None
    assert value.end is not None
    is_whole = isinstance(value.start, int) and isinstance(value.end, int)
    return Searched(text.partition("=")[0], value.start, value.end, is_whole, "log" in value.tags)
