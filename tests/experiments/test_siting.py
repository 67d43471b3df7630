"""Which nodes to open: the program finds what trying every set of nodes finds, and keeps to what is asked of it."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from math import inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.config.siting import SitingConfig
from twin.domain.errors import UsageError
from twin.experiments.screening import Screen
from twin.experiments.siting import Siting, shortlist

NODES = ("east", "west", "south")


def a_screen(usd: list[list[float]], orders: list[float] | None = None, **special: object) -> Screen:
    """Return a screen with groups in rows, opening free of cost and room for everything unless said otherwise."""
    groups, nodes = np.shape(usd)
    plain = Screen(
        NODES[:nodes],
        np.array(orders or [1.0] * groups),
        np.array(usd, dtype=float),
        np.zeros((groups, nodes)),
        np.ones((groups, nodes)),
        np.zeros(nodes),
        np.full(nodes, inf),
        {},
        {},
    )
    return replace(plain, **{key: np.array(one) if isinstance(one, list) else one for key, one in special.items()})


def cheapest(screen: Screen, siting: SitingConfig) -> Siting:
    return shortlist(screen, siting).chosen[0]


def tried_all(screen: Screen) -> float:
    """Return the lowest cost of a day over all sets of nodes, each group at its cheapest open node."""
    places = range(len(screen.nodes))
    sets = [list(some) for count in places for some in combinations(places, count + 1)]
    return min(float(screen.open_usd[some].sum() + screen.orders @ screen.usd[:, some].min(axis=1)) for some in sets)


prices = st.floats(1, 20).map(lambda usd: round(usd, 2))


@settings(max_examples=60, deadline=None)
@given(
    usd=st.lists(st.lists(prices, min_size=3, max_size=3), min_size=1, max_size=6),
    fixed=st.lists(prices, min_size=3, max_size=3),
)
def test_the_best_set_is_that_which_trying_all_of_them_finds(usd: list[list[float]], fixed: list[float]) -> None:
    screen = a_screen(usd, open_usd=fixed)

    found = cheapest(screen, SitingConfig())

    assert found.charged_usd * screen.orders.sum() == pytest.approx(tried_all(screen), rel=1e-5)
    assert sum(found.orders_per_day) == pytest.approx(screen.orders.sum())


def test_a_second_node_opens_only_where_it_saves_more_than_it_costs() -> None:
    usd = [[5.0, 9.0], [9.0, 5.0]]

    assert cheapest(a_screen(usd, orders=[10, 10], open_usd=[20, 39]), SitingConfig()).nodes == ("east", "west")
    assert cheapest(a_screen(usd, orders=[10, 10], open_usd=[20, 41]), SitingConfig()).nodes == ("east",)


def test_lateness_counts_for_who_is_best_and_is_said_apart() -> None:
    screen = a_screen([[8.0, 7.0]], late_usd=[[4.0, 0.0]])

    found = shortlist(screen, SitingConfig(most=1))

    assert found.by_number == (Siting(("west",), 7.0, 0.0, (1.0,), 1.0),)
    assert [one.nodes for one in found.chosen] == [("west",), ("east",)]
    assert found.chosen[1] == Siting(("east",), 4.0, 4.0, (1.0,), 1.0)


def test_a_full_node_leaves_the_rest_to_the_next() -> None:
    screen = a_screen([[5.0, 9.0]], orders=[100], most_orders=[60, inf])

    found = cheapest(screen, SitingConfig())

    assert found.orders_per_day == pytest.approx((60, 40))
    assert found.usd_per_order == pytest.approx(0.6 * 5 + 0.4 * 9)


def test_what_is_refilled_from_a_node_opens_only_with_it() -> None:
    screen = a_screen([[9.0, 1.0]], open_usd=[5, 0], source={"west": "east"})

    assert cheapest(screen, SitingConfig()).nodes == ("east", "west")
    assert [one.nodes for one in shortlist(screen, SitingConfig(most=1)).chosen] == [("east",)]


def test_a_share_of_orders_there_in_time_is_kept_to() -> None:
    screen = a_screen([[5.0, 6.0], [5.0, 6.0]], quick=[[0.0, 1.0], [0.0, 1.0]])

    assert cheapest(screen, SitingConfig()).quick == 0
    assert cheapest(screen, SitingConfig(reach={"days": 2, "share": 0.5})).quick == pytest.approx(0.5)


def test_nodes_that_are_always_there_are_in_every_set_and_their_number_is_a_limit() -> None:
    found = shortlist(a_screen([[9.0, 1.0, 1.0]]), SitingConfig(always=("east",), most=2))

    assert {one.nodes for one in found.chosen} == {("east",), ("east", "west"), ("east", "south")}
    assert [len(one.nodes) for one in found.by_number] == [1, 2]


def test_half_of_the_short_list_are_the_best_of_all_the_rest_the_best_of_other_numbers() -> None:
    screen = a_screen([[1.0, 1.1, 1.3]], open_usd=[1.0, 1.0, 1.0])

    found = shortlist(screen, SitingConfig(short_list=4))

    assert [len(one.nodes) for one in found.chosen] == [1, 1, 2, 3]
    assert [one.nodes for one in found.chosen[:2]] == [("east",), ("west",)]
    assert [len(one.nodes) for one in found.by_number] == [1, 2, 3]


def test_orders_that_no_candidate_ships_whole_are_counted_and_left_out() -> None:
    found = shortlist(a_screen([[5.0, 6.0], [inf, inf]], orders=[30, 10]), SitingConfig())

    assert found.left_out == pytest.approx(0.25)
    assert found.chosen[0].usd_per_order == pytest.approx(5)


@pytest.mark.parametrize(
    ("siting", "special", "words"),
    [
        (SitingConfig(today=("mars",)), {}, "siting.today: mars, no open node of the network\n  expected: some of"),
        (SitingConfig(always=("moon",)), {"useless": {"moon": "no goods reach it"}},
         "siting.always: moon, no goods reach it"),
        (SitingConfig(reach={"days": 2, "share": 0.9}), {"quick": [[0.5, 0.2]]},
         "90% of them in 2 days\n  expected: a share that can be had; with all nodes open it is 50% at most"),
        (SitingConfig(), {"most_orders": [0.2, 0.3]},
         "no set of 1 to 8 of 2 nodes ships all orders\n  expected: room for them"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(siting: SitingConfig, special: dict[str, object], words: str) -> None:
    with pytest.raises(UsageError) as error:
        shortlist(a_screen([[5.0, 6.0]], **special), siting)

    assert words in str(error.value)
