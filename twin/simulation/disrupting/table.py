"""The table of all consequences of disruptions, in the order in which they are carried out at an instant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.simulation.disrupting.capacity import Capacity
from twin.simulation.disrupting.disruptor import Consequence

if TYPE_CHECKING:
    from twin.simulation.run import Run


def consequences(run: Run) -> list[Consequence]:
    """Return what disruptions do in a run."""
    return [
        Capacity(run.disruptions, run.nodes, run.clock, run.view.refresh, run.backorders.reopened),
    ]
