"""Orders of a run, told: the one asked for with all its decisions, and three picked by rule."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.calibration.shadow_world import a_picture, a_plan, logged, shelf, ships
from tests.eventful_day import model
from twin.calibration.decision_log import read_log
from twin.domain.errors import ConfigurationError, UsageError
from twin.experiments.stories import FILE, Picker, read_stories, simulate_and_tell, story_of, tell_order
from twin.policies.conformance import Recorded, Shelf
from twin.policies.decision import Reason
from twin.policies.routing.min_cost import MinCost
from twin.simulation.run import simulate


def the_shelf() -> Shelf:
    return Shelf(model().shelves.book, model().shelves.packer)


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> list[Recorded]:
    """All decisions of the day."""
    cases: list[Recorded] = []
    simulate(replace(model(), record=cases.append), tmp_path_factory.mktemp("day"), 1, 0)
    return cases


def test_the_story_is_of_the_decision_that_the_run_took(everything) -> None:
    (case, *_) = [case for case in everything if case.request.order.order_number == 40]

    told = tell_order(model(), 40, 1)[0]

    assert (told.attempt, told.hours_later, told.story.order.number) == (1, 0.0, 40)
    assert [way.node for way in told.story.plan] == [shipment.node for shipment in case.answer.shipments]


def test_a_declined_order_is_told_again_without_the_node_that_declined(everything) -> None:
    number = next(case for case in everything if _declined(case)).request.order.order_number

    first, second, *_ = tell_order(model(), number, 1)

    assert (first.attempt, second.attempt, second.hours_later) == (1, 2, 0.0)
    assert second.story.of(first.story.plan[0].node).reason is Reason.PREVIOUSLY_REJECTED


def test_what_is_decided_later_is_told_only_where_the_run_goes_on_for_so_long(everything) -> None:
    waits = next(case for case in everything if case.answer.status != "FULL")
    number = waits.request.order.order_number

    short, long = (tell_order(model(), number, 1, further_hours=hours) for hours in (0.0, 130.0))

    assert all(one.hours_later == 0.0 for one in short)
    assert [one for one in long if one.hours_later == 0.0] == list(short)
    assert long[-1].hours_later > 0.0


def test_a_number_that_never_comes_is_refused_with_those_that_do() -> None:
    with pytest.raises(UsageError, match=r"order 99,999 was never routed: the run has the orders 0 to \d+; name one"):
        tell_order(model(), 99_999, 1)


def test_a_number_below_zero_is_refused_before_anything_runs() -> None:
    with pytest.raises(UsageError, match="no order has the number -1; the first order of a run is 0"):
        tell_order(model(), -1, 1)


def test_orders_are_picked_by_rule_and_read_back_as_they_were(everything, tmp_path: Path) -> None:
    picker = Picker(MinCost, the_shelf(), 0.0)
    for case in everything:
        picker.keep(case)

    written = picker.write(tmp_path)
    stories = read_stories(tmp_path / FILE)

    assert written == len(stories) == 2
    whole, passed_over = stories["whole"], stories["passed_over"]
    assert [way.node for way in whole.plan] == [whole.cheapest_for_all.node]
    assert passed_over.cheapest_for_all.can_send != passed_over.order.lines
    answers = [story_of(case, MinCost(), the_shelf()) for case in everything]
    assert whole in answers
    assert passed_over in answers


def test_the_first_split_order_with_nothing_left_behind_is_picked(tmp_path: Path) -> None:
    apart = a_picture({"columbus": {"mug": 1}, "reno": {"lamp": 1}})
    split = a_plan(ships("columbus"), ships("reno", lamp=1), number=3)
    left_behind = a_plan(ships("columbus"), ships("reno", lamp=1), number=2, lamp=1)
    picker = Picker(MinCost, shelf(), 0.0)

    for plan, units in ((left_behind, {"mug": 1, "lamp": 2}), (split, {"mug": 1, "lamp": 1})):
        one = logged(plan, apart, **units)
        picker.keep(Recorded(one.request, one.decision))
    picker.write(tmp_path)

    (found,) = read_stories(tmp_path / FILE).items()
    assert (found[0], found[1].order.number) == ("split", 3)


def test_only_decisions_of_the_days_that_count_are_picked(everything, tmp_path: Path) -> None:
    picker = Picker(MinCost, the_shelf(), 12.0)
    for case in everything:
        picker.keep(case)

    picker.write(tmp_path)

    assert all(story.now_hours >= 12.0 for story in read_stories(tmp_path / FILE).values())


def test_a_picked_order_is_a_line_of_a_decision_log_too(everything, tmp_path: Path) -> None:
    picker = Picker(MinCost, the_shelf(), 0.0)
    picker.keep(next(case for case in everything if case.answer.status == "FULL"))

    picker.write(tmp_path)

    (line,) = read_log(tmp_path / FILE)
    assert line.request.order.order_number == line.decision.order_number


def test_telling_changes_nothing_in_the_run(tmp_path: Path) -> None:
    plain = simulate(model(), _made(tmp_path / "plain"), 1, 0)

    telling = simulate_and_tell(model(), _made(tmp_path / "telling"), 1, 0, 0.0)

    assert telling == plain
    for file in sorted((tmp_path / "plain").glob("*.parquet")):
        assert (tmp_path / "telling" / file.name).read_bytes() == file.read_bytes()
    assert set(read_stories(tmp_path / "telling" / FILE)) == {"whole", "passed_over"}


def test_a_run_without_stories_has_none(tmp_path: Path) -> None:
    assert read_stories(tmp_path / FILE) == {}


def test_a_file_that_holds_something_else_is_refused_with_its_name(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('{"rule": "whole"}\n', "utf-8")

    with pytest.raises(ConfigurationError, match=r"stories\.jsonl: .*missing required field(?s:.*)run the study again"):
        read_stories(tmp_path / FILE)


def test_infinity_survives_the_file(tmp_path: Path, everything) -> None:
    case = next(case for case in everything if case.answer.status == "FULL")
    assert case.request.snapshot is not None
    assert all(node.orders_left is None for node in case.request.snapshot.nodes.values())
    picker = Picker(MinCost, the_shelf(), 0.0)
    picker.keep(case)

    picker.write(tmp_path)

    (story,) = read_stories(tmp_path / FILE).values()
    assert all(node.orders_left == float("inf") for node in story.nodes)


def _declined(case: Recorded) -> bool:
    picture = case.request.snapshot
    assert picture is not None
    return any(node.closed_because is Reason.PREVIOUSLY_REJECTED for node in picture.nodes.values())


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
