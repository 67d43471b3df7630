"""New nodes: when they open, and what the network keeps where until all of them have."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from twin.assemble.rows import Findings
from twin.config.network import NodeConfig
from twin.domain.calendars import Timeline
from twin.domain.network import Network
from twin.domain.openings import Opening
from twin.policies.replenishment import OrderUpTo, ReplenishmentPolicy

HOURS_PER_DAY = 24.0

Levels = Mapping[str, Mapping[str, int]]
LevelsWithout = Callable[[frozenset[str]], Levels]
"""Returns the order-up-to levels of the network without some nodes."""


def opening(node: NodeConfig, where: str, timeline: Timeline, findings: Findings) -> Opening | None:
    """Return when a node opens that is new."""
    opens = node.opens
    if opens is None:
        return None
    day = (opens.launch - timeline.starts_on).days
    first = day - opens.goods_days_before
    if first < 0 or day >= timeline.days:
        last = timeline.date(timeline.days - 1)
        findings.add_key(
            f"{where}.opens.launch", f"{opens.launch}, with goods {opens.goods_days_before} days before",
            f"both between {timeline.starts_on} and {last}, the days of the study",
            "another day, or more days of warm-up before it",
        )  # fmt: skip
        return None
    if node.standby:
        findings.add_key(f"{where}.opens", "a day beside standby: true", "the one or the other", "set standby: false")
    later = [(day + opens.widen_every_days * step) for step in range(1, len(opens.best_sellers) + 1)]
    steps = zip([first, *later], [*opens.best_sellers, None], strict=True)
    return Opening(
        first * HOURS_PER_DAY, day * HOURS_PER_DAY, tuple((day * HOURS_PER_DAY, count) for day, count in steps)
    )


def new_nodes(network: Network) -> dict[str, Opening]:
    """Return the nodes that open during the study."""
    return {name: node.opening for name, node in network.nodes.items() if node.opening and node.enabled}


def check_openings(network: Network, findings: Findings, *, refilled: bool) -> None:
    """Note networks of new nodes only, and new nodes that nobody would ever bring goods to."""
    new = new_nodes(network)
    if new and not any(node.takes_orders and not node.opening for node in network.nodes.values()):
        findings.add_key("network.nodes", "new nodes only", "one that is open at first", "drop an `opens`")
    if new and not refilled:
        name = next(iter(new))
        findings.add_key(
            f"network.nodes.{name}.opens", "a new node beside replenishment=none", "goods that come to it",
            "another replenishment",
        )  # fmt: skip


def restocking(network: Network, levels_without: LevelsWithout) -> list[tuple[float, ReplenishmentPolicy]]:
    """Return by which levels nodes are refilled from which instant on, where new nodes open.

    Until a new node opens, the others keep what they would keep without it; it builds its own stock meanwhile.
    """
    new = new_nodes(network)
    opens = {one.opens_at for one in new.values()}
    levels_by_absence = {
        ahead: levels_without(ahead)
        for ahead in {frozenset(), *(_ahead(new, instant) for instant in opens | {0.0})}
        if new
    }
    return [
        (instant, OrderUpTo(_levels_at(instant, network, new, levels_by_absence)))
        for instant in sorted({instant for one in new.values() for instant, _ in one.steps} | opens)
    ]


def _ahead(new: Mapping[str, Opening], instant: float) -> frozenset[str]:
    """Return the new nodes that are not open yet."""
    return frozenset(name for name, one in new.items() if one.opens_at > instant)


def _levels_at(
    instant: float, network: Network, new: Mapping[str, Opening], levels_by_absence: Mapping[frozenset[str], Levels]
) -> Levels:
    everybody, before = levels_by_absence[frozenset()], levels_by_absence[_ahead(new, instant)]
    levels = {name: by_sku for name, by_sku in before.items() if name not in new}
    for name, one in new.items():
        levels[name] = _best_sellers(everybody.get(name, {}), network, one.best_sellers(instant))
    return levels


def without_goods(stock: Levels, network: Network) -> Levels:
    """Return the stock that nodes open with, where new nodes have none."""
    new = new_nodes(network)
    return {node: dict.fromkeys(by_sku, 0) if node in new else by_sku for node, by_sku in stock.items()} | {
        name: dict.fromkeys(network.nodes[name].assortment, 0) for name in new
    }


def _best_sellers(levels: Mapping[str, int], network: Network, count: int | None) -> Mapping[str, int]:
    """Return the levels of the products that sell best among those a node keeps."""
    if count is None:
        return levels
    ranked = sorted(levels, key=lambda sku: (-network.products[sku].popularity, sku))
    return {sku: levels[sku] for sku in ranked[:count]}
