"""What each node is worth: the scorecards for the terminal and as a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from twin.config.study import StudyConfig
from twin.experiments.closing import Step
from twin.experiments.node_value import COST, Advice, Change, Scorecard
from twin.experiments.shapley import Worth
from twin.report import numbers
from twin.report.markup import Html, items, join, safe, tag
from twin.report.rows import page_rows, text_rows
from twin.report.story_page import document, finding_section
from twin.report.words import in_words, listed

MINUS = "\N{MINUS SIGN}"
LOOKS = {Advice.KEEP: "better", Advice.WATCH: "quiet", Advice.CLOSE: "worse"}
CARDS = (
    "What changes when a node is closed and everything else stays, in the same world: means with intervals that hold "
    "at once in each column. Ranked by what closing saves, not by the node's own average cost."
)
RULE = (
    "Close: surely cheaper without it, surely not later by more than matters, and surely no more than a quarter of a "
    "day of service lost in a week without the largest node. Keep: one of these is surely the other way. Watch: the "
    "rest."
)
SHARED = (
    "What a node changes in cost per order in the mean over orders of opening: two nodes that stand in for each other "
    "share what leaving either out would hide."
)
PATH = "Closed one by one, each time the one that the network misses least; the change is against all nodes open."


@dataclass(frozen=True, slots=True)
class NodesAnswer:
    """Everything that is said of nodes; `kept` are those that cannot be taken away, and why."""

    study: StudyConfig
    cards: tuple[Scorecard, ...]
    kept: Mapping[str, str]
    worths: tuple[Worth, ...]
    path: tuple[Step, ...]
    command: str


def headline(answer: NodesAnswer) -> str:
    """Say which nodes to close, and which to watch."""
    by_advice = {advice: [card.node for card in answer.cards if card.advice is advice] for advice in Advice}
    close, watch = by_advice[Advice.CLOSE], by_advice[Advice.WATCH]
    said = f"Close {listed(close)}" if close else "No node is to be closed"
    if watch:
        said += f"; watch {listed(watch)}"
    kept = len(by_advice[Advice.KEEP])
    return f"{said}; keep {in_words(kept) if kept else 'none'} of {in_words(len(answer.cards))}."


def nodes_text(answer: NodesAnswer) -> str:
    """Return the scorecards as a table, and what follows."""
    parts = [headline(answer), text_rows(_head(answer), _rows(answer))]
    if answer.worths:
        parts.append(text_rows(("shapley value", "cost per order"), _worths(answer)))
    if answer.path:
        parts.append(text_rows(("close", "cost per order, all closings so far"), _path(answer)))
    parts += [f"{node} cannot be closed: {why}" for node, why in answer.kept.items()]
    return "\n\n".join(parts)


def nodes_page(answer: NodesAnswer) -> str:
    """Return the whole page."""
    memo = tag(
        "section",
        tag("p", f"Which nodes earn their place? {answer.study.title}", class_="question"),
        tag("h1", headline(answer)),
        tag("p", f"{answer.study.replications} paired runs of each network.", class_="sub-verdict"),
        class_="memo",
    )
    looks = [LOOKS[card.advice] for card in answer.cards]
    rows = [[_in_two_lines(cell) for cell in row] for row in _rows(answer)]
    parts = [("Each node left out", CARDS, page_rows(_head(answer), rows, looks)),
             ("Why", RULE, items([f"{card.node}: {card.because}." for card in answer.cards]))]  # fmt: skip
    if answer.worths:
        parts.append(("Shapley values", SHARED, page_rows(("node", "cost per order"), _worths(answer))))
    if answer.path:
        parts.append(("Closing several", PATH, page_rows(("close", "cost per order"), _path(answer))))
    if answer.kept:
        parts.append(("Not tried", "Nodes that the network cannot be without.",
                      items([f"{node}: {why}" for node, why in answer.kept.items()])))  # fmt: skip
    sections = [finding_section(number, *part) for number, part in enumerate(parts, start=1)]
    header = tag("header", tag("b", "Node by node"), tag("span", answer.study.title), class_="header")
    body = tag("main", header, memo, *sections, tag("footer", tag("code", answer.command)), class_="column story-page")
    return document(f"Nodes: {answer.study.title}", body)


def _measures(answer: NodesAnswer) -> list[str]:
    """Return the KPIs that every card has."""
    return [kpi for kpi in answer.study.measures if all(kpi in card.changes for card in answer.cards)]


def _head(answer: NodesAnswer) -> tuple[str, ...]:
    titles = [answer.study.measures[kpi].title for kpi in _measures(answer)]
    outage = ["Service lost in an outage, days"] if _has_outage(answer) else []
    return ("node", "advice", "orders a day", "used", *outage, *titles)


def _rows(answer: NodesAnswer) -> list[tuple[str, ...]]:
    units = {kpi: one.unit for kpi, one in answer.study.measures.items()}
    found = []
    for card in answer.cards:
        changes = [_change(card.changes[kpi], units[kpi]) for kpi in _measures(answer)]
        lost = [_days(card.service_lost)] if _has_outage(answer) else []
        does = (f"{card.orders_per_day:,.0f}", f"{card.utilization:.0%}")
        found.append((card.node, card.advice.value, *does, *lost, *changes))
    return found


def _has_outage(answer: NodesAnswer) -> bool:
    return any(card.service_lost is not None for card in answer.cards)


def _worths(answer: NodesAnswer) -> list[tuple[str, str]]:
    unit = answer.study.measures[COST].unit
    return [(one.node, _change(Change(one.mean, one.interval), unit)) for one in answer.worths]


def _path(answer: NodesAnswer) -> list[tuple[str, str]]:
    return [(step.node, _change(step.change, answer.study.measures[COST].unit)) for step in answer.path]


def _change(change: Change, unit: str) -> str:
    digits = numbers.digits_together(change.mean, change.interval.low, change.interval.high, unit)
    ends = numbers.interval(change.interval.low, change.interval.high, unit, digits)
    return f"{numbers.difference(change.mean, unit, digits)} ({ends})"


def _in_two_lines(cell: str) -> Html:
    """Write an interval under its mean, so that a row is no wider than the page."""
    mean, bracket, interval = cell.partition(" (")
    return join([mean, tag("br"), bracket.lstrip() + interval]) if bracket else safe(cell)


def _days(change: Change | None) -> str:
    if change is None:
        return "n/a"
    said = f"{change.mean:+.2f} ({change.interval.low:+.2f} to {change.interval.high:+.2f})"
    return said.replace("-", MINUS)
