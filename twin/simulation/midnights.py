"""What is done at the end of every simulated day: rows are written and every book is checked."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from twin.simulation.books import Totals, audit
from twin.simulation.clock import Steps

if TYPE_CHECKING:
    from twin.simulation.run import Run

HOURS_PER_DAY = 24.0


def midnights(run: Run) -> Steps:
    """Close each day of a run."""
    for day in range(1, run.model.horizon.days + 1):
        yield run.clock.until(day * HOURS_PER_DAY)
        run.stations.write()
        run.stock.close_day()
        run.shops.close_day()
        for stores in (run.pickups, run.vans):
            if stores is not None:
                stores.close_day()
        run.history.flush()
        check_books(run)
        run.history.close_days()
        if run.returns is not None:
            run.returns.close_day()


def check_books(run: Run) -> None:
    """Compare all that is counted twice; raises `BooksDisagree` where two accounts differ."""
    accounts = run.history.accounts
    totals = Totals(
        ordered=run.fulfillment.ordered_units,
        shipped=accounts.shipped_units,
        cancelled=accounts.cancelled_units,
        backordered=run.backorders.units,
        homeless=run.backorders.homeless_units,
        sold=run.desk.sold_units,
        reserved=run.fulfillment.units_in_nodes + run.desk.held_units,
        on_road=run.supplies.units_on_road,
    )
    others = [] if run.losses is None else [run.losses.accounts()]
    if run.returns is not None:
        never_collected = 0 if run.pickups is None else run.pickups.restocked_units
        others.append(run.returns.accounts(never_collected))
    audit(run.ledgers, accounts, totals, run.clock.now_hours, chain.from_iterable(others), run.shops.shelves)
