"""What a returned line costs, emits and brings: known as soon as it is known where it goes."""

from __future__ import annotations

from twin.domain.geography import KM_PER_MILE
from twin.domain.returns import SELLABLE, ReturnReason, ReturnTerms
from twin.policies.cartons import Packer
from twin.policies.offers import OfferBook
from twin.simulation.invoices import MICRO
from twin.simulation.returned_lines import LABEL, ReturnBill, ReturnedLine


class ReturnInvoicing:
    """Bills returned lines: label, work, write-off, what liquidation brings, refund and carbon."""

    def __init__(self, terms: ReturnTerms, book: OfferBook, packer: Packer) -> None:
        self._terms, self._book, self._packer = terms, book, packer
        self._network = book.network
        self._service = book.network.services[terms.label_service]

    def bill(self, line: ReturnedLine, reason: ReturnReason) -> ReturnBill:
        """Return what a line costs, whether or not it comes back within the run."""
        terms, product = self._terms, self._network.products[line.line.sku]
        label_usd, co2e_kg = self._by_carrier(line) if line.method == LABEL else (0.0, terms.drop_off.co2e_kg)
        refund_usd = terms.refund_rate * product.price_usd * line.units - reason.restocking_fee_usd
        lost_usd = 0.0 if line.grade in SELLABLE else product.unit_cost_usd * line.units
        return ReturnBill(
            refund_usd=_whole(max(0.0, refund_usd)),
            label_usd=_whole(label_usd),
            handling_usd=_whole(self._handling_usd(line)),
            written_off_usd=_whole(lost_usd),
            recovered_usd=_whole(terms.recovered_rate * lost_usd if line.grade == "liquidate" else 0.0),
            co2e_kg=_whole(co2e_kg),
        )

    def _by_carrier(self, line: ReturnedLine) -> tuple[float, float]:
        """Return the price of a label, at a share of the list price with fuel, and the carbon of the way."""
        service, carbon = self._service, self._network.carbon
        parcels, zone = self._packer.pack((line.line,)), self._book.zone(line.node, line.destination)
        prices = [service.label_usd(zone, parcel) for parcel in parcels.signature]
        known = [price for price in prices if price is not None]
        assert len(known) == len(prices), "a service that does not take every box everywhere is a finding"
        label_usd = sum(known) * (1.0 + service.surcharges.fuel_rate) * self._terms.label_price_rate
        km = self._book.miles(line.node, line.destination) * KM_PER_MILE
        linehaul = parcels.weight_kg / 1000 * km * carbon.road_factor * carbon.linehaul_kg_per_tkm[service.mode]
        last_mile = len(prices) * carbon.last_mile_kg_per_parcel[service.mode]
        hubs = carbon.to_hubs_and_through_kg(service.mode, len(prices), parcels.weight_kg)
        return label_usd, linehaul + last_mile + hubs

    def _handling_usd(self, line: ReturnedLine) -> float:
        """Return the fee and the wages of the inspection, and what it costs to refurbish the units."""
        node = self._network.nodes[line.node]
        assert node.returns is not None, "goods go back to nodes that take them"
        work_usd = node.returns.hours_per_unit * line.units * node.costs.wage_usd_per_hour
        refurbish_usd = self._terms.refurbish_usd * line.units if line.grade == "refurbish" else 0.0
        return node.returns.fee_usd + work_usd + refurbish_usd


def _whole(amount: float) -> int:
    """Return dollars as whole micro-dollars, or kilograms as whole milligrams."""
    return round(amount * MICRO)
