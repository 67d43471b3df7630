"""Stores made by hand: an ordinary shop whose shelf is what its books say, and what is special."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import time
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pandas as pd

from tests.factories import CHICAGO_PLACE, RENO, GivenOrder, a_model, a_network, a_node, a_stage, always
from twin.assemble.stores import with_pickup
from twin.domain.local_delivery import LocalDeliveryTerms
from twin.domain.nodes import FulfillmentNode
from twin.domain.pickup import PickupDesk, PickupTerms
from twin.domain.shelf import ShelfTerms
from twin.simulation.run import Run
from twin.simulation.world import Model


def some_shelf(**special: Any) -> ShelfTerms:
    """A shelf as the books have it; wrong records are off by two units."""
    return ShelfTerms(**{"wrong_by": always(2.0), **special})


A_COUNTER = PickupDesk(1, hand_over_hours=0.1, curbside_hours=0.2)


def a_store(name: str = "loop", *, shelf: ShelfTerms | None = None, **special: Any) -> FulfillmentNode:
    """A shop in Chicago that picks for half an hour and packs for a quarter."""
    known: dict[str, Any] = {
        "kind": "store", "stages": (a_stage("pick", 1, 0.5), a_stage("pack", 1, 0.25)), "shelf": shelf or some_shelf(),
    }  # fmt: skip
    return a_node(name, special.pop("place", CHICAGO_PLACE), **{**known, **special})


STARTS = (time(9), time(12), time(15), time(18))  # in Chicago, an hour later by the shop's clock


def some_windows(**special: Any) -> LocalDeliveryTerms:
    """Everybody within 50 miles chooses one of four windows of three hours, with an hour's lead."""
    known: dict[str, Any] = {
        "share": 1.0, "max_miles": 50.0, "starts": STARTS, "window_hours": 3.0, "lead_hours": 1.0,
        "orders_per_window": 10,
    }  # fmt: skip
    return LocalDeliveryTerms(**{**known, **special})


def some_pickup(**special: Any) -> PickupTerms:
    """Everybody within 50 miles collects, two hours after the order is ready, which is promised within three."""
    known: dict[str, Any] = {
        "share": 1.0, "max_miles": 50.0, "ready_hours": 3.0, "collect_hours": always(2.0), "hold_hours": 48.0,
    }  # fmt: skip
    return PickupTerms(**{**known, **special})


def a_pickup_model(
    shops: Sequence[FulfillmentNode], *orders: GivenOrder, pickup: PickupTerms | None = None, **special: Any
) -> Model:
    """Return shops that hand orders over, and Reno far away that has everything."""
    terms = pickup or some_pickup()
    network = with_pickup(a_network([*shops, a_node("reno", RENO)]), terms)
    stock = {**{shop.name: {"mug": 2} for shop in shops}, "reno": {"mug": 100, "lamp": 100}}
    return replace(a_model(network, list(orders), **{"stock": stock, **special}), pickup=terms)


def live(model: Model, folder: Path, seed: int = 1) -> tuple[Run, pd.DataFrame, pd.DataFrame]:
    """Run a model; return the run, its events and its shelves."""
    mine = Path(mkdtemp(dir=folder))
    run = Run(model, mine, seed, 0)
    run.live()
    events, shelves = (pd.read_parquet(mine / f"{name}.parquet") for name in ("events", "shelves"))
    return run, events.astype({"kind": "object", "subject": "object", "reason": "object"}), shelves
