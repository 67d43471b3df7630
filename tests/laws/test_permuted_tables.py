"""The rows of every table of a scenario in another order: the same bytes."""

from __future__ import annotations

import csv
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from tests.assemble.tiny import TABLES, Tiny
from twin.analytics.kpis import compute_kpis
from twin.analytics.tables import Tables, Window
from twin.simulation.run import simulate

DEMAND = {
    "model": {"hours": "hours.csv", "weekdays": "weekdays.csv", "season": "season.csv",
              "lines": {"kind": "discrete", "values": [1, 2, 3], "weights": [0.5, 0.3, 0.2]}, "regional_tilt": 3.0},
    "trace": {"kind": "trace", "orders": "orders.csv", "order_lines": "order_lines.csv"},
}  # fmt: skip


@pytest.fixture(params=DEMAND)
def world(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tiny:
    """The tiny scenario with all its tables in use, and with products and places that tie."""
    monkeypatch.chdir(tmp_path)
    tiny = Tiny(tmp_path)
    tiny.add_row("products.csv", "bowl", "home", "0.5", "16", "16", "8", "5", "12", "2", "A", "")
    tiny.add_row("cartons.csv", "bag", "30", "25", "12", "5", "0.05", "0.2", "0.1")
    tiny.add_row("places.csv", "433", "OH", "Delaware", "America/New_York", "40.3", "-83.1", "1000", "midwest")
    for line in range(2, 26):
        tiny.cell("hours.csv", line, "share", str(1 / line))  # a sum that depends on the order of its terms
    tiny.set("network.stock", "stock.csv")
    tiny.set("demand", {**tiny.values["demand"], **DEMAND[request.param]})
    return tiny


def reorder(folder: Path, other_order: Callable[[list[list[str]]], list[list[str]]]) -> None:
    """Put the rows of every table below its header in another order."""
    for name in TABLES:
        with (folder / name).open(newline="", encoding="utf-8") as file:
            header, *rows = csv.reader(file)
        with (folder / name).open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([header, *other_order(rows)])


def digests(tiny: Tiny, folder: Path) -> dict[str, str]:
    """Return the sha256 of every file of a run, of its KPIs, and of the world it met."""
    folder.mkdir()
    model = tiny.build()
    outcome = simulate(model, folder, 17, 3)
    window = Window(1, 5)
    compute_kpis(Tables.read(folder, window), window, model.network).to_parquet(folder / "kpis.parquet", index=False)
    files = {file.name: sha256(file.read_bytes()).hexdigest() for file in sorted(folder.glob("*.parquet"))}
    return {**files, "world": outcome.exogenous_sha256}


@pytest.mark.parametrize(
    "other_order", [lambda rows: rows[::-1], lambda rows: [*rows[1::2], *rows[::2]]], ids=["reversed", "interleaved"]
)
def test_the_order_of_rows_in_any_table_changes_no_byte(world: Tiny, other_order, tmp_path: Path) -> None:
    as_written = digests(world, tmp_path / "as_written")

    reorder(world.folder, other_order)

    assert digests(world, tmp_path / "reordered") == as_written
