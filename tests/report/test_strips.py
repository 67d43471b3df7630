import pytest

from twin.report import palette
from twin.report.strips import BAND_HALF, MIDDLE, REACH, bar, limit_bar, node_symbol, strip, strip_place, strip_scale
from twin.report.words import TIMES


def test_the_scale_is_linear_up_to_the_threshold():
    assert strip_place(0.5) == BAND_HALF / 2
    assert strip_place(1) == BAND_HALF


def test_beyond_the_threshold_each_factor_of_ten_is_one_step():
    assert strip_place(100) - strip_place(10) == pytest.approx(strip_place(10) - strip_place(1))


def test_worse_lies_as_far_left_as_better_lies_right():
    assert strip_place(-7) == -strip_place(7)


def test_nothing_leaves_the_strip():
    assert strip_place(1e9) == REACH < MIDDLE


def test_an_estimate_off_the_scale_is_an_arrowhead():
    assert "<polygon" in strip(1e6, 1e5, 1e7, palette.ACCENT)
    assert "<circle" in strip(5, 4, 6, palette.ACCENT)


def test_an_undecided_estimate_is_hollow():
    assert f'fill="{palette.PAPER}"' in strip(0.5, -1, 2, palette.INK_3, hollow=True)


def test_the_scale_names_its_marks_from_worse_to_better():
    assert [word for word in strip_scale().split(">") if TIMES in word] == [
        f"{mark}{TIMES}</text" for mark in ("100", "10", "3", "±1", "3", "10", "100")
    ]


def test_bars_have_the_length_of_their_share():
    assert 'width="48.0"' in bar(0.5, 96)
    assert 'width="0.0"' in bar(float("nan"), 96)


def test_a_bar_over_its_limit_is_rust():
    assert palette.RUST in limit_bar(0.95, 0.85, 76, over=True)
    assert palette.RUST not in limit_bar(0.7, 0.85, 76)


@pytest.mark.parametrize("kind", palette.NODE_MARKS)
def test_every_kind_has_a_symbol_in_its_color_that_only_repeats_words(kind):
    symbol = node_symbol(kind)

    assert palette.NODE_MARKS[kind].color in symbol
    assert 'aria-hidden="true"' in symbol
