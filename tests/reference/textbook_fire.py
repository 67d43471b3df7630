"""The textbook model of goods that burn: a share of the stock is gone at an instant, and orders are decided anew."""

from __future__ import annotations

from collections.abc import Iterator
from math import floor

from tests.reference.textbook_parts import Steps, TextbookNode, TextbookShipment
from tests.reference.textbook_shop import ShopTextbook
from tests.reference.textbook_site import SiteNode
from twin.domain.disruptions import Disruption
from twin.domain.effects import StockDestroyed
from twin.domain.orders import part_of
from twin.policies.view import Without
from twin.simulation.disruption_draws import draw
from twin.simulation.world import Model


class FireTextbook(ShopTextbook):
    """A replication with fires; `here` are the shipments at each node, `burned` those whose goods are gone."""

    def __init__(self, model: Model, seed: int, replication: int) -> None:
        super().__init__(model, seed, replication)
        self.events = draw(model.disruptions, model.horizon.order_days * 24.0, seed, replication)
        self.here: dict[str, list[TextbookShipment]] = {name: [] for name in self.sites}
        self.burned: list[TextbookShipment] = []
        self.destroyed_units = 0

    def knows_events(self, model: Model) -> bool:
        """Answer whether a model has no other disruptions than fires."""
        return all(isinstance(effect, StockDestroyed) for plan in model.disruptions for effect in plan.effects)

    def processes(self) -> Iterator[Steps]:
        """Return all that goes on, fires too."""
        yield from super().processes()
        for event in self.events:
            yield self.fire(event)

    def begin(self, site: SiteNode, shipment: TextbookShipment) -> None:
        """Note that a shipment is at its node."""
        self.here[site.node.name].append(shipment)
        super().begin(site, shipment)

    def comes_along(self, shipment: TextbookShipment) -> bool:
        """Let a shipment leave whose goods have not burned."""
        if shipment in self.burned:
            return False
        self.here[shipment.plan.offer.node].remove(shipment)
        return True

    def fire(self, event: Disruption) -> Steps:
        """Destroy a share of every product, take back what is short then, and decide on these orders anew."""
        yield from self.until(event.starts_at)
        (effect,) = event.effects
        assert isinstance(effect, StockDestroyed)
        taken = [one for name in event.targets for one in self.burn(self.nodes[name], effect.share)]
        for one in sorted(taken, key=lambda one: (one.order.promised_by, one.order.number, one.turn)):
            asked = self.asked[id(one)] - {one.plan.offer.node}
            order = one.order if one.plan.lines is one.order.lines else part_of(one.order, one.plan.lines)
            self.attempts[order.number] += 1
            self.carry_out(order, self.decide(order, Without(self.view, asked)), asked, one.turn + 2)

    def burn(self, node: TextbookNode, share: float) -> Iterator[TextbookShipment]:
        """Destroy goods of a node, and yield the shipments that go without, the latest promise first."""
        name, ledger = node.node.name, node.ledger
        for sku, on_hand in list(ledger.on_hand.items()):
            units = floor(on_hand * share + 0.5)
            while ledger.reserved[sku] > on_hand - units:
                latest = max(
                    (one for one in self.here[name] if any(line.sku == sku for line in one.plan.lines)),
                    key=lambda one: (one.order.promised_by, one.order.number, one.turn),
                )
                self.here[name].remove(latest)
                self.burned.append(latest)
                self.give_back(latest.plan)
                yield latest
            ledger.destroy(sku, units)
            self.destroyed_units += units
