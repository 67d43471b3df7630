from itertools import pairwise

import pytest

from twin.report.labels import CHARACTER_PX, LINE_PX, Box, Mark, place, spread

PANEL = Box(0, 0, 500, 300)


def test_a_label_stands_below_its_mark_where_there_is_room():
    spot = place([Mark(250, 150, 6, "Dallas 25%")], PANEL)[0]

    assert spot is not None
    assert spot.right == 0
    assert spot.up == -(6 + LINE_PX / 2 + 1)


def test_the_second_of_two_near_marks_is_named_elsewhere():
    first, second = place([Mark(250, 150, 6, "Dallas 25%"), Mark(255, 130, 6, "Houston 10%")], PANEL)

    assert first != second


def test_a_label_that_would_cover_another_is_left_out():
    crowd = [Mark(250, 150, 40, "Los Angeles 12%") for _ in range(12)]

    assert None in place(crowd, PANEL)


def test_no_label_leaves_the_panel():
    text = "Minneapolis 4%"
    spot = place([Mark(20, 150, 4, text)], PANEL)[0]

    assert spot is not None
    assert 20 + spot.right - CHARACTER_PX * len(text) / 2 >= 0


def test_labels_are_spread_to_keep_their_distance_and_their_order():
    heights = spread([79, 74, 73, 43], gap=7, lowest=3, highest=99)

    assert sorted(heights, reverse=True) == heights
    assert all(upper - lower == pytest.approx(7, abs=0.01) or upper - lower > 7 for upper, lower in pairwise(heights))
    assert heights[3] == 43


def test_nothing_needs_no_spreading():
    assert spread([], gap=7, lowest=0, highest=100) == []
