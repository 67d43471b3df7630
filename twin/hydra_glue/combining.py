"""Several parts of one group in one design, such as `disruptions=[storm_northeast,demand_surge]`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import yaml

from twin import paths
from twin.domain.errors import ConfigurationError, Problem
from twin.hydra_glue.scanning import LOADER


def refuse_parts_that_say_the_same(group: str, files: Mapping[str, Path], chosen: Sequence[str]) -> None:
    """Refuse a part that is chosen twice, and two that set the same key, of which one would be lost in silence.

    `files` holds the file of each part by its name. Raises `ConfigurationError`.
    """
    problems = [
        Problem(f"{group}=[{','.join(chosen)}]", f"{name!r} twice", "each part once", "drop one of them")
        for name in sorted({name for name in chosen if chosen.count(name) > 1})
    ]
    said = {name: set(_keys(_content(file))) for name, file in files.items()}
    problems += [
        Problem(
            f"{paths.shown(files[other])}, {key}", f"a key that {paths.shown(files[one])} sets too",
            f"parts of {group} that do not overlap", "rename it in one of them, or choose only one",
        )
        for one, other in combinations(files, 2)
        for key in sorted(said[one] & said[other])
    ]  # fmt: skip
    if problems:
        raise ConfigurationError(problems)


def _content(file: Path) -> Any:  # noqa: ANN401  (whatever the file holds)
    return yaml.load(file.read_text(encoding="utf-8"), LOADER)  # noqa: S506  (our loader makes plain values only)


def _keys(values: Any, depth: int = 2) -> Iterator[str]:  # noqa: ANN401
    """Yield the dotted keys of a part down to a depth: `events.storm` is one event, whatever it holds."""
    for key, value in values.items() if isinstance(values, dict) else ():
        if key == "defaults":
            continue
        if isinstance(value, dict) and depth > 1:
            yield from (f"{key}.{below}" for below in _keys(value, depth - 1))
        else:
            yield str(key)
