"""What the stages of a node are expected to do."""

from __future__ import annotations

import pytest

from tests.factories import a_stage
from twin.domain.work import Batch, Stage


@pytest.mark.parametrize(
    ("stage", "hours"),
    [
        (a_stage("pick", 4, 0.2), 0.2),
        (a_stage("pick", 4, 0.2, batch=Batch(5, 0.5)), 0.5 * 0.2 + 0.5 * 0.2 / 5),
        (a_stage("pick", 4, 0.2, lines_per_hour=40.0), 0.2),
        (a_stage("pick", 4, 0.2, lines_per_hour=10.0), 4 / 10),
    ],
)
def test_usual_hours_are_those_of_full_tours_and_of_machines_that_bring_to_all(stage: Stage, hours: float) -> None:
    assert stage.usual_hours == pytest.approx(hours)
