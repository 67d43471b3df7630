"""The one-page memo of a pilot in Markdown."""

from __future__ import annotations

from collections.abc import Sequence

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

RAILS = ("Guardrail", "Today", "Pilot", "Worse by (interval)", "At most", "State")


def pilot_memo(answer: PilotAnswer) -> str:
    """Return the memo: decision, money, guardrails, what to watch, when to stop."""
    weeks = ("Each week between", *(f"week {week}" for week in range(1, FIRST_WEEKS + 1)))
    parts = [
        f"# {headline(answer)}",
        "\n".join(f"- {fact}" for fact in facts(answer)),
        "## Payback\n\n" + _table(("", ""), payback_rows(answer.verdict.payback)),
        "## Guardrails\n\n" + _table(RAILS, guardrail_rows(answer.verdict)),
        "## Watch in the first weeks\n\n" + _table(weeks, watch_rows(answer.watched)),
    ]
    if answer.kills:
        parts.append("## Stop the live pilot\n\n" + _table(("When", "False alarms"), kill_rows(answer.kills)))
    parts.append(f"Run it again: `{answer.command}`")
    return "\n\n".join(parts) + "\n"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |" for line in lines)
