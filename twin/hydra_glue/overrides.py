"""What the user typed: parsed by Hydra's grammar, checked against the parts there are, all errors at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches

from hydra.core.config_loader import ConfigLoader
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override, OverrideType
from hydra.errors import HydraException

from twin.domain.errors import ConfigurationError, Problem

COMMAND_LINE = "command line"
PYTHONS_TRUTHS = ("True", "False")  # as Hydra writes the true and false of a list
DIGIT_FIRST = re.compile(r"(?P<above>\+{0,2}[\w.-]+?)\.(?P<below>\d+[A-Za-z_-][\w.-]*)=(?P<value>.*)", re.DOTALL)


def read_overrides(overrides: Sequence[str], loader: ConfigLoader) -> list[Override]:
    """Parse overrides and make plain values settable whether or not a part mentions their key.

    Groups (`network=mine`, a folder of parts) stay as they are and must name a part that exists; a plain
    value becomes `++key=value`, so that the shapes of the configuration, not Hydra, say which keys exist.
    """
    parser = OverridesParser.create(config_loader=loader)
    read: list[Override] = []
    problems: list[Problem] = []
    for text in overrides:
        try:
            override = _read(text, parser, loader)
            problems += _problems(override, loader)
            read.append(override)
        except HydraException as error:
            problems.append(_syntax_problem(text, error))
    if problems:
        raise ConfigurationError(problems)
    return read


def is_group(override: Override, loader: ConfigLoader) -> bool:
    """Answer whether an override chooses a part, rather than setting a value."""
    group = override.key_or_group
    return bool(group) and "." not in group and bool(loader.get_group_options(group))


def unknown_choice(group: str, choice: str, options: Sequence[str], where: str) -> Problem:
    """Say that there is no such part, which there are, and which is nearest."""
    near = get_close_matches(choice, options, n=1)
    cure = f"did you mean {near[0]!r}?" if near else ""
    return Problem(where, f"{group}={choice}", f"one of {', '.join(options) or 'no parts at all'}", cure)


def _read(text: str, parser: OverridesParser, loader: ConfigLoader) -> Override:
    match = DIGIT_FIRST.fullmatch(text)
    override = parser.parse_overrides([_nested(match, parser) if match else text])[0]
    if override.type is OverrideType.CHANGE and not override.is_hydra_override() and not is_group(override, loader):
        return parser.parse_overrides([f"++{override.input_line}"])[0]
    return override


def as_typed(text: str, override: Override, point: Sequence[str]) -> str:
    """Write what an override says at one point of a sweep as its user would, without what we put around it."""
    if not override.is_sweep_override():
        return text
    element = override.get_key_element()
    value = next(said for key, _, said in (one.partition("=") for one in point) if key == element)
    match = DIGIT_FIRST.fullmatch(text)
    opened = _opened(match) if match else ""
    value = value.removeprefix(opened).removesuffix("}" * opened.count("{"))
    return f"{text.partition('=')[0]}={value.lower() if value in PYTHONS_TRUTHS else value}"


def _nested(match: re.Match[str], parser: OverridesParser) -> str:
    """Write `node_kinds.3pl.fee=1` as `node_kinds={3pl:{fee:1}}`: Hydra's keys cannot begin with a digit."""
    value = parser.parse_overrides([f"value={match['value']}"])[0]
    texts = value.sweep_string_iterator() if value.is_sweep_override() else [value.get_value_element_as_str()]
    opened = _opened(match)
    return f"{match['above']}=" + ",".join(opened + text + "}" * opened.count("{") for text in texts)


def _opened(match: re.Match[str]) -> str:
    return "".join("{" + key + ":" for key in match["below"].split("."))


def _problems(override: Override, loader: ConfigLoader) -> list[Problem]:
    text = override.input_line or ""
    if override.key_or_group == "hydra" or override.is_hydra_override() or (override.package or "").startswith("hydra"):
        cure = "only hydra/launcher and hydra.launcher.* may be given, to 'twin compare' and 'twin sweep'"
        return [Problem(COMMAND_LINE, text, "no settings of Hydra itself", cure)]
    if override.is_delete() or not is_group(override, loader):
        return []
    problems = []
    for choice in _choices(override):
        folder, _, name = f"{override.key_or_group}/{choice}".rpartition("/")
        if name not in loader.get_group_options(folder):
            options = loader.get_group_options(override.key_or_group)
            problems.append(unknown_choice(override.key_or_group, choice, options, COMMAND_LINE))
    return problems


def _choices(override: Override) -> list[str]:
    if override.is_sweep_override():
        return [str(choice).strip("'\"") for choice in override.sweep_string_iterator()]
    value = override.value()
    listed = value if isinstance(value, list) else [value]
    return ["null" if choice is None else str(choice) for choice in listed]


def _syntax_problem(text: str, error: HydraException) -> Problem:
    """Say in one line why Hydra cannot read an override, and what usually helps."""
    if "=" not in text:
        cure = f"write {text or 'key'}=value"
    elif not text.isascii():
        cure = "put quotes around the value, inside the shell's own: \"key='São Paulo'\""
    else:
        cure = "put quotes around a value with special characters: \"key='a (b)'\""
    reason = " ".join(line.strip(" ^") for line in str(error).splitlines()[:-1]).strip()
    return Problem(COMMAND_LINE, f"{text!r} ({reason})", "key=value, such as study.seed=7", cure)
