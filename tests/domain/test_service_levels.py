"""What the shop promises."""

from __future__ import annotations

import pytest

from tests.factories import a_level


@pytest.mark.parametrize(
    ("special", "message"),
    [
        ({"share": 1.2}, "share must lie in 0..1, got 1.2"),
        ({"share": -0.1}, "share must lie in 0..1, got -0.1"),
        ({"promise_days": -1}, "promise_days must not be negative"),
        ({"services": ()}, "needs at least one carrier service"),
    ],
    ids=str,
)
def test_a_service_level_that_cannot_be_is_refused(special, message: str) -> None:
    with pytest.raises(ValueError, match=f"service level 'standard': {message}"):
        a_level(**special)


def test_a_promise_for_the_same_day_can_be_made() -> None:
    assert a_level(promise_days=0).promise_days == 0
