"""Write the shipped tables: where they live, and how CSV is spelled to be the same everywhere."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

US_TABLES = Path(__file__).resolve().parents[1] / "conf" / "tables" / "us"


def target_folder() -> Path:
    """Take the folder named on the command line, else the folder of the shipped US tables."""
    return Path(sys.argv[1]) if len(sys.argv) > 1 else US_TABLES


def write_table(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a header and its rows as UTF-8 CSV with Unix line ends."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
