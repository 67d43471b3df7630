"""Every touch of Hydra's inner parts: compose a configuration, expand a sweep, launch its jobs, complete an override.

Names are loaded when first used: `Composition` alone does not load Hydra.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twin.hydra_glue.completion import completions, parts_of
    from twin.hydra_glue.composing import compose
    from twin.hydra_glue.composition import Composition
    from twin.hydra_glue.launching import split_launcher
    from twin.hydra_glue.sweeping import sweep_designs, sweep_points, swept_keys, typed_designs

__all__ = [
    "Composition",
    "completions",
    "compose",
    "parts_of",
    "split_launcher",
    "sweep_designs",
    "sweep_points",
    "swept_keys",
    "typed_designs",
]

_HOMES = {
    "Composition": "composition",
    "completions": "completion",
    "compose": "composing",
    "parts_of": "completion",
    "split_launcher": "launching",
    "sweep_designs": "sweeping",
    "sweep_points": "sweeping",
    "swept_keys": "sweeping",
    "typed_designs": "sweeping",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'twin.hydra_glue' has no attribute {name!r}")
    return getattr(import_module(f"twin.hydra_glue.{_HOMES[name]}"), name)
