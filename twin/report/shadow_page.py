"""The page of shadow mode: is it the same policy, what do the differences cost, and the worst orders one by one."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

from twin.calibration.shadow_files import Replayed, Shadowed
from twin.calibration.shadow_findings import regret_usd
from twin.calibration.shadow_results import Compared, Difference
from twin.calibration.shadow_summary import Change, Summary
from twin.policies.conformance import Shelf
from twin.policies.contract import DecisionMessage, decision_from, order_from
from twin.policies.routing.roles import RoutingPolicy
from twin.policies.routing.story import Story, story
from twin.report.markup import Html, bold, items, join, tag
from twin.report.order_story import node_table, plan_list
from twin.report.shadow_figures import bar, confusion_sentence, confusion_table, regret_bars, regret_sentence
from twin.report.shadow_text import CLASSES, MEASURES, verdict
from twin.report.story_page import document, finding_section
from twin.report.story_words import headline, promise, usd

Parts = tuple[str, str, Html]
"""A finding, the words under it, and what is drawn."""


def shadow_page(shadowed: Shadowed, policy: RoutingPolicy, shelf: Shelf) -> str:
    """Return the whole page; the policy and the shelf tell the worst orders again."""
    step = shadowed.one_step
    orders = f"{step.summary.decisions:,} decisions on {step.summary.orders:,} orders"
    said, _, more = verdict(step.summary).removesuffix(".").partition(". ")
    header = tag("header", tag("b", f"Shadow mode: {shadowed.policy}"), tag("span", shadowed.log), class_="header")
    memo = tag(
        "section",
        tag(
            "p",
            f"Does {shadowed.policy} decide as production did? {orders}, each on its own picture.",
            class_="question",
        ),
        tag("h1", f"{said}."),
        tag("p", more, class_="sub-verdict"),
        class_="memo",
    )
    parts = [*_findings(step), _worst(step, policy, shelf), *_rolling(shadowed.rolling)]
    sections = [finding_section(number, *part) for number, part in enumerate(parts, start=1)]
    return document(f"Shadow mode: {shadowed.policy}", tag("main", header, memo, *sections, class_="column story-page"))


def _findings(replayed: Replayed) -> Iterator[Parts]:
    found, summary = replayed.found, replayed.summary
    yield _classes_finding(summary), "", join([_classes(summary), _changes(summary)])
    words = "Dollars by the twin's own rates; only where both plans can be carried out and fill as many units."
    yield regret_sentence(found.table), words, regret_bars(found.table)
    if not found.confusion.empty:
        words = "Units by the node that shipped them in production and the one that would have for us."
        yield confusion_sentence(found.confusion), words, confusion_table(found.confusion)


def _classes_finding(summary: Summary) -> str:
    others = {one: count for one, count in summary.classes.items() if count and one is not Difference.SAME}
    if not others:
        return f"All {summary.decisions:,} decisions are the same"
    most = max(others, key=lambda one: others[one])
    total = sum(others.values())
    return f"{total:,} of {summary.decisions:,} decisions differ, {others[most]:,} of them so: {CLASSES[most]}"


def _classes(summary: Summary) -> Html:
    """Draw each class with its share, the bars of those that differ on one scale."""
    most = max([count for one, count in summary.classes.items() if one is not Difference.SAME] or [1]) or 1
    rows = [
        tag(
            "tr",
            tag("th", bold(CLASSES[one]), tag("small", str(one)), scope="row"),
            tag("td", f"{count:,}", class_="number"),
            tag("td", f"{count / summary.decisions:.2%}", class_="number"),
            tag("td", bar(count / most) if count and one is not Difference.SAME else Html(""), class_="track"),
        )
        for one, count in summary.classes.items()
    ]
    heads = [
        tag("th", "Class", scope="col"),
        tag("th", "Decisions", scope="col", class_="number"),
        tag("th", "Share", scope="col", class_="number"),
        tag("th", tag("span", "Bar", class_="unseen"), scope="col"),
    ]
    table = tag("table", tag("thead", tag("tr", *heads)), tag("tbody", *rows), class_="classes")
    return tag("div", table, class_="scroll")


def _changes(summary: Summary) -> Html:
    """Say what changes by our decisions, with intervals."""
    said = [
        f"{title}: {_change(summary.changes[name], factor, form)}"
        for name, (title, factor, form) in MEASURES.items()
        if name in summary.changes
    ]
    if not said:
        return Html("")
    return tag("p", f"Ours minus production's, per {summary.per}: {'; '.join(said)}.", class_="note")


def _change(change: Change, factor: float, form: str) -> str:
    mean, interval = f"{factor * change.mean:{form}}", change.interval
    if interval is None:
        return f"{mean} (no interval)"
    return f"{mean} ({factor * interval.low:{form}} to {factor * interval.high:{form}})"


def _worst(replayed: Replayed, policy: RoutingPolicy, shelf: Shelf) -> Parts:
    """List the worst orders; each opens with production's plan beside ours and every node."""
    worst = replayed.found.worst
    if not worst:
        return "No order to look at", "", tag("p", "Every decision is the same.", class_="missing")
    body = tag("div", *(_order(one, policy, shelf) for one in worst), class_="worst")
    lede = (
        "The highest regret first, then those whose costs cannot be compared. Regret is freight, handling and boxes; "
        "the totals inside also hold what our policy charges itself for arriving late. Open one to see why."
    )
    return f"The {len(worst):,} orders to look at first" if len(worst) > 1 else "The order to look at", lede, body


def _order(one: Compared, policy: RoutingPolicy, shelf: Shelf) -> Html:
    regret = regret_usd(one)
    cost = "not comparable" if regret is None else f"{'+' if regret > 0 else ''}${regret:,.2f}".replace("$-", "-$")
    summary = tag(
        "summary",
        tag("b", f"{one.request.order.order_number:,}"),
        tag("span", f"{_senders(one.production)} → ours {_senders(one.ours)}", class_="what"),
        tag("span", CLASSES[one.difference], class_="quiet what"),
        tag("span", cost, class_="number"),
    )
    return tag("details", summary, _beside(one, policy, shelf))


def _senders(decision: DecisionMessage) -> str:
    return " + ".join(sorted({shipment.node for shipment in decision.shipments})) or "nobody"


def _beside(one: Compared, policy: RoutingPolicy, shelf: Shelf) -> Html:
    """Return production's plan beside ours, then every node on the picture of ours."""
    theirs, ours = _told(one, one.production, policy, shelf), _told(one, one.ours, policy, shelf)
    if ours is None:
        return tag("p", "The order has no picture to tell it from.", class_="missing")
    marked = tuple(shipment.node for shipment in one.production.shipments)
    left = _as_logged(one) if theirs is None or one.said else _theirs(theirs, ours)
    right = join([tag("p", headline(ours)), plan_list(ours)])
    columns = [tag("div", tag("h4", "Production"), left), tag("div", tag("h4", "Ours"), right)]
    where = tag("p", f"Line {one.line} of the log; first difference at {one.first_key or 'nothing'}.", class_="note")
    return join([tag("div", *columns, class_="beside"), where, node_table(ours, marked)])


def _theirs(theirs: Story, ours: Story) -> Html:
    """Tell production's plan by what it does: why it was chosen is not known here."""
    total = f"Total {usd(theirs.total_usd)}"
    more = theirs.total_usd - ours.total_usd
    if isfinite(more) and not theirs.unfilled and not ours.unfilled:
        total += f", {usd(abs(more))} {'more' if more >= 0 else 'less'} than ours"
    return join([tag("p", f"{total}. {promise(theirs)}"), plan_list(theirs)])


def _as_logged(one: Compared) -> Html:
    """Return a plan that cannot be carried out as it stands in the log, and why it cannot."""
    parts = [
        f"{shipment.node} by {shipment.service}: "
        + ", ".join(f"{line.quantity:,} {line.sku}" for line in shipment.lines)
        for shipment in one.production.shipments
    ]
    return join([tag("p", one.said or "This plan cannot be carried out on its picture.", class_="worse"), items(parts)])


def _told(one: Compared, decision: DecisionMessage, policy: RoutingPolicy, shelf: Shelf) -> Story | None:
    """Tell a decision on its picture; none where there is no picture, or production's plan cannot be priced on it."""
    if one.request.snapshot is None or (decision is one.production and one.production_figures is None):
        return None
    order, view = order_from(one.request.order), shelf.view(one.request.snapshot)
    return story(order, decision_from(decision, order, view), view, policy)


def _rolling(replayed: Replayed | None) -> Iterator[Parts]:
    """Say what would have followed, where the replay went on with the stock of our decisions."""
    if replayed is None:
        return
    summary = replayed.summary
    lede = "Rolling: the same orders in turn, with the stock as our own decisions would have left it."
    finding = f"With the stock our decisions leave, {summary.agreement.rate:.1%} of orders agree"
    yield finding, lede, join([_classes(summary), _changes(summary)])
