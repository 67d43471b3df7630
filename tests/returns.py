"""Hand-made returns: everything comes back, two days after it came, and is as good as new."""

from __future__ import annotations

from typing import Any

from tests.factories import always
from twin.domain.returns import GRADES, ReturnReason, ReturnsDesk, ReturnTerms


def a_desk(stations: int = 2, **special: Any) -> ReturnsDesk:
    """Two inspectors who take half an hour for a unit."""
    return ReturnsDesk(stations, **{"hours_per_unit": 0.5, **special})


def a_reason(name: str = "FIT", grade: str = "restock", delay_days: float = 2.0, **special: Any) -> ReturnReason:
    """The only reason there is, after which all goods are of one grade."""
    known: dict[str, Any] = {
        "share": 1.0, "delay_hours": always(24 * delay_days), "grades": tuple(float(one == grade) for one in GRADES),
    }  # fmt: skip
    return ReturnReason(name, **{**known, **special})


def some_terms(**special: Any) -> ReturnTerms:
    """Everything comes back by ground at the list price, and all of it is paid back."""
    known: dict[str, Any] = {
        "rate": 1.0, "rates": {}, "channel_factors": {}, "reasons": (a_reason(),), "label_service": "parcel_ground",
    }  # fmt: skip
    return ReturnTerms(**{**known, **special})
