"""Where to build: the screening and the short list, for the terminal and as a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from twin.config.study import StudyConfig
from twin.experiments.replication import Design
from twin.experiments.results import primary_of
from twin.experiments.selection import Selection, Standing
from twin.experiments.siting import Shortlist, Siting
from twin.report import numbers, palette
from twin.report.markup import Html, items, join, svg, tag
from twin.report.rows import page_rows, text_rows
from twin.report.selection_text import selection_text
from twin.report.story_page import document, finding_section
from twin.report.strips import line
from twin.report.words import capitalized, in_words, listed

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760.0, 300.0, 64.0, 740.0, 24.0, 252.0
TICKS = 4
QUIET = {"font_size": "11", "fill": palette.INK_3}
CURVE = (
    "The cheapest set of each number of nodes by the screening, solved exactly: what an order costs with the charge "
    "for lateness (line) and without it (gray), and what the short list costs simulated (blue). The screening adds up "
    "what grows with an order and what a node costs before its first; it knows no queues, stock-outs, splits or safety "
    "stock."
)
RACED = (
    "The short list, each node made as large as the orders it is to ship need, against the nodes of today in the "
    "same world, replication by replication until the best is known. Beside it what the screening expected."
)
BY_NUMBER = ("nodes", "cost an order", "charged for lateness", "there in {days} days")
SIMULATED = ("design", "outcome", "runs", "screened", "simulated")


@dataclass(frozen=True, slots=True)
class SitingAnswer:
    """What is known before anything is simulated: `designs` are that of today and the short list, in its order."""

    study: StudyConfig
    shortlist: Shortlist
    designs: Sequence[Design]
    quick_days: int
    useless: Mapping[str, str]
    command: str


def siting_text(answer: SitingAnswer) -> str:
    """Return the screening for the terminal."""
    parts = [text_rows(_by_number_head(answer), _by_number(answer))]
    parts += [f"{share} of the orders count nowhere: no candidate ships them whole" for share in _left_out(answer)]
    parts += [f"{name} is no candidate: {why}" for name, why in answer.useless.items()]
    tried = [design.name for design in answer.designs[1:]]
    parts.append(f"To be simulated against {answer.designs[0].name}: {listed(tried)}.\n")
    return "\n\n".join(parts)


def headline(answer: SitingAnswer, found: Selection) -> str:
    """Say which nodes to open."""
    if found.winner is None:
        return f"Not decided: {in_words(len(found.left))} designs are still in the race."
    if found.winner == answer.designs[0].name:
        return "Build nothing: no design of the short list beats the nodes of today."
    return f"Open {_titles(_sitings(answer)[found.winner])}."


def siting_page(answer: SitingAnswer, found: Selection) -> str:
    """Return the whole page."""
    measure = primary_of(answer.study)
    memo = tag(
        "section",
        tag("p", answer.study.question, class_="question"),
        tag("h1", headline(answer, found)),
        tag("p", selection_text(found, measure).partition("\n")[0], class_="sub-verdict"),
        class_="memo",
    )
    curve = join([_drawing(answer, found), page_rows(_by_number_head(answer), _by_number(answer))])
    parts: list[tuple[str, str, Html]] = [
        ("How many nodes", CURVE, curve),
        ("The short list, simulated", RACED, page_rows(SIMULATED, _simulated(answer, found))),
        ("Each design alone", "How large its nodes are, and what to run to see it by itself.", items(_alone(answer))),
    ]
    left_out = [f"{share} of the orders: no candidate ships them whole." for share in _left_out(answer)]
    apart = [*left_out, *(f"{_title(name)}: {why}." for name, why in answer.useless.items())]
    if apart:
        parts.append(("Not screened", "What the screening leaves aside.", items(apart)))
    sections = [finding_section(number, *part) for number, part in enumerate(parts, start=1)]
    header = tag("header", tag("b", "Where to build"), tag("span", answer.study.title), class_="header")
    body = tag("main", header, memo, *sections, tag("footer", tag("code", answer.command)), class_="column story-page")
    return document(f"Where to build: {answer.study.title}", body)


def _by_number_head(answer: SitingAnswer) -> list[str]:
    return [word.format(days=in_words(answer.quick_days)) for word in BY_NUMBER]


def _by_number(answer: SitingAnswer) -> list[tuple[str, ...]]:
    return [
        (f"{len(one.nodes)}: {_titles(one)}", numbers.usd(one.usd_per_order), numbers.usd(one.late_usd),
         numbers.share(one.quick, 0))
        for one in answer.shortlist.by_number
    ]  # fmt: skip


def _simulated(answer: SitingAnswer, found: Selection) -> list[tuple[str, ...]]:
    sitings = _sitings(answer)
    return [_row(answer, one, found, sitings.get(one.design)) for one in found.standings]


def _row(answer: SitingAnswer, one: Standing, found: Selection, siting: Siting | None) -> tuple[str, ...]:
    name = capitalized(one.design) if siting is None else _titles(siting)
    outcome = "out" if not one.is_left else "selected" if one.design == found.winner else "left"
    level = numbers.level(one.mean, primary_of(answer.study).unit)
    return name, outcome, str(one.runs), "" if siting is None else numbers.usd(siting.usd_per_order), level


def _alone(answer: SitingAnswer) -> list[Html]:
    """Return for each design how many orders its nodes are made for, and what runs it by itself."""
    found = [tag("span", f"{capitalized(answer.designs[0].name)}: ", tag("code", answer.designs[0].command))]
    for design, siting in zip(answer.designs[1:], answer.shortlist.chosen, strict=True):
        made = zip(siting.nodes, siting.orders_per_day, strict=True)
        orders = ", ".join(f"{_title(node)} {count:,.0f}" for node, count in made)
        found.append(tag("span", f"{orders} orders a day: ", tag("code", design.command)))
    return found


def _sitings(answer: SitingAnswer) -> dict[str, Siting]:
    return {design.name: one for design, one in zip(answer.designs[1:], answer.shortlist.chosen, strict=True)}


def _left_out(answer: SitingAnswer) -> list[str]:
    return [numbers.share(answer.shortlist.left_out)] if answer.shortlist.left_out else []


def _titles(siting: Siting) -> str:
    return listed([_title(node) for node in siting.nodes])


def _title(node: str) -> str:
    return node.replace("_", " ").title()


def _drawing(answer: SitingAnswer, selection: Selection) -> Html:
    """Draw cost by number of nodes: a line with lateness, gray dots without, blue ones as simulated."""
    found, sitings = answer.shortlist.by_number, _sitings(answer)
    numbers_of_nodes = [len(one.nodes) for one in found]
    simulated = [(len(sitings[one.design].nodes), one.mean) for one in selection.standings if one.design in sitings]
    known = [usd for one in found for usd in (one.usd_per_order, one.charged_usd)] + [usd for _, usd in simulated]
    low, high = min(known), max(*known, min(known) + 1.0)

    def y(usd: float) -> float:
        return BOTTOM - (BOTTOM - TOP) * (usd - low) / (high - low)

    def x(nodes: int) -> float:
        return LEFT + (RIGHT - LEFT) * (numbers_of_nodes.index(nodes) + 0.5) / len(found)

    drawn = []
    for tick in range(TICKS + 1):
        usd = low + (high - low) * tick / TICKS
        drawn.append(line((LEFT, y(usd), RIGHT, y(usd)), palette.GRID, 1))
        drawn.append(tag("text", numbers.usd(usd), x="0", y=f"{y(usd) + 4:g}", **QUIET))
    for one, after in pairwise(found):
        ends = (x(len(one.nodes)), y(one.charged_usd), x(len(after.nodes)), y(after.charged_usd))
        drawn.append(line(ends, palette.ACCENT, 2))
    for one in found:
        at = x(len(one.nodes))
        drawn.append(_dot(at, y(one.usd_per_order), palette.OTHER))
        drawn.append(tag("text", str(len(one.nodes)), x=f"{at - 3:.1f}", y=f"{BOTTOM + 20:g}", **QUIET))
    drawn += [_dot(x(nodes), y(usd), palette.ACCENT) for nodes, usd in simulated]
    drawn.append(tag("text", "nodes", x=f"{LEFT:g}", y=f"{BOTTOM + 38:g}", **QUIET))
    return svg(WIDTH, HEIGHT, *drawn)


def _dot(x: float, y: float, color: str) -> Html:
    return tag("circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r="4", fill=color)
