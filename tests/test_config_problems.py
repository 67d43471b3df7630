"""A slip in a key is named wherever it is made: in shapes that may be left out, in mappings and in lists."""

from __future__ import annotations

from collections.abc import Iterator
from types import NoneType
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from twin.config import ScenarioConfig
from twin.config_problems import misfits


def shapes(shape: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], type[BaseModel]]]:
    """Yield every shape below another one, with a path that leads to it."""
    if isinstance(shape, type) and issubclass(shape, BaseModel):
        yield path, shape
        for name, field in shape.model_fields.items():
            yield from shapes(field.annotation, (*path, field.alias or name))
        return
    arguments = [one for one in get_args(shape) if one not in (NoneType, ..., str)]
    entry = () if NoneType in get_args(shape) else ("0",)
    for one in arguments:
        yield from shapes(one, (*path, *entry))


EVERY = list(shapes(ScenarioConfig))


def test_shapes_that_may_be_left_out_are_among_them() -> None:
    paths = {".".join(path) for path, _ in EVERY}

    assert {"demand.pickup", "network.nodes.0.shelf", "disruptions.events.0.track.points.0"} <= paths


@pytest.mark.parametrize(("path", "shape"), EVERY, ids=[".".join(path) or "top" for path, _ in EVERY])
def test_an_unknown_key_is_told_with_those_there_are(path: tuple[str, ...], shape: type[BaseModel]) -> None:
    error = {"type": "extra_forbidden", "loc": (*path, "qqqqqqqq"), "input": 1}

    (problem,) = misfits([error], {}, ScenarioConfig, str)

    known = sorted(field.alias or name for name, field in shape.model_fields.items())
    assert problem.where == ".".join([*path, "qqqqqqqq"])
    assert problem.cure == f"known here: {', '.join(known)}"
