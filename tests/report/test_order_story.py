"""One order told to a reader: the sentence says only what is known, and the table holds every node."""

from __future__ import annotations

import pytest

from tests.policies.worlds import SnapshotView, Way, an_order, ways_from
from twin.experiments.stories import Told
from twin.policies.decision import Decision, Reason
from twin.policies.routing.distance_split import DistanceSplit
from twin.policies.routing.min_cost import MinCost
from twin.policies.routing.story import Story, story
from twin.report.order_story import node_table, order_story
from twin.report.story_page import story_page
from twin.report.story_text import story_text
from twin.report.story_words import BUT_IT, TITLES, against_promise, headline, promise

BOTH = {"mug": 1, "lamp": 1}
CHEAP_AND_DEAR = (Way("atlanta", usd=9.0), Way("boise", usd=4.0))


def told(world: SnapshotView, policy=MinCost(), **units: int) -> Story:  # noqa: B008  (frozen)
    order = an_order(**(units or BOTH))
    return story(order, policy.decide(order, world), world, policy)


def test_the_cheapest_way_is_called_so() -> None:
    found = told(SnapshotView(CHEAP_AND_DEAR, {"atlanta": BOTH, "boise": BOTH}))

    assert headline(found) == "Order 7 went whole from boise for $4.00, the cheapest way there was."
    assert promise(found) == "It should arrive 24.0 h before the promise."


@pytest.mark.parametrize(
    ("stock", "closed", "said"),
    [
        ({}, {}, "had none of it to promise"),
        ({"mug": 1}, {}, "had only a part of it"),
        (BOTH, {"boise": Reason.NODE_CLOSED}, "was closed"),
        (BOTH, {"boise": Reason.PREVIOUSLY_REJECTED}, "had declined it before"),
    ],
)
def test_a_cheaper_node_that_was_not_taken_is_named_with_its_reason(stock, closed, said: str) -> None:
    found = told(SnapshotView(CHEAP_AND_DEAR, {"atlanta": BOTH, "boise": stock}, closed))

    assert headline(found) == (
        f"Order 7 went whole from atlanta for $9.00; boise would have cost $5.00 less, but it {said}."
    )


def test_a_policy_that_does_not_go_by_cost_is_not_said_to() -> None:
    world = SnapshotView(CHEAP_AND_DEAR, {"atlanta": BOTH, "boise": BOTH}, miles_to={"atlanta": 1.0, "boise": 2.0})

    assert "came second by what the policy weighs besides these costs" in headline(told(world, DistanceSplit()))


def test_a_split_says_what_no_node_had_and_what_that_cost() -> None:
    found = told(SnapshotView(ways_from("atlanta", "reno"), {"atlanta": {"mug": 1}, "reno": {"lamp": 1}}))

    assert headline(found) == (
        "Order 7 went from reno and atlanta because no node had both products; "
        "that cost $5.75 more than all of it from atlanta would have."
    )


@pytest.mark.parametrize(
    ("stock", "units", "said"),
    [
        ({"atlanta": {"mug": 1}, "reno": {"mug": 1}}, {"mug": 2}, "no node had both units"),
        ({"atlanta": {"mug": 2}, "reno": {"mug": 1}}, {"mug": 3}, "no node had all three units"),
        ({"atlanta": {"mug": 1, "lamp": 1}, "reno": {"mug": 1}}, {"mug": 2, "lamp": 1}, "had enough of both products"),
    ],
)
def test_what_was_missing_is_said_exactly(stock, units, said: str) -> None:
    assert said in headline(told(SnapshotView(ways_from("atlanta", "reno"), stock), **units))


def test_a_closed_node_that_had_everything_is_not_said_to_have_had_nothing() -> None:
    stock = {"atlanta": {"mug": 1}, "reno": {"lamp": 1}, "boise": BOTH}
    world = SnapshotView(ways_from("atlanta", "boise", "reno"), stock, {"boise": Reason.ORDER_LIMIT})

    assert "because no node that took orders had both products" in headline(told(world))


def test_a_split_although_a_node_had_everything_is_told_with_its_price() -> None:
    world = SnapshotView(ways_from("atlanta", "reno", "boise"), {"atlanta": {"mug": 1}, "reno": {"lamp": 1}})
    order = an_order(**BOTH)
    plan = MinCost().decide(order, world)
    full = SnapshotView(world.ways, {**world.stock, "boise": BOTH})

    said = headline(story(order, plan, full, MinCost()))

    assert said.endswith("although boise had all of it; that cost $5.75 more than whole from there.")


def test_what_stays_behind_is_counted() -> None:
    found = told(SnapshotView(ways_from("atlanta"), {"atlanta": {"mug": 1}}), mug=3)

    assert headline(found) == "Order 7 went in part from atlanta; 2 of its 3 units wait."
    assert "<b>Unfilled</b>: 2 mug" in order_story(found)


def test_an_order_that_nobody_sends_says_whether_somebody_could() -> None:
    empty, full = (SnapshotView(ways_from("atlanta"), {"atlanta": stock}) for stock in ({}, BOTH))
    order = an_order(**BOTH)
    waits = Decision(7, (), order.lines)

    assert headline(told(empty)) == "Order 7 waits: no node could send any of it."
    assert headline(story(order, waits, full, MinCost())) == (
        "Order 7 was sent by nobody although atlanta had all of it."
    )


@pytest.mark.parametrize(
    ("hours", "said"),
    [(-5.0, "5.0 h before the promise"), (2.5, "2.5 h after the promise"), (-96.0, "4.0 days before the promise")],
)
def test_long_waits_are_told_in_days(hours: float, said: str) -> None:
    assert against_promise(hours) == said


def test_what_never_arrives_is_said_so() -> None:
    assert against_promise(float("inf")) == "never"


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_a_title_and_words(reason: Reason) -> None:
    assert TITLES[reason]
    assert BUT_IT[reason]


def test_the_table_has_a_row_for_every_node_and_marks_productions() -> None:
    table = node_table(told(SnapshotView(CHEAP_AND_DEAR, {"atlanta": BOTH, "boise": BOTH})), marked=("atlanta",))

    assert table.count('scope="row"') == 2
    assert table.count(">Production<") == 1
    assert "$5.00 more than the plan" in table


def test_a_policy_without_a_price_on_lateness_has_no_column_for_it() -> None:
    world = SnapshotView(CHEAP_AND_DEAR, {"atlanta": BOTH})

    assert ">Late<" in order_story(told(world))
    assert ">Late<" not in order_story(told(world, DistanceSplit()))
    assert "puts no price on arriving late" in order_story(told(world, DistanceSplit()))


def test_names_in_the_data_cannot_become_code() -> None:
    page = order_story(told(SnapshotView(ways_from("<script>"), {"<script>": BOTH})))

    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_the_page_stands_alone_and_runs_no_script() -> None:
    found = told(SnapshotView(CHEAP_AND_DEAR, {"atlanta": BOTH}))

    page = story_page((Told(1, 0.0, found), Told(2, 3.5, found)), "tutorial")

    assert "default-src &#x27;none&#x27;; style-src &#x27;unsafe-inline&#x27;" in page
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")
    assert "Decision 2 of 2, 3.5 h after the first" in page


def test_one_decision_is_not_numbered() -> None:
    found = told(SnapshotView(CHEAP_AND_DEAR, {"atlanta": BOTH}))

    assert "Decision 1 of" not in story_page((Told(1, 0.0, found),), "tutorial")


def test_the_terminal_shows_the_sentence_and_a_line_for_each_node() -> None:
    world = SnapshotView((*CHEAP_AND_DEAR, Way("camden", usd=1.0)), {"atlanta": BOTH, "boise": {"mug": 1}, "dover": {}})

    lines = story_text([Told(1, 0.0, told(world))]).splitlines()

    assert lines[0].startswith("Order 7 went whole from atlanta for $9.00; camden would have cost $8.00 less")
    rows = [line.split()[0] for line in lines[4:]]
    assert rows == ["atlanta", "camden", "boise", "dover"]
    assert "if it had it" in lines[5]
    assert "has only a part" in lines[6]
    assert lines[7].endswith("no service")


def test_the_terminal_numbers_several_decisions() -> None:
    found = told(SnapshotView(CHEAP_AND_DEAR, {"atlanta": BOTH}))

    text = story_text([Told(1, 0.0, found), Told(2, 3.5, found)])

    assert "Decision 2 of 2, 3.5 h after the first:" in text
