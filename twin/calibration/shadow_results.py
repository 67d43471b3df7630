"""What a replay of production's decisions found: one row for each, production's plan beside ours."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from twin.policies.contract import DecisionMessage, DecisionRequest


class Difference(StrEnum):
    """How two decisions on the same order differ; the first that holds, from the last to the first of these."""

    SAME = "SAME"
    SAME_NODES_OTHER_SERVICE = "SAME_NODES_OTHER_SERVICE"
    OTHER_NODE = "OTHER_NODE"
    OTHER_SPLIT = "OTHER_SPLIT"
    OURS_FILLED_ONLY = "OURS_FILLED_ONLY"
    PROD_FILLED_ONLY = "PROD_FILLED_ONLY"
    PROD_PLAN_INFEASIBLE = "PROD_PLAN_INFEASIBLE"


@dataclass(frozen=True, slots=True)
class PlanFigures:
    """What a plan ships and what that costs by the twin's own rates: freight, handling and boxes in dollars.

    `late_hours` is how long after the promise the last shipment should arrive, 0 where it is kept; infinite where a
    shipment never does.
    """

    nodes: tuple[str, ...]
    services: tuple[str, ...]
    shipments: int
    units: int
    cost_usd: float
    late_hours: float


@dataclass(frozen=True, slots=True)
class Compared:
    """One logged decision beside ours on the same question; `line` counts the lines of the log from 1.

    `request` holds the picture that ours was made on: the logged one, or in a rolling replay the one that would have
    been. `first_key` is the first place, in the order of the canonical form, at which the decisions differ, empty where
    they do not. `production_figures` are none where the plan cannot be priced; `said` then has the reason.
    """

    line: int
    request: DecisionRequest
    production: DecisionMessage
    ours: DecisionMessage
    difference: Difference
    first_key: str = ""
    said: str = ""
    production_figures: PlanFigures | None = None
    our_figures: PlanFigures | None = None
