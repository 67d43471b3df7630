"""Names in the rules of a policy that must exist in its network, and those that do not.

A field that names things says of what kind they are by its type, such as `NodeNames`, wherever it stands in a policy.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import is_dataclass
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from msgspec import Struct


class NamesOf(str):
    """Marks a type as one of names of some kind."""

    __slots__ = ()


NodeName = Annotated[str, NamesOf("nodes")]
"""The name of a node."""
NodeNames = Annotated[tuple[str, ...], NamesOf("groups")]
"""Names of nodes, kinds of nodes or groups of nodes."""
ChannelNames = Annotated[tuple[str, ...], NamesOf("channels")]
ServiceLevelNames = Annotated[tuple[str, ...], NamesOf("service_levels")]
RegionNames = Annotated[tuple[str, ...], NamesOf("regions")]
CategoryNames = Annotated[tuple[str, ...], NamesOf("categories")]
VelocityClassNames = Annotated[tuple[str, ...], NamesOf("velocity_classes")]


def unknown_names(
    policy: object, known: Mapping[str, Collection[str]], where: str = ""
) -> Iterator[tuple[str, str, str]]:
    """Yield the place, the name and the kind of everything a policy names that is not known.

    A kind that `known` does not list is not looked at.
    """
    if isinstance(policy, tuple):
        for number, one in enumerate(policy):
            yield from unknown_names(one, known, f"{where}[{number}]")
    elif isinstance(policy, Struct) or is_dataclass(policy):
        for name, hint in _hints(type(policy)).items():
            value, place = getattr(policy, name), f"{where}.{name}"
            kind = _kind(hint)
            if kind is None:
                yield from unknown_names(value, known, place)
            elif kind in known:
                named = (value,) if isinstance(value, str) else value or ()
                yield from ((place, one, kind) for one in named if one not in known[kind])


def _hints(kind: type) -> dict[str, Any]:
    """Return the types of some fields; none where they name what is only imported for type checkers."""
    try:
        return get_type_hints(kind, include_extras=True)
    except NameError:
        return {}


def _kind(hint: Any) -> str | None:  # noqa: ANN401  (any type)
    """Return what a type names, also where it may be None instead."""
    if get_origin(hint) is Annotated:
        return next((str(mark) for mark in get_args(hint) if isinstance(mark, NamesOf)), None)
    return next((kind for one in get_args(hint) if (kind := _kind(one)) is not None), None)
