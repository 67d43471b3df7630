"""Stress summed up: cells with intervals, and which disruption is the weakest link."""

from __future__ import annotations

from math import inf, nan

import pandas as pd
import pytest

from twin.domain.errors import UsageError
from twin.experiments.intervals import mean_interval
from twin.experiments.stress_summary import Cell, cells, weakest_links
from twin.report.stress_page import stress_page
from twin.report.stress_text import back, stress_text, verdicts

RUNS = 4


def trial(disruption: str, loss: list[float], design: str = "east", **special: list[float]) -> pd.DataFrame:
    """Four replications of a disruption that begins at noon of day 2."""
    known = {
        "starts_at": [60.0] * RUNS, "loss_area_days": loss, "max_drop": [0.5] * RUNS, "survived_days": [1.0] * RUNS,
        "recovered_days": [4.0, 5.0, 6.0, 9.0], "orders_hit": [10.0, 11.0, 12.0, 13.0],
        "event_cost_usd": [100.0, 110.0, 90.0, 100.0],
    }  # fmt: skip
    columns = {**known, **special}
    return pd.DataFrame({"design": design, "disruption": disruption, "replication": range(RUNS), **columns})


def found(*trials: pd.DataFrame, alpha: float = 0.1) -> list[Cell]:
    return cells(pd.concat(trials, ignore_index=True), alpha)


def test_a_cell_has_means_with_intervals_that_hold_together() -> None:
    loss = [1.0, 1.2, 1.1, 0.9]
    first, second = found(trial("storm", loss), trial("strike", [0.0] * RUNS))

    assert first.loss.mean == pytest.approx(1.05)
    assert first.loss.interval == mean_interval(loss, 1 - 0.1 / 2)
    assert (first.happened, first.failed, first.not_back, first.recovered_days) == (4, 4, 0, 5.5)
    assert second.loss.mean == 0.0


def test_runs_in_which_service_held_or_was_not_back_are_counted_apart() -> None:
    (cell,) = found(
        trial("storm", [1.0] * RUNS, survived_days=[inf, 1.0, 1.0, 2.0], recovered_days=[0.0, inf, 4.0, 6.0])
    )

    assert (cell.failed, cell.not_back, cell.recovered_days) == (3, 1, 5.0)
    assert back(cell) == "5.0, 1 of 3 not by the end"


@pytest.mark.parametrize(
    ("special", "said"),
    [
        ({"survived_days": [inf] * RUNS, "recovered_days": [0.0] * RUNS}, "never failed"),
        ({"recovered_days": [inf] * RUNS}, "not by the end"),
        ({}, "5.5"),
    ],
)
def test_recovery_is_said_in_words(special, said) -> None:
    assert back(found(trial("storm", [1.0] * RUNS, **special))[0]) == said


def test_runs_without_the_event_do_not_count() -> None:
    (cell,) = found(trial("storm", [nan, 1.0, nan, 3.0], starts_at=[nan, 60.0, nan, 70.0]))

    assert (cell.replications, cell.happened) == (4, 2)
    assert cell.loss.mean == 2.0


def test_an_event_that_hardly_ever_happened_has_no_interval() -> None:
    (cell,) = found(trial("storm", [nan, 1.0, nan, nan], starts_at=[nan, 60.0, nan, nan]))

    assert cell.loss is None
    assert "storm" in stress_text([cell], "x")


def test_orders_of_other_customers_have_no_count() -> None:
    (cell,) = found(trial("surge", [1.0] * RUNS, orders_hit=[nan] * RUNS))

    assert "orders_hit" not in cell.estimates


def test_the_weakest_link_is_the_disruption_that_costs_most_service() -> None:
    cells_found = found(trial("storm", [1.0, 1.1, 0.9, 1.0]), trial("strike", [5.0, 5.1, 4.9, 5.0]))

    assert [cell.disruption for cell in weakest_links(cells_found)["east"]] == ["strike"]
    (said,) = verdicts(cells_found)
    assert said.startswith("The weakest link of east is strike: 5.00 (4.")


def test_what_may_be_as_bad_is_named_too() -> None:
    cells_found = found(trial("storm", [4.0, 5.0, 4.5, 4.6]), trial("strike", [4.2, 5.1, 4.9, 4.4]))

    (said,) = verdicts(cells_found)
    assert said.startswith("The weakest link of east is strike (4.65")
    assert said.endswith(" or storm.")


def test_without_a_known_loss_there_is_no_weakest_link() -> None:
    cells_found = found(trial("storm", [0.0, 0.1, 0.0, 0.0]), alpha=0.05)

    assert verdicts(cells_found) == ["east: no disruption is known to cost it service; add replications."]


def test_every_design_has_a_verdict_and_a_column() -> None:
    cells_found = found(trial("storm", [1.0] * RUNS), trial("storm", [2.0] * RUNS, "west"))

    page = stress_page(cells_found, [], "Two coasts")

    assert [said.split()[4] for said in verdicts(cells_found)] == ["east", "west"]
    assert page.count('<th scope="col">west</th>') == 3
    assert "Service lost: 2.00 days at most, west in storm" in page
    assert "Service failed in 2 of 2 trials, and came back" in page


def test_one_replication_gives_no_interval() -> None:
    with pytest.raises(UsageError, match="one replication gives no interval"):
        cells(trial("storm", [1.0] * RUNS).head(1), 0.05)
