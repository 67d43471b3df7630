"""After order routing in HotWax Commerce: routings for batches of orders, each a ladder of inventory rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, Literal

from msgspec import Struct

from twin.domain.orders import Lines, Order, OrderLine, without
from twin.policies.decision import Decision, Reason
from twin.policies.routing.choices import INFINITE, CommitUnit, StockBasis, Threshold, Tie, passes, tie_order
from twin.policies.routing.names import CategoryNames, ChannelNames, NodeNames, ServiceLevelNames
from twin.policies.routing.rules import Draft, refuse_other_than
from twin.policies.view import NetworkView

Sort = Literal["distance", "stock", "orders_left", "priority", "sequence"]
Unlocated = Literal["first", "last", "exclude"]
"""As everywhere, and `first`: an unknown distance counts as none."""
Assignment = Literal["single", "multi"]
Then = Literal["next_rule", "queue"]
FILTERS = (
    Reason.OUTSIDE_GROUP,
    Reason.BEYOND_MAX_DISTANCE,
    Reason.ORDER_LIMIT,
    Reason.BELOW_MIN_STOCK,
    Reason.INCOMPLETE_FOR_SINGLE,
    Reason.GROUP_SPLIT_FORBIDDEN,
    Reason.BELOW_SPLIT_VALUE,
)
"""What keeps nodes out of a rule, in the order in which it is looked at."""


class InventoryRule(Struct, frozen=True, forbid_unknown_fields=True):
    """Which nodes may take what is left of an order, who comes first, and what happens to the items nobody takes.

    Filters. `groups` and `except_groups` are names of groups, kinds or nodes. `max_miles` is within reach itself
    unless `max_miles_threshold` is `more_than`. Nodes with no more than `keep_orders` orders left today are passed
    over. Of each product a node must have `min_stock`, a condition only: what it has beyond that or below may all be
    taken. Where several nodes share an order, neither what a node sends nor what then remains may be worth less than
    `min_shipment_value_usd`. Lines of one of the product categories `keep_together` go from one node or stay, and
    with `complete_only` the rule takes nothing unless it can place everything.

    Order. Nodes stand by the keys of `sort` in turn; `sequence` is a list of names, those not named last. Then come,
    as in the original, nodes with more lines in full and those with more stock of the order's products.

    Assignment. `single`: the first node that has everything takes it, or nobody does. `multi`: node after node takes
    what it has, by `unit`; null is the original's, whole lines where `min_stock` is asked, else unit by unit. What
    is left goes to the next rule, or with `then: queue` waits at once.
    """

    name: str = ""
    groups: NodeNames = ()
    except_groups: NodeNames = ()
    max_miles: float | None = None
    max_miles_threshold: Threshold = "at_least"
    unlocated: Unlocated = "first"
    keep_orders: int = 1
    min_stock: int | None = None
    threshold: Threshold = "at_least"
    basis: StockBasis = "available_to_promise"
    min_shipment_value_usd: float = 0.0
    keep_together: CategoryNames = ()
    complete_only: bool = False
    sort: tuple[Sort, ...] = ("distance",)
    sequence: NodeNames = ()
    assignment: Assignment = "single"
    unit: CommitUnit | None = None
    then: Then = "next_rule"

    def __post_init__(self) -> None:
        limits = (self.max_miles or 0.0, self.min_stock or 0, self.keep_orders, self.min_shipment_value_usd)
        if not all(isfinite(limit) and limit >= 0 for limit in limits):
            raise ValueError(
                "max_miles, min_stock, keep_orders and min_shipment_value_usd must be finite and not negative, "
                f"got {', '.join(map(str, limits))}"
            )
        if "sequence" in self.sort and not self.sequence:
            raise ValueError("a rule that sorts by sequence must give the sequence, a list of names")
        self._refuse_unknown_choices()

    def place(self, lines: Lines, draft: Draft, ties: Tie) -> Lines:
        """Let nodes send what they may of some lines; return what is left of them."""
        trial = draft.copy() if self.complete_only else draft
        left = self._placed(lines, trial, ties)
        if self.complete_only and left:
            return lines
        draft.become(trial)
        return left

    def keeps_out(self, node: str, lines: Lines, draft: Draft) -> Reason | None:
        """Return which filter keeps a node from sending something of some lines."""
        out = self._closed_to(node, draft)
        if out is not None:
            return out
        single, stocked = self.assignment == "single", self._stocked(node, lines, draft)
        if not stocked or (single and stocked != lines):
            return Reason.BELOW_MIN_STOCK
        share = self._share(node, lines, draft)
        if single:
            return None if share == lines else Reason.INCOMPLETE_FOR_SINGLE
        if not share:
            return Reason.GROUP_SPLIT_FORBIDDEN
        return None if self._is_worth_it(node, share, lines, draft) else Reason.BELOW_SPLIT_VALUE

    def _placed(self, lines: Lines, draft: Draft, ties: Tie) -> Lines:
        left = lines
        for node in self._ranking(lines, draft, ties):
            if not left:
                break
            share = self._share(node, left, draft)
            if share and self._is_worth_it(node, share, left, draft) and draft.take(node, share):
                left = without(left, share)
        return left

    def _ranking(self, lines: Lines, draft: Draft, ties: Tie) -> list[str]:
        """Return the nodes that the rule lets in and that have something, or everything, in the order of `sort`."""

        def key(node: str) -> tuple[Any, ...]:
            stock = sum(draft.stock(self.basis, node, line.sku) for line in lines)
            in_full = sum(line in lines for line in shares[node])
            return (*(self._place_by(sort, node, stock, draft) for sort in self.sort), -in_full, -stock)

        equals = tie_order(ties, draft.order, draft.network)
        let_in = (node for node in equals if self._closed_to(node, draft) is None)
        shares = {node: share for node in let_in if (share := self._share(node, lines, draft))}
        enough = (node for node in shares if self.assignment == "multi" or shares[node] == lines)
        return sorted(enough, key=key)

    def _place_by(self, sort: Sort, node: str, stock: int, draft: Draft) -> float:
        if sort == "distance":
            return self._miles(node, draft)
        if sort == "stock":
            return -stock
        if sort == "orders_left":
            return -draft.network.orders_left(node)
        if sort == "priority":
            return draft.network.nodes[node].priority
        return self.sequence.index(node) if node in self.sequence else len(self.sequence)

    def _closed_to(self, node: str, draft: Draft) -> Reason | None:
        """Return which filter on nodes keeps a node out, whatever it has."""
        found = draft.network.nodes[node]
        if (self.groups and not found.is_in(self.groups)) or found.is_in(self.except_groups):
            return Reason.OUTSIDE_GROUP
        miles = self._miles(node, draft)
        too_far = self.max_miles is not None and not passes(self.max_miles, miles, self.max_miles_threshold)
        if too_far or (miles == INFINITE and self.unlocated == "exclude"):
            return Reason.BEYOND_MAX_DISTANCE
        full = not draft.uses(node) and draft.network.orders_left(node) <= self.keep_orders
        return Reason.ORDER_LIMIT if full else None

    def _miles(self, node: str, draft: Draft) -> float:
        miles = draft.network.miles(node, draft.order.destination)
        return 0.0 if miles == INFINITE and self.unlocated == "first" else miles

    def _stocked(self, node: str, lines: Lines, draft: Draft) -> Lines:
        """Return the lines of whose product a node has enough stock for the rule."""
        if self.min_stock is None:
            return lines
        return tuple(
            line for line in lines if passes(draft.stock(self.basis, node, line.sku), self.min_stock, self.threshold)
        )

    def _share(self, node: str, lines: Lines, draft: Draft) -> Lines:
        """Return what a node may take of some lines, what stays together being together."""
        unit = self.unit or ("unit" if self.min_stock is None else "line")
        if unit == "order":
            whole = self._stocked(node, lines, draft) == lines
            return draft.share(node, lines, "order") if whole else ()
        share = draft.share(node, self._stocked(node, lines, draft), unit)
        if not self.keep_together:
            return share
        torn = {self._category(line, draft) for line in without(lines, share)} & {*self.keep_together}
        return tuple(line for line in share if self._category(line, draft) not in torn)

    def _is_worth_it(self, node: str, share: Lines, lines: Lines, draft: Draft) -> bool:
        """Answer whether what a node would send and what would remain are both worth a shipment, where both exist."""
        rest = without(lines, share)
        if not rest:
            return True
        sent = _value_usd((*draft.sent_by(node), *share), draft.network)
        return min(sent, _value_usd(rest, draft.network)) >= self.min_shipment_value_usd

    def _category(self, line: OrderLine, draft: Draft) -> str:
        return draft.network.products[line.sku].category

    def _refuse_unknown_choices(self) -> None:
        refuse_other_than(Threshold, max_miles_threshold=self.max_miles_threshold, threshold=self.threshold)
        refuse_other_than(Unlocated, unlocated=self.unlocated)
        refuse_other_than(StockBasis, basis=self.basis)
        refuse_other_than(Assignment, assignment=self.assignment)
        refuse_other_than(CommitUnit, unit=self.unit or "unit")
        refuse_other_than(Then, then=self.then)
        for sort in self.sort:
            refuse_other_than(Sort, sort=sort)


class Routing(Struct, frozen=True, forbid_unknown_fields=True):
    """Which orders go down a ladder of rules: those that pass every filter; an empty filter lets all pass.

    An order has a category where one of its lines has it. `promised_within_hours` counts from now and is within
    itself; `promised_after_hours` is not. `line_by_line` decides each line alone; null is the original's, which does
    so where it filters by promise.
    """

    rules: tuple[InventoryRule, ...]
    name: str = ""
    service_levels: ServiceLevelNames = ()
    except_service_levels: ServiceLevelNames = ()
    channels: ChannelNames = ()
    except_channels: ChannelNames = ()
    categories: CategoryNames = ()
    except_categories: CategoryNames = ()
    promised_within_hours: float | None = None
    promised_after_hours: float | None = None
    line_by_line: bool | None = None

    def __post_init__(self) -> None:
        if not self.rules:
            raise ValueError(f"routing {self.name!r} needs at least one rule")

    def admits(self, order: Order, lines: Lines, network: NetworkView) -> bool:
        """Answer whether what is left of an order goes down this ladder."""
        categories = [network.products[line.sku].category for line in lines]
        return (
            _passes(order.service_level, self.service_levels, self.except_service_levels)
            and _passes(order.channel, self.channels, self.except_channels)
            and any(_passes(category, self.categories, self.except_categories) for category in categories)
            and self._is_promised_then(order.promised_by - network.now_hours)
        )

    def parts(self, lines: Lines) -> Sequence[Lines]:
        """Return what goes down the ladder in one piece."""
        by_promise = self.promised_within_hours is not None or self.promised_after_hours is not None
        singly = by_promise if self.line_by_line is None else self.line_by_line
        return [(line,) for line in lines] if singly else [lines]

    def _is_promised_then(self, hours: float) -> bool:
        soon = self.promised_within_hours is None or hours <= self.promised_within_hours
        return soon and (self.promised_after_hours is None or hours > self.promised_after_hours)


def _passes(name: str, named: Sequence[str], excepted: Sequence[str]) -> bool:
    return (not named or name in named) and name not in excepted


def _value_usd(lines: Lines, network: NetworkView) -> float:
    return sum(network.products[line.sku].price_usd * line.quantity for line in lines)


NEAR_MILES = 100.0
ALL_ORDERS = Routing(
    name="all orders",
    rules=(
        InventoryRule(name="one node nearby", max_miles=NEAR_MILES),
        InventoryRule(name="several nodes nearby", max_miles=NEAR_MILES, assignment="multi"),
        InventoryRule(name="one node anywhere"),
        InventoryRule(name="several nodes anywhere", assignment="multi", keep_orders=0),
    ),
)
"""The ladder that HotWax proposes to weigh the distance against the number of shipments."""


@dataclass(frozen=True, slots=True)
class RuleFallthrough:
    """Send an order down the ladders of rules it belongs to; what a rule leaves falls through to the next one.

    Items fall through, not orders: what a rule places stays placed. An order goes down every routing that lets it in,
    one after the other, with what is left of it, until nothing is left or a rule sends the rest to the queue. A node
    that several rules take sends one shipment.

    As in the original a node whose position is not known counts as being at the customer's door (`unlocated: first`),
    and its check of order limits stops one order short of the limit (`keep_orders: 1`); a rule can switch that off,
    but not the limit itself. Unlike in the original a rule for single nodes passes over a node that has the stock
    asked but not the units ordered, where the original takes nobody. Queues, dates of automatic cancellation and the
    order of a batch are matters of order management.
    """

    routings: tuple[Routing, ...] = (ALL_ORDERS,)
    ties: Tie = "name"

    def __post_init__(self) -> None:
        if not self.routings:
            raise ValueError("routings must hold at least one routing")
        refuse_other_than(Tie, ties=self.ties)

    def decide(self, order: Order, network: NetworkView) -> Decision:
        """Let each rule in turn place what it can of what remains."""
        draft, left = Draft(order, network), order.lines
        for routing in self.routings:
            if left and routing.admits(order, left, network):
                left = tuple(line for part in routing.parts(left) for line in self._fall(part, routing, draft))
        return draft.decision()

    def why_not(self, node: str, order: Order, network: NetworkView) -> Reason | None:
        """Return which filter keeps a node out of every rule; of several the one of the rule that it got farthest in.

        A node of an order that no routing lets in is OUTSIDE_GROUP.
        """
        draft, farthest = Draft(order, network), Reason.OUTSIDE_GROUP
        for routing in self.routings:
            for rule in routing.rules if routing.admits(order, order.lines, network) else ():
                reason = rule.keeps_out(node, order.lines, draft)
                if reason is None:
                    return None
                farthest = max(farthest, reason, key=FILTERS.index)
        return farthest

    def _fall(self, lines: Lines, routing: Routing, draft: Draft) -> Lines:
        """Place some lines by one rule after the other; return what the next routing may try."""
        for rule in routing.rules:
            if not lines:
                break
            lines = rule.place(lines, draft, self.ties)
            if rule.then == "queue":
                return ()
        return lines
