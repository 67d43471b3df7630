"""The routing of one order as text for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from twin.experiments.stories import Told
from twin.policies.routing.story import NodeStory, Story
from twin.report.story_words import TITLES, against_promise, headline, lines_words, promise, shown_way, usd

HEADS = ("node", "decision", "stock to promise", "backlog", "best way", "total", "arrives")
RIGHT = frozenset({"backlog", "total"})


def story_text(told: Sequence[Told]) -> str:
    """Return every decision on an order, the first one first: its sentence and a line for each node."""
    return "\n\n".join("\n".join(_take(one, of=len(told))) for one in told)


def _take(told: Told, of: int) -> Iterator[str]:
    if of > 1:
        yield f"Decision {told.attempt} of {of}, {told.hours_later:.1f} h after the first:"
    yield headline(told.story)
    if told.story.plan:
        yield promise(told.story)
    yield ""
    yield from _table(told.story)


def _table(story: Story) -> Iterator[str]:
    rows = [HEADS, *(_row(story, one) for one in story.nodes)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADS))]
    for row in rows:
        cells = [
            cell.rjust(width) if head in RIGHT else cell.ljust(width)
            for cell, width, head in zip(row, widths, HEADS, strict=True)
        ]
        yield f"  {'  '.join(cells)}".rstrip()


def _row(story: Story, one: NodeStory) -> tuple[str, ...]:
    way = shown_way(story, one)
    stock = ", ".join(f"{min(part.available, part.wanted)} of {part.wanted} {part.sku}" for part in one.stock)
    decision = "chosen" if one.reason is None else TITLES[one.reason].lower()
    if way is None:
        return (one.node, decision, stock, f"{one.backlog_hours:.1f} h", "no service", "", "")
    whole = way.lines == story.order.lines
    what = lines_words(way.lines) if not whole else "all of it" if one.can_send == way.lines else "if it had it"
    arrives = against_promise(way.late_hours)
    return (
        one.node,
        decision,
        stock,
        f"{one.backlog_hours:.1f} h",
        f"{way.service}, {what}",
        usd(way.total_usd),
        arrives,
    )
