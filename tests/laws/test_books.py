"""A run whose books disagree stops at the next midnight and says which ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.factories import a_model, a_network, a_node, an_order
from tests.returns import a_desk, some_terms
from twin.simulation.books import BooksDisagree
from twin.simulation.run import Run


def a_run(folder: Path) -> Run:
    """Return a run with an order on its way, one at a node that sleeps and one that waits for stock."""
    orders = [an_order(9.0), an_order(46.5, lamp=1), an_order(46.6, book=1)]
    stock = {"columbus": {"mug": 10, "lamp": 10, "book": 0}}
    return Run(a_model(a_network([a_node()]), orders, stock=stock), folder, 1, 0)


def on_hand(run: Run) -> None:
    run.ledgers["columbus"].on_hand["mug"] += 1


def reserved(run: Run) -> None:
    run.ledgers["columbus"].reserved["lamp"] -= 1


def available(run: Run) -> None:
    run.ledgers["columbus"].available["lamp"] -= 1


def shipped(run: Run) -> None:
    ledger = run.ledgers["columbus"]
    ledger.shipped["mug"] += 1
    ledger.on_hand["mug"] -= 1
    ledger.available["mug"] -= 1


def cancelled(run: Run) -> None:
    run.history.accounts.cancelled_units += 1


def backordered(run: Run) -> None:
    run.backorders.units -= 1


def ordered(run: Run) -> None:
    run.fulfillment.ordered_units += 1


def in_nodes(run: Run) -> None:
    run.fulfillment.units_in_nodes += 1


def on_the_road(run: Run) -> None:
    run.ledgers["columbus"].in_transit["mug"] += 1


def owed(run: Run) -> None:
    run.ledgers["columbus"].backordered["mug"] += 1


def money(run: Run) -> None:
    run.history.accounts.by_node[0] += 1


def freight(run: Run) -> None:
    run.history.accounts.by_service[0] -= 1


def carbon(run: Run) -> None:
    run.history.accounts.carbon_by_component["last_mile_co2e_kg"] += 1


@pytest.mark.parametrize(
    ("tamper", "named"),
    [
        (
            on_hand,
            r"columbus/mug: on hand 10, opening \+ received \+ restocked \+ found - shipped .* = 9",
        ),
        (reserved, r"columbus/lamp: on hand 10, reserved 0, withheld 0, available 9"),
        (reserved, r"reserved at nodes 0, owed to orders 1"),
        (available, r"columbus/lamp: on hand 10, reserved 1, withheld 0, available 8"),
        (shipped, r"units that left the nodes 2, units on invoices 1"),
        (cancelled, r"units ordered 3, shipped \+ cancelled \+ backordered \+ sold \+ reserved 4"),
        (backordered, r"units ordered 3, shipped \+ cancelled \+ backordered \+ sold \+ reserved 2"),
        (ordered, r"units ordered 4, shipped \+ cancelled \+ backordered \+ sold \+ reserved 3"),
        (in_nodes, r"reserved at nodes 1, owed to orders 2"),
        (on_the_road, r"in transit to nodes 1, on the suppliers' trucks 0"),
        (owed, r"backordered at nodes or nowhere 2, waiting 1"),
        (money, r"money by component \d+, by nodes \d+ \(micro-dollars\)"),
        (freight, r"money by component \d+, by services \d+ \(micro-dollars\)"),
        (carbon, r"carbon by component \d+, by nodes \d+ \(milligrams\)"),
    ],
)
def test_the_books_name_what_was_tampered_with(tamper: Callable[[Run], None], named: str, tmp_path: Path) -> None:
    run = a_run(tmp_path)
    run.clock.at(47.0, tamper, run)

    with pytest.raises(BooksDisagree, match=rf"at hour 48\.00 the books disagree: .*{named}"):
        run.live()

    assert run.clock.now_hours == 48.0


def kept(run: Run) -> None:
    assert run.returns is not None
    run.returns._units["kept"] -= 1


def restocked(run: Run) -> None:
    run.ledgers["columbus"].restock("mug", 1)


def at_inspection(run: Run) -> None:
    assert run.returns is not None
    run.returns._benches["columbus"].units += 1


@pytest.mark.parametrize(
    ("tamper", "named"),
    [
        (kept, r"units on invoices 1, kept or sent back 0"),
        (restocked, r"restocked at nodes 1, sent back and restocked 0"),
        (at_inspection, r"units at inspection 1, sent back and at inspection 0"),
    ],
)
def test_the_books_follow_every_unit_that_comes_back(tamper: Callable[[Run], None], named: str, tmp_path: Path) -> None:
    network = a_network([a_node(returns=a_desk())])
    run = Run(replace(a_model(network, [an_order(9.0)]), returns=some_terms()), tmp_path, 1, 0)
    run.clock.at(47.0, tamper, run)

    with pytest.raises(BooksDisagree, match=rf"at hour 48\.00 the books disagree: {named}"):
        run.live()


def test_books_that_nobody_touched_agree(tmp_path: Path) -> None:
    assert a_run(tmp_path).live().orders == 3
