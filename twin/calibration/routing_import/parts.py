"""What an importer makes of an export: a routing policy, and what belongs to other parts of the configuration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Part = dict[str, Any]
"""A part of the configuration, as YAML writes it."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The routing, and where the export says something about them order management and the network."""

    routing: Part
    dom: Part | None = None
    network: Part | None = None
