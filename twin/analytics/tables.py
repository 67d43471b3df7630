"""The tables of one replication, and the part of them that a study measures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from twin.domain.errors import TwinError

Mask = NDArray[np.bool_]
Rows = NDArray[np.intp]

KINDS_OF_ORDER = ("channel", "region", "service_level")
"""What tells orders apart; a shipment and an event take it over from their order."""

COLUMNS = {
    "orders": (
        "order placed_at promised_by delivered_at shipped_at channel region service_level status lines units "
        "value_usd packages nodes first_pass_lines first_pass_units first_choice single_node_possible avoidable_split "
        "decided_at"
    ),
    "shipments": (
        "order node service zone packages weight_kg distance_km routed_at started_at packed_at "
        "planned_departure_at departed_at delivered_at promised_by label_usd surcharge_usd handling_usd "
        "packaging_usd late_credit_usd lost_goods_usd claimed_usd linehaul_co2e_kg last_mile_co2e_kg packaging_co2e_kg"
    ),
    "nodes": "at node stage open_hours overtime_hours busy_hours waiting_hours",
    "stock": (
        "day node on_hand_m3 mean_on_hand_units mean_on_hand_usd skus skus_out received_units shipped_units "
        "shipped_cost_usd backordered_units asked_units skus_asked skus_short cycles short_cycles"
    ),
    "events": "at kind subject order units distance_km reason",
    "returns": (
        "order node units method grade requested_at restocked_at refund_usd label_usd handling_usd written_off_usd "
        "recovered_usd co2e_kg"
    ),
    "pickups": "order node ready_by ready_at restocked_at",
    "local_deliveries": "order node window_starts_at departed_at",
    "freight": "node mode pallets units weight_kg freight_usd",
    "shelves": "day node booked_units phantom_units skus skus_wrong walk_in_units walk_in_lost_units",
}
"""The columns that KPIs need, by table; the others stay on disk."""

OPTIONAL = ("returns", "pickups", "local_deliveries", "shelves", "freight")
"""Tables that only some runs leave."""

SHORT = {
    "orders": "shipped_at value_usd",
    "shipments": (
        "weight_kg distance_km routed_at started_at packed_at planned_departure_at departed_at delivered_at "
        "promised_by linehaul_co2e_kg last_mile_co2e_kg packaging_co2e_kg"
    ),
}
"""Columns of which 32 bits are enough: they are right to 7 digits, so an instant of a year to 4 seconds."""


@dataclass(frozen=True, slots=True)
class Window:
    """The days that count, after a warm-up: hours `starts_at` to `ends_at`, the end left out.

    A day is 24 hours here, also where the study crosses a change to or from daylight saving time.
    """

    warmup_days: int
    measured_days: int

    def __post_init__(self) -> None:
        if self.warmup_days < 0 or self.measured_days < 1:
            raise ValueError(
                "window: needs a warm-up of 0 days or more and at least 1 measured day, "
                f"got {self.warmup_days} and {self.measured_days}"
            )

    @property
    def starts_at(self) -> float:
        """The first instant that counts."""
        return 24.0 * self.warmup_days

    def days_since(self, instant: float) -> float:
        """Return how many of the days lie after an instant."""
        return min(float(self.measured_days), max(0.0, (self.ends_at - instant) / 24.0))

    @property
    def ends_at(self) -> float:
        """The first instant that counts no more."""
        return 24.0 * (self.warmup_days + self.measured_days)

    def holds(self, instants: pd.Series[float]) -> Mask:
        """Answer for each instant whether it counts."""
        at = instants.to_numpy()
        return (at >= self.starts_at) & (at < self.ends_at)


@dataclass(frozen=True, slots=True)
class Tables:
    """What one replication left behind, as `docs/results.md` describes it.

    Without `returns` nobody could return, without `pickups` nobody collected, without
    `local_deliveries` stores had no vans, without `shelves` the books were right, without `freight` no lane paid by the
    load.
    Integers are as narrow as their values allow: widen them before you multiply.
    """

    orders: pd.DataFrame
    shipments: pd.DataFrame
    nodes: pd.DataFrame
    stock: pd.DataFrame
    events: pd.DataFrame
    returns: pd.DataFrame | None = None
    pickups: pd.DataFrame | None = None
    local_deliveries: pd.DataFrame | None = None
    shelves: pd.DataFrame | None = None
    freight: pd.DataFrame | None = None

    @classmethod
    def read(cls, folder: Path, window: Window | None = None) -> Tables:
        """Read what KPIs need from the folder of a replication.

        With a window, orders placed outside of it stay on disk with their shipments, which saves memory;
        `cohort` is still to be taken.
        """
        others = {name: _read(folder, name) for name in OPTIONAL if (folder / f"{name}.parquet").exists()}
        if window is None:
            return cls(**{name: _read(folder, name) for name in COLUMNS if name not in OPTIONAL}, **others)
        placed_at = _read(folder, "orders", only=("placed_at",))["placed_at"]
        orders = _read(folder, "orders", window.holds(placed_at))
        belongs = _rows_of(orders["order"], _read(folder, "shipments", only=("order",))["order"]) >= 0
        shipments = _read(folder, "shipments", belongs)
        nodes, stock, events = (_read(folder, name) for name in ("nodes", "stock", "events"))
        return cls(orders, shipments, nodes, stock, events, **others)

    @property
    def observed_until(self) -> float:
        """The last instant the run has seen; without hourly rows everything has happened by now."""
        return float(self.nodes["at"].max()) if len(self.nodes) else float("inf")


def no_returns() -> pd.DataFrame:
    """Return the returns of a run without any."""
    words = ("node", "method", "grade", *KINDS_OF_ORDER)
    names = [*COLUMNS["returns"].split(), *KINDS_OF_ORDER]
    return pd.DataFrame({name: pd.Series(dtype="category" if name in words else "float64") for name in names})


def cohort(tables: Tables, window: Window) -> Tables:
    """Return the orders placed in the window with their shipments, events and returns, and its hours and days.

    New columns: `censored` marks orders and shipments that have not arrived and are not yet due. Shipments,
    events, returns and pickups take over channel, region and service level from their order, events also the mean
    price of its units, `unit_price_usd`, and from their subject `node`.
    """
    orders = _keep(_with_categories(tables.orders), window.holds(tables.orders["placed_at"]))
    later = orders["promised_by"] > tables.observed_until
    orders = orders.assign(censored=(orders["status"] == "open") & later)
    hours = tables.nodes["at"].to_numpy()
    return Tables(
        orders=orders,
        shipments=_shipments(tables.shipments, orders, tables.observed_until),
        nodes=_keep(_with_categories(tables.nodes), (hours > window.starts_at) & (hours <= window.ends_at)),
        stock=_measured_days(tables.stock, window),
        events=_events(tables.events, orders, window),
        returns=None if tables.returns is None else _returns(tables.returns, orders),
        pickups=None if tables.pickups is None else _pickups(tables.pickups, orders),
        local_deliveries=None if tables.local_deliveries is None else _pickups(tables.local_deliveries, orders),
        shelves=None if tables.shelves is None else _measured_days(tables.shelves, window),
        freight=None if tables.freight is None else _with_categories(tables.freight),
    )


def _measured_days(table: pd.DataFrame, window: Window) -> pd.DataFrame:
    days = table["day"].to_numpy()
    measured = (days >= window.warmup_days) & (days < window.warmup_days + window.measured_days)
    return _keep(_with_categories(table), measured)


def _shipments(shipments: pd.DataFrame, orders: pd.DataFrame, observed_until: float) -> pd.DataFrame:
    rows = _rows_of(orders["order"], shipments["order"])
    found = _keep(_with_categories(shipments), rows >= 0)
    kinds = _taken_over(orders, rows[rows >= 0], KINDS_OF_ORDER)
    later = found["promised_by"] > observed_until
    return found.assign(**kinds, censored=found["delivered_at"].isna() & later)


def _events(events: pd.DataFrame, orders: pd.DataFrame, window: Window) -> pd.DataFrame:
    """Keep the events of measured orders, and within the window those that belong to no order."""
    rows = _rows_of(orders["order"], events["order"])
    ours = (rows >= 0) | ((events["order"].to_numpy() < 0) & window.holds(events["at"]))
    found = _keep(_with_categories(events), ours)
    priced = orders.assign(unit_price_usd=orders["value_usd"] / orders["units"])
    return found.assign(node=found["subject"], **_taken_over(priced, rows[ours], (*KINDS_OF_ORDER, "unit_price_usd")))


def _returns(returns: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    rows = _rows_of(orders["order"], returns["order"])
    found = _keep(_with_categories(returns), rows >= 0)
    return found.assign(**_taken_over(orders, rows[rows >= 0], KINDS_OF_ORDER))


def _pickups(pickups: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    """Keep what stores did for measured orders; it takes over when these were placed too."""
    rows = _rows_of(orders["order"], pickups["order"])
    found = _keep(_with_categories(pickups), rows >= 0)
    return found.assign(**_taken_over(orders, rows[rows >= 0], (*KINDS_OF_ORDER, "placed_at")))


def _taken_over(orders: pd.DataFrame, rows: Rows, columns: Iterable[str]) -> dict[str, Any]:
    """Return columns of the orders in some rows; row -1 has nothing to give."""
    return {name: orders[name].array.take(rows, allow_fill=True) for name in columns}


def _rows_of(orders: pd.Series[int], wanted: pd.Series[int]) -> Rows:
    """Return the row of every wanted order number, or -1; two bisections cost less memory than an index."""
    numbers, sought = orders.to_numpy(), wanted.to_numpy()
    if not len(numbers):
        return np.full(len(sought), -1, dtype=np.intp)
    sorter = None if orders.is_monotonic_increasing else np.argsort(numbers, kind="stable")
    rows = np.searchsorted(numbers, sought, sorter=sorter)
    np.minimum(rows, len(numbers) - 1, out=rows)
    rows = rows if sorter is None else sorter[rows]
    rows[numbers[rows] != sought] = -1
    return rows


def _keep(table: pd.DataFrame, rows: Mask) -> pd.DataFrame:
    """Return the marked rows; the table itself, not a copy, where all of them are."""
    return table if rows.all() else table[rows].reset_index(drop=True)


def _with_categories(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose words are categories, as they are when read from Parquet."""
    dtypes = {str(name): dtype for name, dtype in table.dtypes.items()}
    words = [name for name, dtype in dtypes.items() if dtype.kind == "O" and not isinstance(dtype, pd.CategoricalDtype)]
    return table.astype(dict.fromkeys(words, "category")) if words else table


def _read(folder: Path, name: str, keep: Mask | None = None, only: Iterable[str] = ()) -> pd.DataFrame:
    """Read a table column by column, so that only one of them is ever in memory twice."""
    path = folder / f"{name}.parquet"
    if not path.exists():
        raise TwinError(f"{path} is missing; run the study with study.order_tables=true to keep every table")
    short = SHORT.get(name, "").split()
    with pq.ParquetFile(path) as file:
        columns = {
            column: _narrow(_column(file, column, keep), short=column in short)
            for column in only or COLUMNS[name].split()
        }
    pa.default_memory_pool().release_unused()  # 60 MB after four million shipments
    return pd.DataFrame(columns, copy=False)


def _column(file: pq.ParquetFile, name: str, keep: Mask | None) -> pd.Series[Any]:
    column = file.read([name], use_threads=False).column(0)
    values: pd.Series[Any] = (column if keep is None else column.filter(keep)).to_pandas()
    return values


def _narrow(values: pd.Series[Any], *, short: bool) -> pd.Series[Any]:
    """Return a column in the narrowest type that does no harm."""
    if values.dtype.kind in "iu":
        return pd.to_numeric(values, downcast="integer")
    return values.astype("float32") if short else values
