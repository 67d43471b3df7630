"""The page of a pilot: the memo, and its ramp week by week."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from twin.analytics.ramp import WATCHED
from twin.experiments.pilot import Decision
from twin.experiments.pilot_watch import Watched
from twin.report import palette
from twin.report.markup import Html, svg, tag
from twin.report.pilot_memo import RAILS
from twin.report.pilot_words import (
    FIRST_WEEKS,
    PilotAnswer,
    facts,
    guardrail_rows,
    headline,
    kill_rows,
    payback_rows,
    watch_rows,
)
from twin.report.story_page import document, finding_section
from twin.report.strips import line
from twin.report.words import capitalized

WIDTH, HEIGHT, BASE, TOP, RIGHT = 280.0, 124.0, 104.0, 16.0, 272.0
INK = {"font_size": "11", "fill": palette.INK_3}
PAYBACK = "Months count from the launch; the ramp's own cost is part of what has to come back."
RAMP = (
    "The mean over all runs and, as a band, the limits within which 95 of 100 good weeks lie; dashed, the network of "
    "today. A live week outside the band is worth a question, two running are worth a stop."
)
WATCH = "The same limits in numbers, for the wall of the control room."
KILL = "Written before the run. All simulated pilots are good ones; this share of them would have been stopped."


def pilot_page(answer: PilotAnswer) -> str:
    """Return the whole page."""
    memo = tag(
        "section",
        tag("p", answer.question, class_="question"),
        tag("h1", headline(answer), class_=_look(answer.verdict.decision)),
        *(tag("p", fact, class_="sub-verdict") for fact in facts(answer)),
        class_="memo",
    )
    weeks = ("", *(f"week {week}" for week in range(1, FIRST_WEEKS + 1)))
    parts = [
        ("Payback", PAYBACK, _table(("", ""), payback_rows(answer.verdict.payback))),
        ("Guardrails", "What must not get worse by more than the terms allow; a minus is an improvement.",
         _table(RAILS, guardrail_rows(answer.verdict))),
        ("The ramp, week by week", RAMP, tag("div", *map(_panel, answer.watched), class_="panels")),
        ("What to watch in the first weeks", WATCH, _table(weeks, watch_rows(answer.watched))),
    ]  # fmt: skip
    if answer.kills:
        parts.append(("When to stop", KILL, _table(("When", "False alarms"), kill_rows(answer.kills))))
    sections = [finding_section(number, *part) for number, part in enumerate(parts, start=1)]
    header = tag("header", tag("b", "Pilot"), tag("span", answer.terms.title), class_="header")
    rerun = tag("footer", tag("code", answer.command))
    body = tag("main", header, memo, *sections, rerun, class_="column story-page")
    return document(f"Pilot: {answer.terms.title}", body)


def _look(decision: Decision) -> str:
    return {Decision.GO: "better", Decision.NO_GO: "worse"}.get(decision, "quiet")


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Html:
    heads = [tag("th", word or tag("span", "What", class_="unseen"), scope="col") for word in head]
    cells = [[tag("td", cell, class_="number") for cell in row[1:]] for row in rows]
    found = [tag("tr", tag("th", row[0], scope="row"), *rest) for row, rest in zip(rows, cells, strict=True)]
    table = tag("table", tag("thead", tag("tr", *heads)), tag("tbody", *found), class_="confusion")
    return tag("div", table, class_="scroll", tabindex="0", role="region", aria_label=rows[0][0] if rows else "Nothing")


def _panel(one: Watched) -> Html:
    """Draw one measure by week with its limits."""
    known = [value for values in (one.low, one.high, one.mean, one.before or ()) for value in values if isfinite(value)]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    if high - low < 1e-9:  # noqa: PLR2004  (a flat line needs some height)
        low, high = low - 0.01, high + 0.01
    weeks = len(one.mean)

    def place(week: int, value: float) -> str:
        return f"{(week + 0.5) / weeks * RIGHT:.1f},{BASE - (BASE - TOP) * (value - low) / (high - low):.1f}"

    def points(values: Sequence[float]) -> list[str]:
        return [place(week, value) for week, value in enumerate(values) if isfinite(value)]

    band = " ".join([*points(one.high), *reversed(points(one.low))])
    drawn = [tag("polygon", points=band, fill=palette.ACCENT_BAND, fill_opacity="0.7")]
    if one.before is not None:
        drawn.append(tag("polyline", points=" ".join(points(one.before)), fill="none", stroke=palette.GHOST,
                         stroke_width="1.3", stroke_dasharray="3 3"))  # fmt: skip
    drawn.append(
        tag("polyline", points=" ".join(points(one.mean)), fill="none", stroke=palette.ACCENT, stroke_width="1.7")
    )
    drawn += [line((0, BASE, RIGHT, BASE), palette.AXIS, 1), tag("text", f"{high:.0%}", x="0", y=f"{TOP - 4:g}", **INK),
              tag("text", f"{low:.0%}", x="0", y=f"{BASE - 3:g}", **INK)]  # fmt: skip
    drawn += [
        tag("text", f"week {week + 1}" if week == 0 else str(week + 1), x=f"{week / weeks * RIGHT:.1f}", y="119", **INK)
        for week in range(0, weeks, 2)
    ]
    caption = tag("figcaption", tag("b", capitalized(one.measure.replace("_", " "))), tag("span", WATCHED[one.measure]))
    return tag("figure", caption, svg(WIDTH, HEIGHT, *drawn))
