"""Draws by inverse distribution function: exact in arrays, close enough from the table."""

from __future__ import annotations

from math import inf, log

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.special import expit

from twin.domain.distributions import Distribution
from twin.simulation.distributions import quantiles, sampler

MEANS = st.floats(0.01, 100)
CVS = st.floats(0.05, 20)


@st.composite
def bounded(draw: st.DrawFn) -> Distribution:
    """Build a uniform, triangular or truncated normal distribution somewhere above 0."""
    low, width, share = draw(st.floats(0, 50)), draw(st.floats(0.01, 50)), draw(st.floats(0, 1))
    high, inside = low + width, low + share * width
    return draw(
        st.sampled_from(
            [
                Distribution.of("uniform", low=low, high=high),
                Distribution.of("triangular", low=low, mode=inside, high=high),
                Distribution.of("normal", mean=inside, sd=width / 2, low=low, high=high),
                Distribution.of("normal", mean=low - 2 * width, sd=width, low=low),
            ]
        )
    )


@st.composite
def stepped(draw: st.DrawFn) -> Distribution:
    """Build a deterministic, discrete or empirical distribution."""
    values = draw(st.lists(st.floats(0.01, 100), min_size=1, max_size=8))
    weights = draw(st.lists(st.floats(0.1, 10), min_size=len(values), max_size=len(values)))
    return draw(
        st.sampled_from(
            [
                Distribution.of("deterministic", value=values[0]),
                Distribution.of("discrete", values=values, weights=weights),
                Distribution.of("empirical", values=values),
            ]
        )
    )


SMOOTH = st.one_of(
    st.builds(lambda mean: Distribution.of("exponential", mean=mean), MEANS),
    st.builds(lambda mean, cv: Distribution.of("gamma", mean=mean, cv=cv), MEANS, CVS),
    st.builds(lambda mean, stages: Distribution.of("erlang", mean=mean, stages=stages), MEANS, st.integers(1, 20)),
    st.builds(lambda mean, cv: Distribution.of("lognormal", mean=mean, cv=cv), MEANS, CVS),
    st.builds(lambda mean, shape: Distribution.of("weibull", mean=mean, shape=shape), MEANS, st.floats(0.5, 8)),
)
ANY = st.one_of(SMOOTH, bounded(), stepped())
UNIFORMS = st.lists(st.floats(0, 1), min_size=2, max_size=20).map(sorted).map(np.array)


def at(distribution: Distribution, *uniforms: float) -> list[float]:
    """Return quantiles as a list."""
    drawn: list[float] = quantiles(distribution, np.array(uniforms)).tolist()
    return drawn


def mean_of_quantiles(distribution: Distribution) -> float:
    """Integrate the quantiles over the uniforms, with a grid as fine at the ends as in the middle."""
    logits = np.linspace(-34, 34, 4001)
    uniforms = expit(logits)
    return float(np.trapezoid(quantiles(distribution, uniforms) * uniforms * expit(-logits), logits))


@given(ANY, UNIFORMS)
def test_more_luck_never_means_less(distribution: Distribution, uniforms: np.ndarray) -> None:
    drawn = quantiles(distribution, uniforms)

    assert np.all(np.isfinite(drawn))
    assert np.all(np.diff(drawn) >= -1e-13 * distribution.mean)


@example(Distribution.of("triangular", low=1e-198, mode=1e-198, high=1.8), np.zeros(2))
@given(ANY, UNIFORMS)
def test_nothing_is_below_the_lowest_value(distribution: Distribution, uniforms: np.ndarray) -> None:
    assert quantiles(distribution, uniforms).min() >= distribution.lowest


@given(SMOOTH)
def test_quantiles_have_the_mean_of_their_distribution(distribution: Distribution) -> None:
    assert mean_of_quantiles(distribution) == pytest.approx(distribution.mean, rel=1e-6)


@given(st.one_of(bounded(), stepped()))
def test_bounded_quantiles_have_the_mean_of_their_distribution(distribution: Distribution) -> None:
    grid = (np.arange(20_000) + 0.5) / 20_000
    drawn = quantiles(distribution, grid)

    assert drawn.mean() == pytest.approx(distribution.mean, rel=1e-9, abs=5e-4 * float(np.ptp(drawn)))


@given(ANY, UNIFORMS, st.floats(0.01, 100))
def test_scaling_scales_every_quantile(distribution: Distribution, uniforms: np.ndarray, factor: float) -> None:
    scaled = quantiles(distribution.scaled(factor), uniforms)

    expected = factor * quantiles(distribution, uniforms)
    np.testing.assert_allclose(scaled, expected, rtol=1e-9, atol=1e-12 * factor * distribution.mean)


@given(ANY, UNIFORMS)
def test_a_shape_and_its_scale_give_the_quantiles_back(distribution: Distribution, uniforms: np.ndarray) -> None:
    shape, scale = distribution.shape()

    expected = quantiles(distribution, uniforms)
    np.testing.assert_allclose(scale * quantiles(shape, uniforms), expected, rtol=1e-9, atol=1e-11 * scale)


def test_exponential_quantiles_are_the_closed_form() -> None:
    assert at(Distribution.of("exponential", mean=3), 0.25, 0.5) == pytest.approx([-3 * log(0.75), 3 * log(2)])


def test_weibull_quantiles_are_the_closed_form() -> None:
    weibull = Distribution.of("weibull", shape=2, scale=5)

    assert at(weibull, 0.5, 0.9) == pytest.approx([5 * log(2) ** 0.5, 5 * log(10) ** 0.5])


def test_triangular_quantiles_are_the_closed_form() -> None:
    triangular = Distribution.of("triangular", low=1, mode=2, high=5)

    assert at(triangular, 0.0625, 0.25, 0.8125) == pytest.approx([1.5, 2, 3.5], rel=1e-12)


def test_uniform_quantiles_lie_on_a_line() -> None:
    assert at(Distribution.of("uniform", low=2, high=6), 0.25, 0.75) == [3, 5]


def test_the_median_of_a_lognormal_is_kept() -> None:
    assert at(Distribution.of("lognormal", median=2.06, sigma=0.966), 0.5) == pytest.approx([2.06], rel=1e-12)


def test_one_stage_of_erlang_is_exponential() -> None:
    erlang, exponential = Distribution.of("erlang", mean=2, stages=1), Distribution.of("exponential", mean=2)

    assert at(erlang, 0.1, 0.9) == pytest.approx(at(exponential, 0.1, 0.9))


def test_gamma_quantiles_agree_with_scipy() -> None:
    expected = stats.gamma.ppf([0.01, 0.5, 0.99], 4, scale=1.5)

    assert at(Distribution.of("gamma", shape=4, scale=1.5), 0.01, 0.5, 0.99) == pytest.approx(expected)


@pytest.mark.parametrize(("low", "high"), [(-1, 2), (0, inf), (3, inf), (3, 4), (-inf, -3), (-4, -3), (-inf, inf)])
def test_normal_quantiles_agree_with_scipy_in_both_tails(low: float, high: float) -> None:
    normal = Distribution.of("normal", mean=10, sd=2, low=10 + 2 * low, high=10 + 2 * high)
    uniforms = [1e-9, 0.01, 0.5, 0.99, 1 - 1e-9]

    assert at(normal, *uniforms) == pytest.approx(stats.truncnorm.ppf(uniforms, low, high, 10, 2), rel=1e-9)


def test_rounding_does_not_make_a_time_negative() -> None:
    assert at(Distribution.of("normal", mean=-0.95, sd=0.3), 0.0) == [0.0]


def test_each_discrete_value_covers_its_weight() -> None:
    basket = Distribution.of("discrete", values=[1, 2, 3], weights=[2, 1, 1])

    assert at(basket, 0.0, 0.49, 0.5, 0.74, 0.75, 1.0) == [1, 1, 2, 2, 3, 3]


def test_a_value_without_weight_is_never_drawn() -> None:
    basket = Distribution.of("discrete", values=[1, 2, 3, 4], weights=[0, 1, 0, 1])

    assert set(at(basket, *np.linspace(0, 1, 101))) == {2, 4}


def test_a_sampler_never_draws_a_value_without_weight() -> None:
    draw = sampler(Distribution.of("discrete", values=[1, 2, 3], weights=[0, 1, 0]))

    assert (draw(0.0), draw(0.5), draw(1.0)) == (2, 2, 2)


def test_observations_stand_in_the_middle_of_their_share() -> None:
    observed = Distribution.of("empirical", values=[10, 20, 40, 80])

    assert at(observed, 0.0, 0.125, 0.25, 0.5, 0.875, 1.0) == [10, 10, 15, 30, 80, 80]


@given(ANY)
def test_the_ends_of_the_uniforms_give_finite_values(distribution: Distribution) -> None:
    assert np.all(np.isfinite(at(distribution, 0.0, 1.0)))


def mean_of_sampler(distribution: Distribution) -> float:
    """Integrate the values of a sampler over the uniforms."""
    logits = np.linspace(-34, 34, 8001)
    uniforms = expit(logits)
    draw = sampler(distribution)
    values = np.array([draw(uniform) for uniform in uniforms.tolist()])
    return float(np.trapezoid(values * uniforms * expit(-logits), logits))


@settings(max_examples=30)
@given(SMOOTH)
def test_a_sampler_has_the_mean_of_its_distribution(distribution: Distribution) -> None:
    assert mean_of_sampler(distribution) == pytest.approx(distribution.mean, rel=6e-5)


@settings(max_examples=50)
@given(ANY)
def test_a_sampler_has_the_median_of_its_distribution(distribution: Distribution) -> None:
    assert sampler(distribution)(0.5) == pytest.approx(at(distribution, 0.5)[0], rel=1e-12)


@settings(max_examples=50)
@given(ANY, UNIFORMS)
def test_a_sampler_follows_the_quantiles(distribution: Distribution, uniforms: np.ndarray) -> None:
    inside = np.clip(uniforms, 1e-6, 1 - 1e-6)

    drawn = list(map(sampler(distribution), inside.tolist()))

    np.testing.assert_allclose(drawn, quantiles(distribution, inside), rtol=1e-3, atol=1e-3 * distribution.mean)


@settings(max_examples=50)
@given(ANY, UNIFORMS)
def test_more_luck_never_means_less_from_a_sampler(distribution: Distribution, uniforms: np.ndarray) -> None:
    drawn = list(map(sampler(distribution), uniforms.tolist()))

    assert np.all(np.diff(drawn) >= -1e-13 * distribution.mean)


@settings(max_examples=50)
@given(stepped(), st.floats(0, 1))
def test_a_sampler_of_listed_values_is_exact(distribution: Distribution, uniform: float) -> None:
    assert sampler(distribution)(uniform) == pytest.approx(at(distribution, uniform)[0], rel=1e-12)


def test_a_sampler_covers_the_closed_ends() -> None:
    draw = sampler(Distribution.of("uniform", low=2, high=6))

    assert [draw(0.0), draw(1.0)] == pytest.approx([2, 6], rel=1e-15)
