"""What carriers answer for."""

from __future__ import annotations

import pytest

from twin.domain.liability import Liability


@pytest.mark.parametrize(
    ("luck", "failure"), [(0.0, "lost"), (0.009, "lost"), (0.01, "damaged"), (0.029, "damaged"), (0.031, None)]
)
def test_luck_says_what_becomes_of_a_shipment(luck: float, failure: str | None) -> None:
    assert Liability(lost_rate=0.01, damaged_rate=0.02).failure(luck) == failure


def test_a_claim_is_paid_up_to_the_limit_of_each_parcel() -> None:
    liability = Liability(claim_limit_usd=100.0)

    assert [liability.claim_usd(180.0, parcels) for parcels in (1, 2)] == [100.0, 180.0]


@pytest.mark.parametrize(
    "special", [{"lost_rate": -0.1}, {"lost_rate": 0.6, "damaged_rate": 0.5}, {"late_refund_rate": 2}]
)
def test_rates_that_are_none_are_refused(special: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"liability: rates must lie in 0\.\.1, those of loss and damage together too"):
        Liability(**special)
