"""What a program on a forecast teaches: what a unit of stock is worth to later orders, and who is to serve whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from twin.domain.orders import Lines


@dataclass(frozen=True, slots=True)
class Prices:
    """What a unit at a node is worth to later orders: rows of node, SKU and dollars, hashable as a policy must be.

    A product without rows is worth nothing anywhere; a node without a row of a product that has some had none of it,
    and counts as the one where it is worth least.
    """

    rows: tuple[tuple[str, str, float], ...] = ()
    _lowest: dict[str, float] = field(init=False, repr=False, compare=False)
    _above: dict[str, dict[str, float]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        lowest: dict[str, float] = {}
        for _, sku, usd in self.rows:
            lowest[sku] = min(usd, lowest.get(sku, usd))
        above: dict[str, dict[str, float]] = {}
        for node, sku, usd in self.rows:
            if usd > lowest[sku]:
                above.setdefault(node, {})[sku] = usd - lowest[sku]
        object.__setattr__(self, "_lowest", lowest)
        object.__setattr__(self, "_above", above)

    def usd(self, node: str, lines: Lines) -> float:
        """Return what some lines taken from a node are worth to later orders."""
        return self.above_lowest_usd(node, lines) + sum(line.quantity * self._lowest.get(line.sku, 0) for line in lines)

    def above_lowest_usd(self, node: str, lines: Lines) -> float:
        """Return how much more some lines are worth there than where they are worth least.

        It ranks plans that ship the same units as `usd` does, and being lower it lets their search end earlier.
        """
        above = self._above.get(node)
        if above is None:
            return 0.0
        total = 0.0
        for line in lines:
            total += line.quantity * above.get(line.sku, 0.0)
        return total

    def capped(self, most_usd: float) -> Prices:
        """Return the same prices, none above a limit."""
        return Prices(tuple([(node, sku, min(usd, most_usd)) for node, sku, usd in self.rows]))


@dataclass(frozen=True, slots=True)
class Flows:
    """Which share of a destination's demand for a SKU each node is to serve; only SKUs over which nodes compete.

    Rows of SKU, cluster, node and share, and the cluster that each destination belongs to.
    """

    rows: tuple[tuple[str, str, str, float], ...] = ()
    clusters: tuple[tuple[str, str], ...] = ()
    _of: dict[tuple[str, str], dict[str, float]] = field(init=False, repr=False, compare=False)
    _cluster: dict[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        of_sku: dict[tuple[str, str], dict[str, float]] = {}
        for sku, cluster, node, share in self.rows:
            of_sku.setdefault((sku, cluster), {})[node] = share
        object.__setattr__(self, "_of", of_sku)
        object.__setattr__(self, "_cluster", dict(self.clusters))

    def shares(self, sku: str, destination: str) -> Mapping[str, float]:
        """Return the shares by node, nodes in order of name; none where nobody competes or nothing is known."""
        return self._of.get((sku, self._cluster.get(destination, "")), {})
