"""Rate shopping: the cheapest service that keeps the promise with enough probability; of equals the less carbon.

How probable that is follows from how often a service is how many days late (`Offer.on_time_rates`): days that count on
its calendar, from the pickup that an order placed now can make. The hours of a same-day courier count at their mean.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import groupby

from msgspec.structs import replace

from twin.domain.orders import Order
from twin.policies.decision import Offer
from twin.policies.view import NetworkView

DECIMALS = 6  # of dollars: what differs by less costs the same


def sure_offers(offers: Iterable[Offer], order: Order, network: NetworkView, probability: float) -> Iterator[Offer]:
    """Yield the offers that keep an order's promise with a probability, cheapest first, then by carbon and name."""
    for _, equals in groupby(offers, key=lambda offer: round(offer.cost_usd, DECIMALS)):
        sure = [offer for offer in equals if is_sure(offer, order, network, probability)]
        if len(sure) > 1:
            sure.sort(key=lambda offer: (_carbon(offer, order, network), offer.node, offer.service))
        yield from sure


def is_sure(offer: Offer, order: Order, network: NetworkView, probability: float) -> bool:
    """Answer whether an order that ships by an offer keeps its promise with a probability or more."""
    if network.arrives_at(offer) > order.promised_by:
        return False
    late_days = bisect_left(offer.on_time_rates, probability)
    return late_days == 0 or network.arrives_at(later(offer, late_days)) <= order.promised_by


@lru_cache(maxsize=100_000)  # offers are shared by many orders: to find one again takes 0.8 us, to make it 7
def later(offer: Offer, days: int) -> Offer:
    """Return an offer that takes some days more."""
    return replace(offer, transit_days=offer.transit_days + days) if days else offer


def _carbon(offer: Offer, order: Order, network: NetworkView) -> float:
    """Return what ranks offers for the same parcels by the carbon of their linehaul."""
    return offer.co2e_kg_per_tkm * network.miles(offer.node, order.destination)
