"""Finds a policy by its kind: a file of this folder, an installed plug-in, or `python:package.module:Class`."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from difflib import get_close_matches
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec
from math import isfinite
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, cast, get_args, get_origin, get_type_hints

from msgspec import ValidationError, convert

from twin.domain.errors import ConfigurationError, Problem
from twin.policies.routing.roles import LearningPolicy, RoutingPolicy

ENTRY_POINTS = "twin.routing_policies"
OWN_CODE = "python:"


def kinds() -> list[str]:
    """List the kinds that come with the twin: every file of this folder that holds a policy."""
    texts = {file.stem: file.read_text("utf-8") for file in Path(__file__).parent.glob("*.py")}
    return sorted(name for name, text in texts.items() if "\n@dataclass(" in text and "\n    def decide(" in text)


def load(parameters: Mapping[str, Any], where: str = "routing") -> RoutingPolicy:
    """Make the policy that a configuration describes.

    Raises `ConfigurationError` for an unknown kind or parameter, or values the policy refuses.
    """
    given = dict(parameters)
    kind = str(given.pop("kind", ""))
    policy = _policy_class(kind, where)
    problems = list(parameter_problems(policy, kind, given, where))
    made = nested_values(policy, given, where, problems)
    if problems:
        raise ConfigurationError(problems)
    try:
        return cast("RoutingPolicy", policy(**made))
    except (TypeError, ValueError) as error:
        said = ", ".join(f"{name}: {value!r}" for name, value in given.items()) or "no parameters"
        raise ConfigurationError([Problem(where, f"{kind} with {said}", str(error), "mend the value")]) from None


def stand_in(parameters: object, where: str, problems: list[Problem]) -> RoutingPolicy | None:
    """Return the policy that decides where another one cannot, None where nobody shall; what is wrong is a problem."""
    if parameters is None:
        return None
    if not isinstance(parameters, Mapping):
        expected = "kind and parameters of a policy, or null"
        problems.append(Problem(where, repr(parameters), expected, "write kind: and a name"))
        return None
    if parameters.get("kind") == "replay":
        problems.append(Problem(where, "a replay", "a policy that decides by itself", "name one, or null"))
        return None
    try:
        policy = load(parameters, where)
    except ConfigurationError as error:
        problems += error.problems
        return None
    if isinstance(policy, LearningPolicy):
        cure = "name one that decides without learning"
        problems.append(Problem(where, f"{parameters['kind']}, which learns", "a policy that needs no forecast", cure))
    return policy


def source_of(kind: str) -> Path | None:
    """Return the file with the code of a policy that does not come with the twin, None where there is none."""
    if kind.startswith(OWN_CODE):
        module = kind.removeprefix(OWN_CODE).partition(":")[0]
        _look_here()
    else:
        plugins = entry_points(group=ENTRY_POINTS)
        module = plugins[kind].module if kind in plugins.names and kind not in kinds() else ""
    try:
        spec = find_spec(module) if module else None
    except (ImportError, AttributeError, ValueError):
        return None
    source = Path(spec.origin) if spec is not None and spec.origin is not None else None
    return source if source is not None and source.is_file() else None


def parameter_problems(policy: Any, kind: str, given: Mapping[str, Any], where: str) -> Iterator[Problem]:  # noqa: ANN401  (any class)
    """Yield what is wrong with single parameters: names the policy does not have, values of another type."""
    known = [field.name for field in fields(policy) if not field.metadata.get("learned")]
    hints = _hints(policy)
    for name, value in given.items():
        found = f"{name} = {value!r}"
        if name not in known:
            yield Problem(f"{where}.{name}", found, f"a parameter of {kind}", _nearest(name, known))
        elif not _fits(value, hints.get(name)):
            yield Problem(f"{where}.{name}", found, _words(hints[name]), "mend the value")


def nested_values(policy: type, given: Mapping[str, Any], where: str, problems: list[Problem]) -> dict[str, Any]:
    """Return the parameters with lists of rules and the like made into values; what does not fit is a problem."""
    made, hints = dict(given), _hints(policy)
    learned = {field.name for field in fields(policy) if field.metadata.get("learned")}
    for name, value in given.items():
        if isinstance(value, list | dict) and name in hints and name not in learned:
            try:
                made[name] = convert(value, hints[name])
            except ValidationError as error:
                wrong, _, inside = str(error).partition(" - at `$")
                key = f"{where}.{name}{inside.rstrip('`')}"
                problems.append(Problem(key, _found(value, inside), wrong, "mend the value"))
    return made


def _found(value: object, inside: str) -> str:
    """Return what stands at a path such as `[0].units` of a value."""
    for step in re.findall(r"[^.\[\]`]+", inside):
        try:
            value = value[int(step) if step.isdigit() else step]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            break
    return repr(value)


def _policy_class(kind: str, where: str) -> Any:  # noqa: ANN401  (any dataclass with a decide method)
    if kind in kinds():
        module = import_module(f"{__package__}.{kind}")
        return getattr(module, "".join(part.title() for part in kind.split("_")))
    plugins = entry_points(group=ENTRY_POINTS)
    try:
        if kind.startswith(OWN_CODE):
            module_name, _, name = kind.removeprefix(OWN_CODE).partition(":")
            _look_here()
            policy = getattr(import_module(module_name), name)
        elif kind in plugins.names:
            policy = plugins[kind].load()
        else:
            cure = f"{_nearest(kind, [*kinds(), *sorted(plugins.names)])} Your own: {OWN_CODE}package.module:Class"
            raise ConfigurationError([Problem(f"{where}.kind", f"routing policy {kind!r}", "a known kind", cure)])
    except (ImportError, AttributeError, TypeError, ValueError) as error:
        expected = f"{OWN_CODE}package.module:Class, or a plug-in, that can be imported"
        raise ConfigurationError([Problem(f"{where}.kind", repr(kind), expected, _how_to_import(error))]) from error
    if not (is_dataclass(policy) and _is_frozen(policy) and callable(getattr(policy, "decide", None))):
        expected = "a frozen dataclass with a method decide(order, network)"
        raise ConfigurationError([Problem(f"{where}.kind", repr(kind), expected, "see twin/policies/routing")])
    return policy


def _look_here() -> None:
    """Let Python import what lies where the user stands, behind everything that is installed."""
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.append(here)


def _how_to_import(error: Exception) -> str:
    """Say why code was not imported and, for a module that is nowhere, where it was looked for and could lie."""
    if not isinstance(error, ModuleNotFoundError) or not error.name:
        return str(error)
    file = f"{error.name.replace('.', '/')}.py"
    return f"{error} in {Path.cwd()} or among the installed packages: put {file} there, or install what it is part of"


def _is_frozen(policy: Any) -> bool:  # noqa: ANN401  (a dataclass)
    return bool(policy.__dataclass_params__.frozen)


def _hints(policy: Any) -> dict[str, Any]:  # noqa: ANN401  (any class)
    """Return the types of a policy's parameters; none where they name what is only imported for type checkers."""
    try:
        return get_type_hints(policy)
    except NameError:
        return {}


def _fits(value: object, hint: Any) -> bool:  # noqa: ANN401  (any type)
    """Answer whether a value of a configuration is of a type; types that no configuration can write are let pass."""
    if isinstance(hint, UnionType):
        return any(_fits(value, one) for one in get_args(hint))
    if get_origin(hint) is Literal:
        return value in get_args(hint)
    if hint is float:
        return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, hint) if hint in (bool, str, NoneType) else True


def _words(hint: Any) -> str:  # noqa: ANN401  (any type)
    """Say in words what a type allows."""
    if isinstance(hint, UnionType):
        return " or ".join(map(_words, get_args(hint)))
    if get_origin(hint) is Literal:
        return f"one of {', '.join(map(str, get_args(hint)))}"
    return {float: "a finite number", int: "a whole number", bool: "true or false", NoneType: "null"}.get(
        hint, "a text"
    )


def _nearest(name: str, known: Sequence[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"
