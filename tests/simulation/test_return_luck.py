"""Returns drawn from one uniform an order: as often as their rates say, and no answer leans on another."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.factories import a_network
from tests.returns import some_terms
from twin.domain.distributions import Distribution
from twin.domain.returns import GRADES, DropOff, ReturnReason
from twin.simulation.days import DayColumns, Names
from twin.simulation.pages import OrderPage
from twin.simulation.return_luck import ReturnLuck

ORDERS = 40_000
NAMES = Names(("web", "app"), ("midwest",), ("432",), ("standard",), ("mug", "lamp", "book"))
TERMS = some_terms(
    rate=0.2,
    channel_factors={"app": 0.5},
    reasons=(
        ReturnReason("FIT", 0.75, Distribution.of("exponential", mean=100.0), (0.5, 0.0, 0.5, 0.0)),
        ReturnReason("BAD", 0.25, Distribution.of("uniform", low=30.0, high=50.0), (0.0, 0.4, 0.0, 0.6)),
    ),
    drop_off=DropOff(0.25, {"app": 1.0}),
)


def a_page() -> OrderPage:
    """A day of orders of two lines, a mug and a book, half of them from each channel."""
    count = np.arange(ORDERS)
    none = np.zeros(ORDERS, dtype=np.int64)
    day = DayColumns(
        0, 100, count / ORDERS, count % 2, none, none, none, count + 99.0, np.arange(0, 2 * ORDERS + 1, 2),
        np.tile([0, 2], ORDERS), np.ones(2 * ORDERS, dtype=np.int64),
    )  # fmt: skip
    return OrderPage.of(day, {"return": (count + 0.5) / ORDERS})


@pytest.fixture(scope="module")
def drawn() -> pd.DataFrame:
    found = ReturnLuck(TERMS, a_network(), NAMES).of(a_page())
    return pd.DataFrame([
        {"order": number, "web": number % 2 == 0, "sku": sku, "reason": one.reason.name, "grade": one.grade,
         "drops_off": one.drops_off, "delay": one.delay_hours}
        for number, lines in found.items() for sku, one in lines.items()
    ])  # fmt: skip


def test_lines_come_back_as_often_as_category_and_channel_say(drawn: pd.DataFrame) -> None:
    counts = drawn.groupby(["web", "sku"]).size()

    assert counts.to_dict() == pytest.approx(
        {(True, "mug"): 4000, (True, "book"): 4000, (False, "mug"): 2000, (False, "book"): 2000}, abs=3
    )


def test_reasons_and_grades_have_their_shares(drawn: pd.DataFrame) -> None:
    by_reason = drawn.groupby("reason")["grade"].value_counts(normalize=True)

    assert drawn["reason"].value_counts(normalize=True).to_dict() == pytest.approx({"FIT": 0.75, "BAD": 0.25}, abs=1e-3)
    assert by_reason.to_dict() == pytest.approx(
        {("FIT", "restock"): 0.5, ("FIT", "liquidate"): 0.5, ("BAD", "refurbish"): 0.4, ("BAD", "scrap"): 0.6}, abs=2e-3
    )
    assert set(drawn["grade"]) <= set(GRADES)


def test_the_way_back_follows_the_channel_and_leans_on_no_other_answer(drawn: pd.DataFrame) -> None:
    web = drawn[drawn["web"]]

    assert drawn.loc[~drawn["web"], "drops_off"].all()
    assert web.groupby(["reason", "grade"])["drops_off"].mean().tolist() == pytest.approx([0.25] * 4, abs=5e-3)


def test_delays_are_those_of_the_reason_but_never_below_a_day(drawn: pd.DataFrame) -> None:
    fit, bad = (drawn[drawn["reason"] == name] for name in ("FIT", "BAD"))

    # an exponential delay that is cut off from below at 24 hours has a mean of 24 + 100 exp(-0.24)
    means = fit.groupby(["grade", "drops_off"])["delay"].mean()
    assert means.tolist() == pytest.approx([24 + 100 * np.exp(-0.24)] * 4, rel=0.02)
    assert fit["delay"].min() == 24.0
    assert (bad["delay"].min(), bad["delay"].max()) == pytest.approx((30.0, 50.0), abs=0.1)


def test_orders_of_which_nothing_comes_back_are_not_named(drawn: pd.DataFrame) -> None:
    assert drawn["order"].min() >= 100
    assert drawn["order"].nunique() < 0.32 * ORDERS
