"""A line of an order that comes back: where it goes, what it costs, and what has happened to it so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import nan
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa

from twin.domain.orders import OrderLine
from twin.domain.returns import Grade
from twin.simulation.invoices import MICRO

LABEL, DROP_OFF = "label", "drop_off"
INSTANTS = ("requested_at", "received_at", "inspected_at", "restocked_at")
WORDS = ("origin", "node", "reason", "method", "grade")


class ReturnBill(NamedTuple):
    """The money of a returned line in whole micro-dollars and its carbon in whole milligrams."""

    refund_usd: int
    label_usd: int
    handling_usd: int
    written_off_usd: int
    recovered_usd: int
    co2e_kg: int


@dataclass(slots=True, eq=False)
class ReturnedLine:
    """One product of one shipment on its way back; it travels by itself. What has not happened yet is nan."""

    order: Final[int]
    destination: Final[str]
    origin: Final[str]
    node: Final[str]
    line: Final[OrderLine]
    reason: Final[str]
    method: Final[str]
    grade: Final[Grade]
    requested_at: Final[float]
    received_at: float = nan
    inspected_at: float = nan
    restocked_at: float = nan

    @property
    def units(self) -> int:
        """How many units come back."""
        return self.line.quantity


def columns_of(lines: Sequence[tuple[ReturnedLine, ReturnBill]]) -> Mapping[str, Any]:
    """Return lines with their bills as columns of the table of returns."""
    columns: dict[str, Any] = {
        "order": [line.order for line, _ in lines],
        "sku": pa.array([line.line.sku for line, _ in lines]).dictionary_encode(),
        "units": [line.units for line, _ in lines],
    }
    for name in WORDS:
        columns[name] = pa.array([getattr(line, name) for line, _ in lines]).dictionary_encode()
    for name in INSTANTS:
        columns[name] = [getattr(line, name) for line, _ in lines]
    bills = np.array([bill for _, bill in lines], dtype=np.int64)
    return columns | dict(zip(ReturnBill._fields, (bills / MICRO).T, strict=True))
