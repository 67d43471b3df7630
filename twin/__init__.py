"""A digital twin of a distributed e-commerce fulfillment network.

The names below are loaded when they are first used, so that `import twin.policies` in production stays light.
"""

from __future__ import annotations

from importlib import import_module

__version__ = "0.1.0"

_HOMES = {
    "Composition": "twin.hydra_glue",
    "ConfigurationError": "twin.domain.errors",
    "TwinError": "twin.domain.errors",
    "build_report": "twin.report.build",
    "compose": "twin.hydra_glue",
    "run_study": "twin.experiments.study",
}

__all__ = ["__version__", *sorted(_HOMES)]  # noqa: PLE0604  (the names are strings, ruff cannot see it)


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'twin' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
