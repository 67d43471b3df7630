"""Read the shipped US tables as text, the way their README asks for."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TABLES = ROOT / "conf" / "tables" / "us"
REGIONS = frozenset({"northeast", "southeast", "midwest", "southwest", "west"})

Row = dict[str, str]
Prices = dict[tuple[int, float], float]


def read(table: str) -> list[Row]:
    """Read a shipped table as text."""
    with (TABLES / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def prices_by_service(table: str) -> dict[str, Prices]:
    """Read a rate table as {service: {(zone, weight): price}}."""
    prices: dict[str, Prices] = defaultdict(dict)
    for row in read(table):
        prices[row["service"]][int(row["zone"]), float(row["weight_to_lb"])] = float(row["price_usd"])
    return prices
