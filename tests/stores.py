"""Stores made by hand: an ordinary shop whose shelf is what its books say, and what is special."""

from __future__ import annotations

from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pandas as pd

from tests.factories import CHICAGO_PLACE, a_node, a_stage, always
from twin.domain.nodes import FulfillmentNode
from twin.domain.shelf import ShelfTerms
from twin.simulation.run import Run
from twin.simulation.world import Model


def some_shelf(**special: Any) -> ShelfTerms:
    """A shelf as the books have it; wrong records are off by two units."""
    return ShelfTerms(**{"wrong_by": always(2.0), **special})


def a_store(name: str = "loop", *, shelf: ShelfTerms | None = None, **special: Any) -> FulfillmentNode:
    """A shop in Chicago that picks for half an hour and packs for a quarter."""
    known: dict[str, Any] = {
        "kind": "store", "stages": (a_stage("pick", 1, 0.5), a_stage("pack", 1, 0.25)), "shelf": shelf or some_shelf(),
    }  # fmt: skip
    return a_node(name, special.pop("place", CHICAGO_PLACE), **{**known, **special})


def live(model: Model, folder: Path, seed: int = 1) -> tuple[Run, pd.DataFrame, pd.DataFrame]:
    """Run a model; return the run, its events and its shelves."""
    mine = Path(mkdtemp(dir=folder))
    run = Run(model, mine, seed, 0)
    run.live()
    events, shelves = (pd.read_parquet(mine / f"{name}.parquet") for name in ("events", "shelves"))
    return run, events.astype({"kind": "object", "subject": "object", "reason": "object"}), shelves
