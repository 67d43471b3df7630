"""Suppliers at work: a review at each node, a truck some time later, from a maker or from another node's stock."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence

from simpy.events import Event

from twin.domain.calendars import Timeline
from twin.domain.geography import KM_PER_MILE
from twin.domain.stock import StockLedger
from twin.policies.replenishment import ReplenishmentPolicy
from twin.simulation.clock import Clock
from twin.simulation.disrupting.supply import Held
from twin.simulation.distributions import sampler
from twin.simulation.nodes import WorkingNode
from twin.simulation.receiving import Truckload
from twin.simulation.streams import stream

ORDERED, ARRIVED, TRANSFERRED = "replenishment_ordered", "replenishment_received", "transfer_sent"


class Supplier:
    """Reviews one node's stock and sends what the policy asks for: of several, the last that has begun.

    A maker never runs dry. A `source`, which is another node, sends what it has and has not promised; the next review
    asks again for the rest. The truck of the n-th review has the n-th lead time of that node's own stream, whatever it
    carries. `tell` hears of every truck: the node's name, what happened, the load and how far it comes; `shelved` of
    the goods that can be sold from then on. `held` says how long disruptions hold a truck up; a source that they
    closed sends nothing. `units_on_road` is the supplier's own book of what has left and is not on
    the shelf.
    """

    def __init__(
        self,
        node: WorkingNode,
        policies: Sequence[tuple[float, ReplenishmentPolicy]],
        clock: Clock,
        tell: Callable[[str, str, Truckload, float], None],
        shelved: Callable[[str, Truckload], None],
        source: WorkingNode | None,
    ) -> None:
        supply = node.node.supply
        assert supply is not None, "only a node with a lane has a supplier"
        self._node, self._policies, self._clock, self._source = node, policies, clock, source
        self._tell, self._shelved = tell, shelved
        self._supplier = supply.supplier
        self.held: Held = _never_held
        self._distance_km = supply.distance_miles * KM_PER_MILE
        self._lead_hours = sampler(supply.lead_hours)
        self.units_on_road = 0

    def reviews(self, instants: Sequence[float], seed: int, replication: int) -> Generator[Event]:
        """Review at each instant and send a truck if anything is missing."""
        luck = stream(seed, replication, "supplier", self._node.node.name).random(len(instants))
        for instant, uniform in zip(instants, luck.tolist(), strict=True):
            yield self._clock.until(instant)
            recalled = self._node.ledger.recalled  # nobody orders what may come back on sale, or is to be scrapped
            load: Truckload = [one for one in self._policy_now().orders(self._node.ledger) if one[0] not in recalled]
            if self._source is not None:
                load = [] if self._source.closed else list(self._given_by(self._source.ledger, load))
            if load:
                held_hours = self.held(self._supplier, self._clock.now_hours)
                self._send(load, held_hours + self._lead_hours(uniform))

    def _policy_now(self) -> ReplenishmentPolicy:
        """Return the policy that holds by now."""
        begun = [policy for begins_at, policy in self._policies if begins_at <= self._clock.now_hours]
        return begun[-1]

    def _given_by(self, source: StockLedger, wanted: Truckload) -> Iterator[tuple[str, int]]:
        """Take what a node has of the wanted units off its shelf."""
        for sku, missing in wanted:
            units = min(missing, source.available[sku])
            if units > 0:
                source.transfer(sku, units)
                yield sku, units

    def _send(self, load: Truckload, lead_hours: float) -> None:
        for sku, units in load:
            self._node.ledger.expect(sku, units)
            self.units_on_road += units
        if self._source is not None:
            self._tell(self._source.node.name, TRANSFERRED, load, self._distance_km)
        self._tell(self._node.node.name, ORDERED, load, self._distance_km)
        self._clock.after(lead_hours, self._arrive, load)

    def _arrive(self, load: Truckload) -> None:
        self._tell(self._node.node.name, ARRIVED, load, self._distance_km)
        self._node.take_in(load, self._shelve)

    def _shelve(self, load: Truckload) -> None:
        for sku, units in load:
            self._node.ledger.receive(sku, units)
            self.units_on_road -= units
        self._shelved(self._node.node.name, load)


def _never_held(supplier: str, at: float) -> float:  # noqa: ARG001  (stands in where nothing happens to suppliers)
    return 0.0


def review_instants(timeline: Timeline, timezone: str, review_days: int, at: float) -> list[float]:
    """Return the instants of a node's reviews: every so many days, `at` hours after local midnight."""
    return [midnight + at for midnight in timeline.midnights(timezone)[1:-1:review_days] if midnight + at > 0]
