"""Descriptions of random quantities: their spellings, their means, and what they refuse."""

from __future__ import annotations

from math import e, inf, nan, pi, sqrt

import pytest

from twin.domain.distributions import Distribution, empirical_from, from_mapping

ONE_OF_EACH = [
    Distribution.of("deterministic", value=3),
    Distribution.of("exponential", mean=3),
    Distribution.of("gamma", mean=3, cv=0.5),
    Distribution.of("erlang", mean=3, stages=4),
    Distribution.of("lognormal", mean=3, cv=0.4),
    Distribution.of("normal", mean=3, sd=2),
    Distribution.of("uniform", low=1, high=6),
    Distribution.of("triangular", low=1, mode=2, high=7),
    Distribution.of("weibull", mean=3, shape=2),
    Distribution.of("discrete", values=[1, 2, 5], weights=[3, 2, 1]),
    Distribution.of("empirical", values=[1, 2, 4, 9]),
]
EACH_KIND = pytest.mark.parametrize("distribution", ONE_OF_EACH, ids=lambda it: it.kind)


@pytest.mark.parametrize(
    ("distribution", "mean"),
    [
        (Distribution.of("deterministic", value=2.5), 2.5),
        (Distribution.of("exponential", mean=4), 4),
        (Distribution.of("gamma", shape=2, scale=3), 6),
        (Distribution.of("erlang", mean=2, stages=3), 2),
        (Distribution.of("lognormal", median=2, sigma=1), 2 * sqrt(e)),
        (Distribution.of("weibull", shape=2, scale=1), sqrt(pi) / 2),
        (Distribution.of("uniform", low=1, high=4), 2.5),
        (Distribution.of("triangular", low=0, mode=1, high=5), 2),
        (Distribution.of("discrete", values=[1, 2, 3], weights=[75, 16, 9]), 1.34),
        (Distribution.of("empirical", values=[1, 2, 6]), 3),
    ],
    ids=lambda it: getattr(it, "kind", ""),
)
def test_the_mean_is_the_one_in_the_book(distribution: Distribution, mean: float) -> None:
    assert distribution.mean == pytest.approx(mean, rel=1e-14)


@pytest.mark.parametrize(
    ("bounds", "mean"),
    [
        ({"mean": 0, "sd": 1}, sqrt(2 / pi)),
        ({"mean": 5, "sd": 2, "low": -inf}, 5),
        ({"mean": 1, "sd": 2, "low": -1, "high": 3}, 1),
        ({"mean": -4, "sd": 1}, 0.22560714),
        ({"mean": 4, "sd": 1, "low": -inf, "high": 0}, -0.22560714),
    ],
    ids=["half", "whole", "symmetric", "upper tail", "lower tail"],
)
def test_the_mean_of_a_normal_counts_only_what_is_left_of_it(bounds: dict[str, float], mean: float) -> None:
    assert Distribution.of("normal", **bounds).mean == pytest.approx(mean, rel=1e-7)


def test_two_spellings_of_one_spread_are_equal() -> None:
    by_moments = Distribution.of("gamma", mean=6, cv=0.5)
    by_shape = Distribution.of("gamma", shape=4, scale=1.5)

    assert by_shape == by_moments
    assert hash(by_shape) == hash(by_moments)


def test_a_median_and_sigma_keep_their_mean_and_cv() -> None:
    kept = Distribution.of("lognormal", median=2, sigma=0.5)

    assert kept.number("mean") == pytest.approx(2 * e**0.125)
    assert kept.number("cv") == pytest.approx(sqrt(e**0.25 - 1))


def test_values_are_sorted_together_with_their_weights() -> None:
    basket = Distribution.of("discrete", values=[3, 1, 2], weights=[9, 75, 16])

    assert basket.numbers("values") == (1, 2, 3)
    assert basket.numbers("weights") == (75, 16, 9)


def test_observations_may_come_in_any_order() -> None:
    assert empirical_from(iter([5, 1, 3])) == Distribution.of("empirical", values=(1.0, 3.0, 5.0))


@pytest.mark.parametrize(
    ("distribution", "lowest"),
    [
        (Distribution.of("deterministic", value=2), 2),
        (Distribution.of("exponential", mean=2), 0),
        (Distribution.of("normal", mean=2, sd=1), 0),
        (Distribution.of("uniform", low=-1, high=1), -1),
        (Distribution.of("discrete", values=[4, 3], weights=[1, 1]), 3),
    ],
    ids=lambda it: getattr(it, "kind", ""),
)
def test_the_lowest_value_is_known(distribution: Distribution, lowest: float) -> None:
    assert distribution.lowest == lowest


@EACH_KIND
def test_scaling_scales_the_mean(distribution: Distribution) -> None:
    assert distribution.scaled(2.5).mean == pytest.approx(2.5 * distribution.mean, rel=1e-14)


@EACH_KIND
def test_scaling_by_nothing_leaves_nothing(distribution: Distribution) -> None:
    assert distribution.scaled(0) == Distribution.of("deterministic", value=0)


@EACH_KIND
def test_a_shape_has_mean_one_and_gives_the_mean_as_its_scale(distribution: Distribution) -> None:
    shape, scale = distribution.shape()

    assert shape.mean == pytest.approx(1, rel=1e-11)
    assert scale == distribution.mean


@EACH_KIND
def test_the_same_spread_at_another_scale_has_an_equal_shape(distribution: Distribution) -> None:
    in_hours = distribution.scaled(1 / 60)

    assert in_hours.shape()[0] == distribution.shape()[0]


def test_what_is_zero_on_average_has_no_shape() -> None:
    with pytest.raises(ValueError, match="'deterministic' has no shape: its mean must be above 0, got 0"):
        Distribution.of("deterministic", value=0).shape()


@pytest.mark.parametrize("factor", [-1, inf, nan])
def test_a_senseless_factor_is_refused(factor: float) -> None:
    with pytest.raises(ValueError, match=f"'exponential' can be scaled by a factor of 0 or more, got {factor}"):
        Distribution.of("exponential", mean=1).scaled(factor)


@pytest.mark.parametrize(
    ("kind", "parameters", "message"),
    [
        (
            "lognomal",
            {"mean": 1},
            r"unknown distribution 'lognomal' \(did you mean 'lognormal'\?\); known: determ",
        ),
        ("zipf", {"mean": 1}, "unknown distribution 'zipf'; known: deterministic, exponential, gamma"),
        ("gamma", {"mean": 1}, "'gamma' takes mean and cv, or shape and scale, got mean"),
        ("gamma", {"mean": 1, "cv": 1, "scale": 1}, "'gamma' takes .*, got mean, cv and scale"),
        ("exponential", {}, "'exponential' takes mean, got nothing"),
        ("exponential", {"mean": 0}, "'exponential': mean must be above 0, got 0.0"),
        ("exponential", {"mean": nan}, "'exponential': mean must be finite, got nan"),
        ("exponential", {"mean": [1, 2]}, r"'exponential': mean must be a single number, got \(1.0, 2.0\)"),
        ("exponential", {"mean": "4"}, "mean must be a number or a list of numbers, got '4'"),
        ("exponential", {"mean": True}, "mean must be a number or a list of numbers, got True"),
        ("lognormal", {"mean": 1, "cv": 0}, "'lognormal': cv must be above 0, got 0.0"),
        ("lognormal", {"median": 1, "sigma": -1}, "'lognormal': sigma must be above 0, got -1.0"),
        (
            "lognormal",
            {"median": 1, "sigma": 40},
            "'lognormal': its mean is too large to compute, from .*40.0",
        ),
        ("gamma", {"shape": 0, "scale": 1}, "'gamma': shape must be above 0, got 0.0"),
        ("erlang", {"mean": 1, "stages": 2.5}, "'erlang': stages must be a whole number from 1, got 2.5"),
        ("erlang", {"mean": 1, "stages": 0}, "'erlang': stages must be a whole number from 1, got 0.0"),
        ("normal", {"mean": 1, "sd": 0}, "'normal': sd must be above 0, got 0.0"),
        ("normal", {"mean": 1, "sd": 1, "low": nan}, "'normal': low must be a number or infinite, got nan"),
        (
            "normal",
            {"mean": 1, "sd": 1, "low": 3, "high": 2},
            "'normal': low must be below high, got 3 and 2",
        ),
        (
            "normal",
            {"mean": -9, "sd": 1},
            "'normal': only 1e-19 of its mass lies between 0 and inf; at least 1e-06",
        ),
        ("uniform", {"low": 2, "high": 2}, "'uniform': low must be below high, got 2 and 2"),
        ("uniform", {"low": 0, "high": inf}, "'uniform': high must be finite, got inf"),
        (
            "triangular",
            {"low": 1, "mode": 0, "high": 3},
            "'triangular': low, mode and high must rise, got 1, 0 and 3",
        ),
        (
            "triangular",
            {"low": 1, "mode": 1, "high": 1},
            "'triangular': low, mode and high must rise, got 1, 1 and 1",
        ),
        ("weibull", {"shape": 0.001, "scale": 1}, "'weibull': its mean is too large to compute"),
        ("discrete", {"values": 3, "weights": [1]}, "'discrete': values must be a list of numbers, got 3.0"),
        (
            "discrete",
            {"values": [], "weights": []},
            r"'discrete': values must be one or more finite numbers, got \(\)",
        ),
        ("discrete", {"values": [1, 2], "weights": [1]}, "must be of one length, got 2 and 1"),
        (
            "discrete",
            {"values": [1, 2], "weights": [1, -1]},
            "weights must be 0 or more and not all 0, got .*-1.0",
        ),
        ("discrete", {"values": [1, 2], "weights": [0, 0]}, "weights must be 0 or more and not all 0"),
        (
            "empirical",
            {"values": [1, inf]},
            "'empirical': values must be one or more finite numbers, got .*inf",
        ),
        ("empirical", {"values": ["a"]}, r"values must be a number or a list of numbers, got \['a'\]"),
    ],
)
def test_nonsense_is_refused_at_birth(kind: str, parameters: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Distribution.of(kind, **parameters)


def test_only_the_kept_spelling_is_stored() -> None:
    with pytest.raises(ValueError, match="'gamma' keeps mean and cv, got shape and scale"):
        Distribution("gamma", (("shape", 4.0), ("scale", 1.5)))


@pytest.mark.parametrize(
    "distribution_of",
    [lambda values: (("values", values),), lambda values: (("values", values), ("weights", values))],
)
def test_only_sorted_values_are_stored(distribution_of: object) -> None:
    parameters = distribution_of((2.0, 1.0))  # type: ignore[operator]  # the class is not known here
    kind = "empirical" if len(parameters) == 1 else "discrete"

    with pytest.raises(ValueError, match=f"'{kind}': values must be sorted, as Distribution.of does"):
        Distribution(kind, parameters)


@pytest.mark.parametrize(
    ("given", "unit", "expected"),
    [
        (4, "hours", Distribution.of("deterministic", value=4)),
        (0.5, "units", Distribution.of("deterministic", value=0.5)),
        ({"kind": "exponential", "mean": 2}, "hours", Distribution.of("exponential", mean=2)),
        ({"kind": "exponential", "mean_minutes": 90}, "hours", Distribution.of("exponential", mean=1.5)),
        ({"kind": "exponential", "mean_seconds": 90}, "minutes", Distribution.of("exponential", mean=1.5)),
        ({"kind": "exponential", "mean_days": 2}, "hours", Distribution.of("exponential", mean=48)),
        ({"kind": "exponential", "mean_days": 2}, "days", Distribution.of("exponential", mean=2)),
        (
            {"kind": "lognormal", "median_minutes": 6, "sigma": 1},
            "hours",
            Distribution.of("lognormal", median=0.1, sigma=1),
        ),
        (
            {"kind": "gamma", "shape": 4, "scale_minutes": 15},
            "hours",
            Distribution.of("gamma", mean=1, cv=0.5),
        ),
        (
            {"kind": "uniform", "low_minutes": 30, "high_hours": 2},
            "hours",
            Distribution.of("uniform", low=0.5, high=2),
        ),
        (
            {"kind": "normal", "mean_minutes": 60, "sd_minutes": 30},
            "hours",
            Distribution.of("normal", mean=1, sd=0.5),
        ),
        (
            {"kind": "empirical", "values_minutes": [90, 30]},
            "hours",
            Distribution.of("empirical", values=[0.5, 1.5]),
        ),
        (
            {"kind": "discrete", "values_units": [1, 2], "weights": [3, 1]},
            "units",
            Distribution.of("discrete", values=[1, 2], weights=[3, 1]),
        ),
    ],
)
def test_configuration_is_read_in_the_unit_asked_for(given: object, unit: str, expected: Distribution) -> None:
    assert from_mapping(given, unit) == expected


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("4 minutes", "expected a number of hours or a distribution with its kind, got '4 minutes'"),
        (None, "expected a number of hours or a distribution with its kind, got None"),
        (True, "expected a number of hours or a distribution with its kind, got True"),
        (nan, "'deterministic': value must be finite, got nan"),
        (-1, "a number of hours must not be negative, but this one can be -1"),
        ({"kind": "uniform", "low": -2, "high": 1}, "must not be negative, but this one can be -2"),
        ({"mean": 4}, r"a distribution needs a kind: deterministic, .*, empirical; got {'mean': 4}"),
        ({"kind": "weibul", "mean": 4}, r"unknown distribution 'weibul' \(did you mean 'weibull'\?\)"),
        (
            {"kind": "gamma", "mean_minuts": 4, "cv": 1},
            r"no parameter 'mean_minuts' \(did you mean 'mean_minutes'\?\); it takes mean and cv, or",
        ),
        (
            {"kind": "gamma", "mean_fortnights": 4, "cv": 1},
            r"shape and scale \(in hours, or ending in _seconds, _minutes, _hours, _days\)",
        ),
        ({"kind": "gamma", "mean": 4, "cv_minutes": 1}, "'gamma' has no parameter 'cv_minutes'"),
        (
            {"kind": "gamma", "mean": 4, "mean_hours": 4, "cv": 1},
            "mean is given twice, the second time as 'mean_hours'",
        ),
        (
            {"kind": "gamma", "mean_minutes": 4},
            r"takes mean and cv.*, got mean \(in hours, from kind: 'gamma', mean_min",
        ),
        (
            {"kind": "gamma", "mean_minutes": -3, "cv": 1},
            r"mean must be above 0, got -0.05 \(in hours, from kind: 'gamma', mean_minutes: -3, cv: 1\)",
        ),
        (
            {"kind": "gamma", "mean_minutes": "soon", "cv": 1},
            "mean_minutes must be a number or a list of numbers, got 'soon'",
        ),
        ({"kind": "gamma", 4: 1}, "'gamma' has no parameter '4'"),
    ],
)
def test_wrong_configuration_says_what_was_expected_and_found(given: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        from_mapping(given, "hours")


def test_counts_have_no_units_of_time() -> None:
    with pytest.raises(ValueError, match=r"no parameter 'mean_hours'.* \(in lines, or ending in _lines\)"):
        from_mapping({"kind": "exponential", "mean_hours": 4}, "lines")
