"""Nodes with all kinds of work inside obey every law, at every hour."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.factories import tables_in
from tests.laws.checking import check_laws
from tests.laws.floors import watch
from tests.reference.floor_cases import CASES
from twin.simulation.run import Run


@pytest.mark.parametrize("case", list(CASES))
def test_the_laws_hold_whatever_happens_inside_a_node(case: str, tmp_path: Path) -> None:
    model = CASES[case]()
    run = Run(model, tmp_path, 21, 0)
    run.clock.process(watch(run))

    tables = tables_in(tmp_path, run.live())

    check_laws(model, tables)
    assert len(tables.shipments) > 300
