"""The routing of one order, explained: a sentence, the plan, and every node with its stock, work, costs and reason."""

from __future__ import annotations

from math import isfinite

from twin.policies.routing.story import NodeStory, Stock, Story, Way
from twin.report.markup import Html, bold, items, join, tag
from twin.report.story_words import (
    TITLES,
    against_promise,
    headline,
    lines_words,
    promise,
    reason_words,
    shown_way,
    usd,
)

HEADS = ("Node", "Decision", "Stock to promise", "Backlog", "Best way", "Freight", "Handling", "Boxes", "Late", "Total")
NUMBERS = frozenset({"Backlog", "Freight", "Handling", "Boxes", "Late", "Total"})
MARKED = "Production"


def order_story(story: Story) -> Html:
    """Return the whole story, without a heading above its own sentence."""
    return tag(
        "article",
        tag("h3", headline(story), class_="story-headline"),
        tag("p", promise(story), class_="story-promise") if story.plan else Html(""),
        tag("div", _order(story), _plan_block(story, "The plan"), class_="story-facts"),
        node_table(story),
        tag("p", _note(story), class_="note"),
        class_="story",
    )


def node_table(story: Story, marked: tuple[str, ...] = ()) -> Html:
    """Return the table of nodes, those of the plan first, then the cheapest; `marked` are those production chose."""
    heads = [tag("th", head, scope="col", class_="number" if head in NUMBERS else None) for head in _heads(story)]
    rows = [_row(story, one, marked=one.node in marked) for one in story.nodes]
    table = tag(
        "table",
        tag("caption", tag("span", f"Every node for order {story.order.number:,}", class_="unseen")),
        tag("thead", tag("tr", *heads)),
        tag("tbody", *rows),
        class_="story-nodes",
    )
    return tag("div", table, class_="story-scroll", tabindex="0", role="region", aria_label="Nodes")


def plan_list(story: Story) -> Html:
    """Return what each node of the plan sends, and what stays behind."""
    parts = [
        join([bold(way.node), f" sends {lines_words(way.lines)} by {way.service}: ", _cost_and_arrival(way)])
        for way in story.plan
    ]
    if story.unfilled:
        parts.append(join([bold("Unfilled"), f": {lines_words(story.unfilled)}"]))
    return items(parts, ordered=True)


def _cost_and_arrival(way: Way) -> str:
    return f"{usd(way.total_usd)}, arrives {against_promise(way.late_hours)}"


def _plan_block(story: Story, title: str) -> Html:
    """Return the plan with its total and, where the policy charges for splits, that charge."""
    words = [f"Together {usd(story.total_usd)}"] if len(story.plan) > 1 else []
    if story.splits_usd:
        words.append(f"of which {usd(story.splits_usd)} for splitting it")
    total = tag("p", f"{', '.join(words)}.", class_="quiet") if words else Html("")
    return tag("div", tag("h4", title), plan_list(story), total)


def _order(story: Story) -> Html:
    order = story.order
    left = order.promised_by - story.now_hours
    facts = {
        "Wanted": lines_words(order.lines),
        "To": f"{order.destination}, {order.channel}, {order.service_level}",
        "Promised": f"in {left:.1f} h" if left >= 0 else f"{-left:.1f} h ago",
        "Decided": f"{max(0.0, story.now_hours - order.placed_at):.1f} h after it was placed",
    }
    pairs = [join([tag("dt", name), tag("dd", value)]) for name, value in facts.items()]
    return tag("div", tag("h4", "The order"), tag("dl", *pairs))


def _heads(story: Story) -> list[str]:
    return [head for head in HEADS if head != "Late" or story.charges_late]


def _row(story: Story, one: NodeStory, *, marked: bool) -> Html:
    way = shown_way(story, one)
    cells: dict[str, Html] = {
        "Decision": _decision(story, one, marked=marked),
        "Stock to promise": join([tag("span", _stock(stock)) for stock in one.stock]),
        "Backlog": join([f"{one.backlog_hours:.1f} h", _limit(one)]),
        "Best way": _way(story, one, way),
        **_costs(way),
    }
    first = tag("th", tag("b", one.node), tag("small", _where(one)), scope="row")
    rest = [_cell(head, cells[head]) for head in _heads(story)[1:]]
    return tag("tr", first, *rest, class_="taken" if one.chosen else None)


def _cell(head: str, inside: Html) -> Html:
    return tag("td", inside, data_head=head, class_="number" if head in NUMBERS else None)


def _costs(way: Way | None) -> dict[str, Html]:
    """Return each cost term of a way; the word none where there is no way."""
    if way is None:
        return dict.fromkeys(("Freight", "Handling", "Boxes", "Late", "Total"), tag("span", "none", class_="quiet"))
    return {
        "Freight": Html(usd(way.freight_usd)),
        "Handling": Html(usd(way.handling_usd)),
        "Boxes": Html(usd(way.packaging_usd)),
        "Late": Html(usd(way.late_usd)) if way.late_usd else tag("span", "none", class_="quiet"),
        "Total": bold(usd(way.total_usd)),
    }


def _where(one: NodeStory) -> str:
    miles = f"{one.miles:,.0f} miles" if isfinite(one.miles) else "distance not known"
    return miles if one.label == one.node else f"{one.label}, {miles}"


def _limit(one: NodeStory) -> Html:
    return tag("small", f"{one.orders_left:,.0f} orders left") if isfinite(one.orders_left) else Html("")


def _decision(story: Story, one: NodeStory, *, marked: bool) -> Html:
    mark = tag("small", MARKED, class_="production") if marked else Html("")
    if one.reason is None:
        return join([tag("b", "Chosen", class_="chosen"), mark])
    words = reason_words(story, one)
    return join([tag("b", TITLES[one.reason]), tag("small", words) if words else Html(""), mark])


def _stock(stock: Stock) -> str:
    """Say how much of a line can be promised and, where the books say something else, what is there."""
    words = f"{min(stock.available, stock.wanted):,} of {stock.wanted:,} {stock.sku}"
    return words if stock.on_hand == stock.available else f"{words} ({stock.on_hand:,} on hand)"


def _way(story: Story, one: NodeStory, way: Way | None) -> Html:
    if way is None:
        return tag("span", "no service", class_="quiet")
    late = "worse" if way.late_hours > 0 else None
    when = tag("small", against_promise(way.late_hours), class_=late)
    return join([tag("span", f"{way.service}, {_how_much(story, one, way)}"), when])


def _how_much(story: Story, one: NodeStory, way: Way) -> str:
    if way.lines == story.order.lines:
        return "all of it" if one.can_send == way.lines else "if it had it"
    return lines_words(way.lines)


def _note(story: Story) -> str:
    """Say what the costs are and what they leave out."""
    late = (
        "Late is what the policy charges itself for arriving after the promise. "
        if story.charges_late
        else "The policy puts no price on arriving late. "
    )
    return (
        f"{late}Chosen nodes show what they send, others the best they could have sent; where a node had nothing to "
        "promise, the whole order if it had had it. A policy may weigh more than these costs."
    )
