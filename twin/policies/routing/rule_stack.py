"""After the order routing rules of Shopify and of Spree: ordered rules, each of which ranks the candidate nodes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, groupby
from math import fsum

from msgspec import Struct

from twin.domain.orders import Lines, Order
from twin.policies.decision import Decision, Reason
from twin.policies.routing.choices import CommitUnit, Unlocated, located
from twin.policies.routing.names import NodeName, NodeNames
from twin.policies.routing.rules import Draft, apart, refuse_other_than
from twin.policies.routing.walk import fillable
from twin.policies.view import NetworkView

Ranks = tuple[tuple[int, float], ...]
"""For each rule whether it abstains (1 or 0) and its rank; less is better."""


class MinimizeSplits(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="minimize_splits"):
    """Prefer nodes that have the whole order, else the smallest set of nodes that together have all there is of it.

    After Shopify. It compares sets, not nodes, so it stands once, and `RuleStack` does its work.
    """


class MostLines(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="most_lines"):
    """Prefer nodes that have more lines of the order in full: what Spree calls minimize splits."""

    def rank(self, node: str, order: Order, network: NetworkView) -> float | None:
        """Return the rank of a node, 0 for all lines."""
        return sum(network.available_to_promise(node, line.sku) < line.quantity for line in order.lines)


class StayInMarket(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="stay_in_market"):
    """Prefer nodes in the region of the customer."""

    def rank(self, node: str, order: Order, network: NetworkView) -> float | None:
        """Return 0 in the customer's region, else 1."""
        return float(network.nodes[node].place.region != network.region(order.destination))


class Closest(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="closest"):
    """Prefer nodes closer to the customer, as the crow flies."""

    def rank(self, node: str, order: Order, network: NetworkView) -> float | None:
        """Return the miles to the customer."""
        return network.miles(node, order.destination)


class RankedLocations(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="ranked_locations"):
    """Prefer nodes in the order of a list of names, kinds and groups; nodes that it does not name come last."""

    locations: NodeNames

    def rank(self, node: str, order: Order, network: NetworkView) -> float | None:  # noqa: ARG002  (as all rules)
        """Return the place in the list of the first entry that names a node."""
        found = network.nodes[node]
        places = (place for place, name in enumerate(self.locations) if found.is_in((name,)))
        return next(places, len(self.locations))


class PreferredLocation(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="preferred_location"):
    """Prefer one node and abstain on all others: after Spree, which takes it from the order."""

    location: NodeName

    def rank(self, node: str, order: Order, network: NetworkView) -> float | None:  # noqa: ARG002  (as all rules)
        """Return 0 for the preferred node."""
        return 0 if node == self.location else None


class DefaultLocation(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="default_location"):
    """Prefer the default node to all others, which are equal: after Spree."""

    location: NodeName

    def rank(self, node: str, order: Order, network: NetworkView) -> float | None:  # noqa: ARG002  (as all rules)
        """Return 0 for the default node, else 1."""
        return int(node != self.location)


RankingRule = MostLines | StayInMarket | Closest | RankedLocations | PreferredLocation | DefaultLocation
Rule = MinimizeSplits | RankingRule
FINAL = Closest()


@dataclass(frozen=True, slots=True)
class RuleStack:
    """Rank the nodes by one rule after the other, and let each in turn ship what it can of what remains.

    The first rule decides; nodes that are equal to it go to the next. A rule may abstain on a node, which then stands
    behind all that it ranks. Between equals of all rules the closest node wins, then the name.

    `minimize_splits` acts among nodes that are equal to all rules before it, the whole network where it comes first.
    The best node that has all that remains takes it. Where none has, the smallest set of them goes that has all that
    they have of it together; between sets of one size the rules behind decide, one after the other, each by the sum
    of its ranks over the set (so the closest set has the smallest sum of miles). Sets are made of the `search_nodes`
    best-ranked nodes that have something; a node behind them is PRUNED unless it ships what the set leaves. Shopify
    does not say how it finds its fewest packages.

    Spree's own stack is `preferred_location`, `most_lines`, `default_location`; its last word is the default location.
    """

    rules: tuple[Rule, ...] = (MinimizeSplits(), StayInMarket(), Closest())
    search_nodes: int = 12
    allow_partial: bool = True
    unit: CommitUnit = "unit"
    unlocated: Unlocated = "last"

    def __post_init__(self) -> None:
        if sum(isinstance(rule, MinimizeSplits) for rule in self.rules) > 1:
            raise ValueError("minimize_splits can stand only once among the rules: a second one has no ties to break")
        if self.search_nodes < 1:
            raise ValueError(f"search_nodes must be at least 1, got {self.search_nodes}")
        refuse_other_than(CommitUnit, unit=self.unit)
        refuse_other_than(Unlocated, unlocated=self.unlocated)

    def decide(self, order: Order, network: NetworkView) -> Decision:
        """Ship from the best-ranked nodes, in as few shipments as the rules want."""
        draft = Draft(order, network)
        self._fill(draft)
        return draft.decision(allow_partial=self.allow_partial)

    def why_not(self, node: str, order: Order, network: NetworkView) -> Reason | None:
        """Return that a node's distance is unknown, that it has only a part of a whole, or that no set held it."""
        if node not in located(network.nodes, order, network, self.unlocated):
            return Reason.BEYOND_MAX_DISTANCE
        if node in self._fill(Draft(order, network)):
            return Reason.PRUNED
        return apart(node, order, network, self.unit)

    def _fill(self, draft: Draft) -> list[str]:
        """Place what can be placed, equals after equals; return the nodes that no set was made of."""
        ranks = self._ranks(draft.order, draft.network)
        ranking = sorted(ranks, key=lambda node: (ranks[node], node))
        splits = [at for at, rule in enumerate(self.rules) if isinstance(rule, MinimizeSplits)]
        if not splits:
            draft.walk(ranking, draft.rest, self.unit)
            return []
        pruned: list[str] = []
        for _, equals in groupby(ranking, key=lambda node: ranks[node][: splits[0]]):
            if not draft.rest:
                break
            pruned += self._fewest(list(equals), ranks, draft)
        return pruned

    def _ranks(self, order: Order, network: NetworkView) -> Mapping[str, Ranks]:
        """Return what every ranking rule says of every node that has something of the order."""
        rules = [*(rule for rule in self.rules if not isinstance(rule, MinimizeSplits)), FINAL]
        said = {
            node: [rule.rank(node, order, network) for rule in rules]
            for node in located(network.nodes, order, network, self.unlocated)
            if fillable(node, order.lines, network, self.unit)
        }
        return {node: tuple((1, 0.0) if rank is None else (0, rank) for rank in found) for node, found in said.items()}

    def _fewest(self, ranking: Sequence[str], ranks: Mapping[str, Ranks], draft: Draft) -> list[str]:
        """Let the best node, else the best of the smallest sets, ship what remains; return who was not looked at."""
        shares = {node: share for node in ranking if (share := draft.share(node, draft.rest, self.unit))}
        for node, share in shares.items():
            if share == draft.rest and draft.take(node, share):
                return []
        able = [node for node, share in shares.items() if draft.plan(node, share) is not None]
        sets = _smallest_sets(able[: self.search_nodes], shares, draft.rest)
        chosen = min(sets, key=lambda nodes: (_sums([ranks[node] for node in nodes]), nodes), default=())
        draft.walk(chosen, draft.rest, self.unit)
        draft.walk(ranking, draft.rest, self.unit)  # those behind the budget, and what no service took together
        return able[self.search_nodes :]


def _smallest_sets(nodes: Sequence[str], shares: Mapping[str, Lines], lines: Lines) -> list[tuple[str, ...]]:
    """Return the smallest sets of nodes that together have as much of some lines as all of the nodes have."""
    units = {node: {line.sku: line.quantity for line in shares[node]} for node in nodes}
    reach = {line.sku: min(line.quantity, sum(units[node].get(line.sku, 0) for node in nodes)) for line in lines}
    for size in range(1, len(nodes) + 1):
        found = [
            chosen
            for chosen in combinations(nodes, size)
            if all(sum(units[node].get(sku, 0) for node in chosen) >= count for sku, count in reach.items())
        ]
        if found:
            return found
    return []


def _sums(ranks: Sequence[Ranks]) -> Ranks:
    """Return for each rule on how many nodes it abstains and the sum of its ranks of the others."""
    return tuple(
        (sum(abstains for abstains, _ in said), fsum(rank for _, rank in said)) for said in zip(*ranks, strict=True)
    )
