from math import inf, nan

import pytest

from twin.report import numbers

M = "\N{MINUS SIGN}"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (numbers.usd(14.77), "$14.77"),
        (numbers.usd(-1.68), f"{M}$1.68"),
        (numbers.usd(1250.4, 0), "$1,250"),
        (numbers.usd(-0.001), "$0.00"),
        (numbers.usd(nan), "n/a"),
    ],
)
def test_dollars_have_their_sign_before_the_currency(written, expected):
    assert written == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (6_100_000, "$6.1M"),
        (-6_100_000, f"{M}$6.1M"),
        (840_000, "$840k"),
        (1_250, "$1,250"),
        (9_999, "$9,999"),
        (9_999.6, "$10k"),
        (10_000, "$10k"),
        (999_499, "$999k"),
        (999_500, "$1.0M"),
        (999_949_000, "$999.9M"),
        (999_950_000, "$1.0B"),
        (0, "$0"),
        (nan, "n/a"),
        (inf, "n/a"),
    ],
)
def test_totals_are_short_from_ten_thousand_up(value, expected):
    assert numbers.money_short(value) == expected
    assert numbers.total_usd(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3_650_000, "3.65M"),
        (4_000_000, "4M"),
        (840_000, "840k"),
        (999_600, "1M"),
        (1_250, "1,250"),
        (9_999.6, "10k"),
        (0, "0"),
        (nan, "n/a"),
    ],
)
def test_counts_keep_three_figures(value, expected):
    assert numbers.count(value) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (numbers.share(0.938), "93.8%"),
        (numbers.share(0), "0.0%"),
        (numbers.share(0.00049), "<0.1%"),
        (numbers.share(0.00051), "0.1%"),
        (numbers.pp(0.042), "+4.2 pp"),
        (numbers.pp(-0.0025, 2), f"{M}0.25 pp"),
        (numbers.pp(0.0004), "0.0 pp"),
        (numbers.pp(nan), "n/a"),
    ],
)
def test_shares_are_percent_and_their_differences_points(written, expected):
    assert written == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.102, "10.2%"),
        (0.1994, "19.9%"),
        (0.1996, "20%"),
        (0.46, "46%"),
        (-0.46, "46%"),
        (0.0004, "<0.1%"),
        (-0.0004, "<0.1%"),
        (nan, "n/a"),
    ],
)
def test_relative_changes_have_one_decimal_below_20_percent(value, expected):
    assert numbers.relative(value) == expected


def test_times_and_carbon_have_their_unit_behind():
    assert numbers.hours(54.2) == "54 h"
    assert numbers.days(3.21) == "3.2 d"
    assert numbers.co2e(0.944) == "0.94 kg CO₂e"
    assert numbers.hours(inf) == "n/a"


@pytest.mark.parametrize(
    ("value", "expected"),
    [(1.68, "+$1.68"), (-1.68, f"{M}$1.68"), (0.004, "$0.00"), (-0.004, "$0.00"), (nan, "n/a")],
)
def test_differences_are_signed_unless_they_round_to_zero(value, expected):
    assert numbers.signed(value, numbers.usd, 2) == expected


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (16.45, "USD", "$16.45"),
        (16.45, "USD/order", "$16.45"),
        (1_234_567, "USD", "$1,234,567"),
        (79, "h", "79 h"),
        (4.26, "h", "4.3 h"),
        (0.9381, "share", "93.8%"),
        (0.0002, "rate", "<0.1%"),
        (1.731, "kg CO2e", "1.73 kg"),
        (0.94, "kg/order", "0.94 kg"),
        (123.4, "kg", "123 kg"),
        (8.94, "per year", "8.9"),
        (120, "miles", "120 miles"),
        (nan, "h", "n/a"),
    ],
)
def test_levels_are_written_in_the_unit_of_their_measure(value, unit, expected):
    assert numbers.level(value, unit) == expected


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (-1.68, "USD", f"{M}$1.68"),
        (-25.03, "h", f"{M}25 h"),
        (2, "h", "+2 h"),
        (0.0421, "share", "+4.2 pp"),
        (0.0025, "share", "+0.25 pp"),
        (0.005, "rate", "+0.5 pp"),
        (-0.793, "kg CO2e", f"{M}0.79 kg"),
        (0.0173, "kg CO2e", "+0.017 kg"),
        (0.5, "per year", "+0.5/y"),
        (-0.62, "1/year", f"{M}0.62/y"),
        (-3, "orders/d", f"{M}3 orders/d"),
        (1e-17, "h", "0 h"),
        (0, "USD", "$0.00"),
        (nan, "USD", "n/a"),
    ],
)
def test_differences_are_written_in_the_unit_of_their_measure(value, unit, expected):
    assert numbers.difference(value, unit) == expected


@pytest.mark.parametrize(
    ("low", "high", "unit", "expected"),
    [
        (-1.77, -1.59, "USD", f"{M}$1.77 to {M}$1.59"),
        (-0.2, 0.4, "USD", f"{M}$0.20 to +$0.40"),
        (-26.8, -24.2, "h", f"{M}26.8 to {M}24.2"),
        (0.04, 0.045, "share", "+4.0 to +4.5"),
        (-0.812, -0.774, "kg CO2e", f"{M}0.81 to {M}0.77"),
        (0.2, 0.7, "per year", "+0.2 to +0.7"),
        (-2.082, 0.083, "per year", f"{M}2.1 to +0.1"),
        (-0.003, 0.4, "USD", "$0.00 to +$0.40"),
        (1, 1, "USD", "+$1.00 to +$1.00"),
        (nan, 1, "USD", "n/a"),
    ],
)
def test_intervals_name_both_ends_with_their_signs(low, high, unit, expected):
    assert numbers.interval(low, high, unit) == expected


def test_the_ends_of_an_interval_get_decimals_until_they_differ():
    assert numbers.interval(-1.591, -1.590, "USD") == f"{M}$1.591 to {M}$1.590"
    assert numbers.interval(25.01, 25.03, "h") == "+25.01 to +25.03"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((6_132_000, 5_803_500, 6_460_500), ["$6.1M", "$5.8M", "$6.5M"]),
        ((9_960, 9_500, 10_420), ["$10.0k", "$9.5k", "$10.4k"]),
        ((50_000, 30_000), ["$50k", "$30k"]),
        ((400, 1_200_000), ["$0.0M", "$1.2M"]),
        ((0, 0), ["$0", "$0"]),
        ((nan, 5), ["n/a", "$5"]),
    ],
)
def test_totals_that_stand_together_have_one_size(values, expected):
    assert numbers.totals(*values) == expected


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (-0.012, 0.008, f"{M}1.2% to +0.8%"),
        (-0.24, 0.085, f"{M}24.0% to +8.5%"),
        (-0.31, -0.24, f"{M}31% to {M}24%"),
        (0.00011, 0.00012, "+0.011% to +0.012%"),
    ],
)
def test_the_ends_of_a_relative_change_have_the_same_digits(low, high, expected):
    assert numbers.relative_interval(low, high) == expected


def test_a_level_is_as_exact_as_what_it_may_be_off():
    assert numbers.level_with_half_width(54.3, 0.62, "h") == ("54.30 h", "0.62 h")
    assert numbers.level_with_half_width(54.3, 12.4, "h") == ("54 h", "12 h")
