"""Order management: runs, pictures of the stock, rejections, and the units that nodes keep back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from twin.assemble.routing import known_names
from twin.assemble.rows import Findings
from twin.config.order_management import OrderManagementConfig, SafetyStockConfig
from twin.domain.network import Network
from twin.domain.products import Product
from twin.simulation.order_management import OrderManagement, RejectionReason

MINUTES_PER_HOUR = 60.0
ROUNDING = 1e-9


def order_management(config: OrderManagementConfig, findings: Findings) -> OrderManagement:
    """Return the order management of a configuration; what does not fit goes to `findings`."""
    shares = sum(reason.share for reason in config.rejections.values())
    if config.rejections and abs(shares - 1.0) > ROUNDING:
        findings.add_key("dom.rejections", f"shares that add up to {shares:g}", "1", "mend the shares")
    if config.commit == "at_release" and config.stock_lag_minutes:
        findings.add_key(
            "dom.stock_lag_minutes",
            f"{config.stock_lag_minutes:g}",
            "0 with dom.commit=at_release, which reserves at nodes at once",
            "choose dom.commit=at_run or drop the lag",
        )
    return OrderManagement(
        commit=config.commit,
        run_every_hours=config.run_every_minutes / MINUTES_PER_HOUR,
        hold_hours=config.hold_hours,
        stock_lag_hours=config.stock_lag_minutes / MINUTES_PER_HOUR,
        sees_own_reservations=config.sees_own_reservations,
        cart_hold_hours=config.cart_hold_minutes / MINUTES_PER_HOUR,
        abandoned_carts_per_order=config.abandoned_carts_per_order,
        rejections=tuple(RejectionReason(name, r.share, r.effect) for name, r in config.rejections.items()),
    )


def safety_stock(
    config: OrderManagementConfig, network: Network, findings: Findings
) -> Mapping[str, Mapping[str, int]]:
    """Return the units each node keeps back of each product; of several rules that match, the last one counts."""
    for number, rule in enumerate(config.safety_stock):
        for key, found, known in _unknown_names(rule, network):
            findings.add_key(
                f"dom.safety_stock[{number}].{key}", repr(found), f"one of {', '.join(known)}", "name one that exists"
            )
    kept: dict[str, dict[str, int]] = {}
    for node in network.nodes.values():
        for rule in config.safety_stock:
            if not rule.groups or node.is_in(rule.groups):
                kept.setdefault(node.name, {}).update(
                    {sku: rule.units for sku, product in network.products.items() if _covers(rule, product)}
                )
    return kept


def _covers(rule: SafetyStockConfig, product: Product) -> bool:
    return (
        (not rule.skus or product.sku in rule.skus)
        and (not rule.categories or product.category in rule.categories)
        and (not rule.velocity_classes or product.velocity_class in rule.velocity_classes)
    )


def _unknown_names(rule: SafetyStockConfig, network: Network) -> Iterator[tuple[str, str, Sequence[str]]]:
    """Yield each name in a rule that means nothing, with where it stands and what would."""
    known = {"skus": list(network.products), **known_names(network)}
    for key in ("groups", "skus", "categories", "velocity_classes"):
        for name in getattr(rule, key):
            if name not in known[key]:
                yield key, name, known[key][:20]
