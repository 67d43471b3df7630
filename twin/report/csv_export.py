"""Every number drawn, as CSV beside the page, safe to open in a spreadsheet."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from twin.experiments.files import write_text

_FORMULA = re.compile(r"^[=+\-@\t\r\n]")


def guarded(text: object) -> object:
    """Return a text that a spreadsheet will not run as a formula: a quote goes before such a first character."""
    if isinstance(text, str) and _FORMULA.match(text):
        return f"'{text}"
    return text


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV; text is guarded against formulas, numbers stay numbers."""
    safe = table.copy()
    for position in range(safe.shape[1]):
        if not pd.api.types.is_numeric_dtype(safe.dtypes.iloc[position]):
            column = [guarded(value) for value in safe.iloc[:, position]]
            safe.isetitem(position, pd.array(column, dtype=object))
    safe.columns = pd.Index([guarded(str(name)) for name in safe.columns])
    write_text(path, safe.to_csv(index=False, lineterminator="\n"))
