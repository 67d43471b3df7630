"""Finds a policy by its kind: a file of this folder, an installed plug-in, or `python:package.module:Class`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from difflib import get_close_matches
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, Protocol, cast

from twin.domain.errors import ConfigurationError, Problem
from twin.domain.orders import Order
from twin.policies.decision import Decision
from twin.policies.view import NetworkView

ENTRY_POINTS = "twin.routing_policies"


class RoutingPolicy(Protocol):
    """Anything that can decide where an order ships from."""

    def decide(self, order: Order, network: NetworkView) -> Decision:
        """Return the plan for an order, given what the network can do now."""


def kinds() -> list[str]:
    """List the kinds that come with the twin: every file of this folder that holds a policy."""
    folder = Path(__file__).parent
    return sorted(path.stem for path in folder.glob("*.py") if "def decide(" in path.read_text("utf-8")
                  and path.stem != "catalogue")


def load(parameters: Mapping[str, Any], where: str = "routing") -> RoutingPolicy:
    """Make the policy that a configuration describes.

    Raises `ConfigurationError` for an unknown kind or parameter, or a value the policy refuses.
    """
    given = dict(parameters)
    kind = str(given.pop("kind", ""))
    policy = _policy_class(kind, where)
    known = [field.name for field in fields(policy)]
    unknown = [Problem(f"{where}.{name}", f"{name} = {value!r}", f"a parameter of {kind}", _nearest(name, known))
               for name, value in given.items() if name not in known]
    if unknown:
        raise ConfigurationError(unknown)
    try:
        return cast("RoutingPolicy", policy(**given))
    except (TypeError, ValueError) as error:
        raise ConfigurationError([Problem(where, f"{kind} with {given}", str(error), "mend the value")]) from None


def _policy_class(kind: str, where: str) -> Any:  # noqa: ANN401  (any dataclass with a decide method)
    if kind in kinds():
        module = import_module(f"twin.policies.routing.{kind}")
        return getattr(module, "".join(part.title() for part in kind.split("_")))
    if kind.startswith("python:"):
        return _from_path(kind, where)
    for plugin in entry_points(group=ENTRY_POINTS, name=kind):
        return plugin.load()
    cure = _nearest(kind, kinds()) + ", or python:package.module:Class"
    raise ConfigurationError([Problem(f"{where}.kind", f"routing policy {kind!r}", "a known kind", cure)])


def _from_path(kind: str, where: str) -> Any:  # noqa: ANN401  (any dataclass with a decide method)
    module, _, name = kind.removeprefix("python:").partition(":")
    try:
        return getattr(import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        problem = Problem(f"{where}.kind", kind, "python:package.module:Class that can be imported", str(error))
        raise ConfigurationError([problem]) from error


def _nearest(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"
