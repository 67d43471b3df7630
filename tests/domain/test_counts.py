"""Distributions of counts: whole numbers from 1, so that the mean that is stated is the mean that is drawn."""

from __future__ import annotations

import pytest

from twin.domain.counts import as_counts, is_of_counts
from twin.domain.distributions import Distribution


@pytest.mark.parametrize(
    "spread",
    [Distribution.of("deterministic", value=3), Distribution.of("discrete", values=[2, 1], weights=[0.2, 0.8])],
    ids=lambda spread: spread.kind,
)
def test_whole_numbers_stay_as_they_are(spread: Distribution) -> None:
    assert is_of_counts(spread)
    assert as_counts(spread) == spread


def test_observed_counts_keep_their_mean_and_have_nothing_between() -> None:
    observed = Distribution.of("empirical", values=[5, 1, 1, 2])

    counts = as_counts(observed)

    assert counts == Distribution.of("discrete", values=[1, 2, 5], weights=[2, 1, 1])
    assert counts.mean == observed.mean
    assert not is_of_counts(observed), "it is drawn with straight lines between its values"


@pytest.mark.parametrize(
    ("spread", "message"),
    [
        (Distribution.of("gamma", mean=1.3, cv=1.0), "distribution 'gamma', which is not one of whole numbers"),
        (Distribution.of("uniform", low=1, high=3), "distribution 'uniform', which is not one of whole numbers"),
        (Distribution.of("deterministic", value=1.5), "1.5 among its values"),
        (Distribution.of("discrete", values=[1, 0], weights=[1, 1]), "0 among its values"),
        (Distribution.of("empirical", values=[1, 2.5]), "2.5 among its values"),
    ],
    ids=str,
)
def test_what_would_have_to_be_rounded_is_refused(spread: Distribution, message: str) -> None:
    assert not is_of_counts(spread)
    with pytest.raises(ValueError, match=message):
        as_counts(spread)
