"""A routing decision in words: the sentence at its head, and every reason, for pages and for the terminal alike.

Only what the picture of the network shows is said: a node is never called closed or empty unless it was.
"""

from __future__ import annotations

from math import inf, isfinite

from twin.domain.orders import Lines, units_of
from twin.policies.decision import Reason
from twin.policies.routing.story import NodeStory, Story, Way
from twin.report.words import in_words, listed

CENT = 0.005
HOURS_AS_DAYS = 72.0
PAIR = 2

TITLES = {
    Reason.NODE_DISABLED: "Not in use",
    Reason.NODE_CLOSED: "Closed",
    Reason.ORDER_LIMIT: "At its limit of orders",
    Reason.PREVIOUSLY_REJECTED: "Declined it before",
    Reason.OUTSIDE_GROUP: "Outside the groups",
    Reason.CHANNEL_NOT_ALLOWED: "Not for this channel",
    Reason.SERVICE_UNAVAILABLE: "No service goes there",
    Reason.BEYOND_MAX_DISTANCE: "Too far away",
    Reason.NO_STOCK: "No stock",
    Reason.BELOW_MIN_STOCK: "Below minimum stock",
    Reason.PROTECTED_STOCK: "Stock is protected",
    Reason.INCOMPLETE_FOR_SINGLE: "Has only a part",
    Reason.GROUP_SPLIT_FORBIDDEN: "Would split a group",
    Reason.BELOW_SPLIT_VALUE: "Part too small",
    Reason.MAX_SPLITS: "Too many shipments",
    Reason.MARGIN_FLOOR: "Too expensive",
    Reason.CANNOT_MEET_PROMISE: "Too late",
    Reason.PRUNED: "Not looked at",
    Reason.DOMINATED: "Another was better",
}
BUT_IT = {
    Reason.NODE_DISABLED: "was not in use",
    Reason.NODE_CLOSED: "was closed",
    Reason.ORDER_LIMIT: "had reached its limit of orders",
    Reason.PREVIOUSLY_REJECTED: "had declined it before",
    Reason.OUTSIDE_GROUP: "is in no group that the rules name",
    Reason.CHANNEL_NOT_ALLOWED: "does not serve the order's channel",
    Reason.SERVICE_UNAVAILABLE: "has no service that goes there",
    Reason.BEYOND_MAX_DISTANCE: "is farther away than the rules allow",
    Reason.NO_STOCK: "had none of it to promise",
    Reason.BELOW_MIN_STOCK: "had less stock than the rules ask for",
    Reason.PROTECTED_STOCK: "keeps its stock for customers of its own",
    Reason.INCOMPLETE_FOR_SINGLE: "had only a part of it",
    Reason.GROUP_SPLIT_FORBIDDEN: "could only send a part of what must stay together",
    Reason.BELOW_SPLIT_VALUE: "would have sent a part worth less than the rules ask",
    Reason.MAX_SPLITS: "would have made one shipment too many",
    Reason.MARGIN_FLOOR: "would have cost more than the rules allow",
    Reason.CANNOT_MEET_PROMISE: "would have come after the promise",
    Reason.PRUNED: "was not among those that the search looked at",
    Reason.DOMINATED: "came second by what the policy weighs besides these costs",
}


def headline(story: Story) -> str:
    """Say in one sentence who sends the order and why it is not somebody cheaper."""
    name = f"Order {story.order.number:,}"
    if not story.plan:
        return f"{name} {_not_sent(story)}."
    senders = listed(list(dict.fromkeys(way.node for way in story.plan)))
    if story.unfilled:
        left = units_of(story.unfilled)
        return f"{name} went in part from {senders}; {left:,} of its {units_of(story.order.lines):,} units wait."
    if len(story.plan) == 1:
        return f"{name} went whole from {senders} for {usd(story.total_usd)}{_whole(story, story.plan[0])}."
    return f"{name} went from {senders} {_split(story)}."


def promise(story: Story) -> str:
    """Say when the last shipment should arrive; nothing where there is none."""
    if not story.plan:
        return ""
    late = max(way.late_hours for way in story.plan)
    what = "It" if len(story.plan) == 1 else "The last shipment"
    return f"{what} should arrive {against_promise(late)}." if isfinite(late) else f"{what} is not known to arrive."


def against_promise(late_hours: float) -> str:
    """Say how long before or after its promise something arrives."""
    if not isfinite(late_hours):
        return "never"
    size = abs(late_hours)
    words = f"{size / 24:.1f} days" if size >= HOURS_AS_DAYS else f"{size:.1f} h"
    return f"{words} {'after' if late_hours > 0 else 'before'} the promise"


def usd(value: float) -> str:
    """Write dollars and cents."""
    return f"${value:,.2f}" if isfinite(value) else "without end"


def lines_words(lines: Lines) -> str:
    """Say what and how many: 2 mug, 1 lamp."""
    return ", ".join(f"{line.quantity:,} {line.sku}" for line in lines)


def reason_words(story: Story, one: NodeStory) -> str:
    """Say what a reason's title and the columns of a table leave open, nothing where they say it all."""
    if one.reason in (Reason.NO_STOCK, Reason.INCOMPLETE_FOR_SINGLE):
        return ""  # the column of the stock says it
    if one.reason is not Reason.DOMINATED or one.whole is None or not story.plan or story.unfilled:
        return "" if one.reason in (Reason.CANNOT_MEET_PROMISE, Reason.DOMINATED) else one.words
    more = one.whole.total_usd - story.total_usd
    if abs(more) < CENT:
        return "costs the same"
    return f"{usd(abs(more))} {'more' if more > 0 else 'less'} than the plan"


def shown_way(story: Story, one: NodeStory) -> Way | None:
    """Return what a node sends by the plan or, where it is not in it, its best way."""
    return next((way for way in story.plan if way.node == one.node), one.way)


def _whole(story: Story, way: Way) -> str:
    """Say how the chosen way of a whole order stands to the node that would be cheapest of all."""
    best = story.cheapest_for_all
    if best is None or best.whole is None:
        return ""
    less = way.total_usd - best.whole.total_usd
    if best.node == way.node or less < CENT:
        return ", the cheapest way there was" if less < CENT else ""
    return f"; {best.node} would have cost {usd(less)} less, but it {BUT_IT[best.reason or Reason.DOMINATED]}"


def _split(story: Story) -> str:
    able = story.can_send_all
    if able and able[0].whole is not None:
        more = story.total_usd - able[0].whole.total_usd
        cost = "the same as" if abs(more) < CENT else f"{usd(abs(more))} {'more' if more > 0 else 'less'} than"
        return f"although {able[0].node} had all of it; that cost {cost} whole from there"
    return f"because {_nobody(story)}{_more_than_the_cheapest(story)}"


def _more_than_the_cheapest(story: Story) -> str:
    best = story.cheapest_for_all
    more = -inf if best is None or best.whole is None else story.total_usd - best.whole.total_usd
    return f"; that cost {usd(more)} more than all of it from {best.node} would have" if best and more >= CENT else ""


def _nobody(story: Story) -> str:
    """Say what no node had, about closed nodes only where one of them had it."""
    if any(one.can_send == story.order.lines for one in story.nodes):
        return "no service takes all of it from a node that had it"
    shut = any(
        one.closed_because is not None and all(stock.on_hand >= stock.wanted for stock in one.stock)
        for one in story.nodes
    )
    return f"no node{' that took orders' if shut else ''} had {_wanted(story)}"


def _wanted(story: Story) -> str:
    products = len({line.sku for line in story.order.lines})
    if products == 1:
        return f"{_all(units_of(story.order.lines))} units"
    words = f"{_all(products)} products"
    some_of_each = any(all(stock.available > 0 for stock in one.stock) for one in story.nodes)
    return f"enough of {words}" if some_of_each else words


def _all(count: int) -> str:
    return "both" if count == PAIR else f"all {in_words(count)}"


def _not_sent(story: Story) -> str:
    able = [one.node for one in story.can_send_all]
    if able:
        return f"was sent by nobody although {able[0]} had all of it"
    partly = [one.node for one in story.nodes if one.can_send and one.way is not None]
    return f"waits although {partly[0]} had a part of it" if partly else "waits: no node could send any of it"
