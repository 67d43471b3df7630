"""What is written as JSON can be read by any program."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from math import inf, nan
from pathlib import Path

from twin.experiments.files import write_json


@dataclass(frozen=True)
class Payback:
    """Something with a number that may not be finite."""

    months: float
    interval: tuple[float, float]
    launch: date


def test_numbers_that_are_not_finite_become_null(tmp_path: Path) -> None:
    answer = {
        "pilot": Payback(inf, (3.5, nan), date(2025, 8, 18)),
        "others": [Payback(1.0, (0.5, 2.0), date(2025, 9, 1))],
    }

    write_json(tmp_path / "pilot.json", answer)

    def refuse(word: str) -> float:
        raise AssertionError(word)

    found = json.loads((tmp_path / "pilot.json").read_text("utf-8"), parse_constant=refuse)
    assert found == {
        "pilot": {"months": None, "interval": [3.5, None], "launch": "2025-08-18"},
        "others": [{"months": 1.0, "interval": [0.5, 2.0], "launch": "2025-09-01"}],
    }
