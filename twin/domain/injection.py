"""Zone skipping: parcels hauled by truck to a carrier's hub near their customers, and priced from there."""

from __future__ import annotations

from dataclasses import dataclass

from twin.domain.geography import Place


@dataclass(frozen=True, slots=True)
class Injection:
    """Where a departure hands its parcels over, for which regions, and what the way there costs by billable pound."""

    hub: Place
    regions: frozenset[str]
    usd_per_lb: float
    miles: float
