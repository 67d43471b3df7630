"""What does not fit in a configuration, in words: where, what was found, what was expected, what to do."""

from __future__ import annotations

import reprlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import reduce
from types import NoneType
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from twin.domain.errors import Problem
from twin.domain.nodes import NODE_KINDS

Where = Callable[[str], str]
"""Says of a dotted key where it was set."""


def misfits(
    errors: Sequence[Any], values: Mapping[str, Any], shape: type[BaseModel], where: Where
) -> Iterator[Problem]:
    """Yield a problem for each of pydantic's errors; what one entry lacks altogether is one problem."""
    lacking: dict[tuple[str, ...], list[str]] = {}
    for error in errors:
        path = tuple(str(part) for part in error["loc"] if part != "[key]")
        if error["type"] == "missing":
            lacking.setdefault(path[:-1], []).append(path[-1])
        else:
            yield _misfit(error, path, shape, where)
    for path, names in lacking.items():
        yield _lack(path, names, values, where)


def unknown_kind(key: str, kind: object, where: Where) -> Problem:
    """Say that a node is of no kind we know."""
    expected, cure = f"one of {', '.join(NODE_KINDS)}", _nearest(str(kind), NODE_KINDS)
    return Problem(where(key), f"{key} = {kind!r}", expected, cure)


def no_node(name: str, nodes: Sequence[str], where: Where) -> Problem:
    """Say that something was set for a node that nobody describes: mostly a slip in its name."""
    key = f"network.nodes.{name}"
    found = f"{key}: there is no node {name!r}, and no kind to make it a new one"
    near = get_close_matches(name, nodes, n=1)
    cure = f"to add a node, set at least {key}.kind ({', '.join(NODE_KINDS)}) and {key}.zip3"
    cure = f"did you mean {near[0]!r}? {cure[0].upper()}{cure[1:]}" if near else cure
    return Problem(where(f"{key}.kind"), found, f"one of {', '.join(nodes)}" if nodes else "a node with a kind", cure)


def _misfit(error: Any, path: Sequence[str], shape: type[BaseModel], where: Where) -> Problem:  # noqa: ANN401  (pydantic's own record)
    key = ".".join(path)
    found = f"{key} = {reprlib.repr(error['input'])}"
    if error["type"] == "extra_forbidden":
        return Problem(where(key), found, "a known key", _nearest(path[-1], _fields_at(path[:-1], shape)))
    if error["type"] in ("model_type", "dict_type"):
        return Problem(where(key), found, "keys with values", f"write what belongs to {key}")
    expected = error["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    return Problem(where(key), found, expected, f"set {key} to such a value")


def _lack(path: Sequence[str], names: Sequence[str], values: Mapping[str, Any], where: Where) -> Problem:
    """Say what an entry lacks; where it lacks several, its own name may be a slip for that of another."""
    key = ".".join(path)
    keys = [f"{key}.{name}" if key else name for name in names]
    cure = "set " + " and ".join(f"{key}=..." for key in keys)
    if len(names) > 1 and path:
        siblings: Mapping[str, Any] = reduce(lambda part, name: part[name], path[:-1], values)
        near = get_close_matches(path[-1], [name for name in siblings if name != path[-1]], n=1)
        cure = f"did you mean {near[0]!r}? Else {cure}" if near else cure
        return Problem(where(key), f"no {', '.join(names)} in {key}", "a value for each", cure)
    return Problem(where(keys[0]), f"no {', '.join(keys)}", "a value", cure)


def _fields_at(path: Sequence[str], whole: type[BaseModel]) -> list[str]:
    """Name the keys that the shape at a dotted path knows."""
    shape: Any = whole
    for part in path:
        is_shape = isinstance(shape, type) and issubclass(shape, BaseModel)
        shape = _if_there(shape.model_fields[part].annotation if is_shape else _of_each(shape))
    return sorted(field.alias or name for name, field in shape.model_fields.items())


def _of_each(many: Any) -> Any:  # noqa: ANN401  (any annotation)
    """Return the shape of the values of a mapping, or of the elements of a sequence."""
    return get_args(many)[1 if get_origin(many) is dict else 0]


def _if_there(shape: Any) -> Any:  # noqa: ANN401  (any annotation)
    """Return the shape of what may be null, where it is not."""
    others = [one for one in get_args(shape) if one is not NoneType]
    return others[0] if NoneType in get_args(shape) else shape


def _nearest(word: str, known: Sequence[str]) -> str:
    near = get_close_matches(word, known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"known here: {', '.join(known)}"
