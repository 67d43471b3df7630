"""What shadow mode found, drawn: how large the regret is, and who would have shipped instead of whom.

Both are tables of HTML, so that they print, need no script, and are read aloud as they stand.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from math import inf

import pandas as pd

from twin.calibration.shadow_findings import UNFILLED
from twin.calibration.shadow_results import Difference
from twin.report import palette
from twin.report.markup import Html, join, tag

CENT = 0.01
EDGES_USD = (0.0, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, inf)
MOST_NODES = 14
OTHERS = "other nodes"
LAST = (OTHERS, UNFILLED)
DARK_FROM = 0.6


def regret_bars(table: pd.DataFrame) -> Html:
    """Draw how many decisions that differ cost how much more or less, those of equal cost apart from real regret."""
    differ = table[table["difference"] != Difference.SAME]
    regret = differ["regret_usd"].dropna()
    rows = [(f"production {words} dearer", count, "regret") for words, count in _sizes(regret)]
    rows.append(("another plan at the same cost", int((regret.abs() < CENT).sum()), ""))
    rows += [(f"ours {words} dearer", count, "gain") for words, count in _sizes(-regret)]
    rows.append(("costs cannot be compared", len(differ) - len(regret), ""))
    most = max(count for _, count, _ in rows) or 1
    shown = [_bar(words, count, most, kind) for words, count, kind in rows if count or not kind]
    return tag("div", *shown, class_="bars")


def regret_sentence(table: pd.DataFrame) -> str:
    """Say how much of the difference is real."""
    differ = table[table["difference"] != Difference.SAME]
    if differ.empty:
        return "No decision differs"
    regret = differ["regret_usd"].dropna()
    equal, dearer = int((regret.abs() < CENT).sum()), regret[regret >= CENT]
    total = f" and would have cost ${dearer.sum():,.2f} less our way" if len(dearer) else ""
    return (
        f"Of {len(differ):,} decisions that differ, {equal:,} cost the same either way; "
        f"{len(dearer):,} were dearer in production{total}"
    )


def confusion_table(confusion: pd.DataFrame) -> Html:
    """Draw units by the node of production's plan, down, and of ours, across; the diagonal, where they agree, muted."""
    cells = _flows(confusion)
    names = sorted({node for pair in cells for node in pair}, key=lambda name: (name in LAST, name))
    most = max((count for (theirs, mine), count in cells.items() if theirs != mine), default=1)
    head = [tag("th", "Production ↓ · ours →", scope="col"), *(tag("th", name, scope="col") for name in names)]
    rows = [
        tag(
            "tr",
            tag("th", theirs, scope="row"),
            *(_cell(cells[theirs, mine], most, same=theirs == mine) for mine in names),
        )
        for theirs in names
    ]
    table = tag("table", tag("thead", tag("tr", *head)), tag("tbody", *rows), class_="confusion")
    return tag("div", table, class_="scroll", tabindex="0", role="region", aria_label="Units by node")


def confusion_sentence(confusion: pd.DataFrame) -> str:
    """Say which units would have gone elsewhere, and the largest flow among them."""
    rows = confusion.to_dict("records")
    total = sum(int(row["units"]) for row in rows)
    moved = [row for row in rows if row["production_node"] != row["our_node"]]
    if not moved:
        return f"All {total:,} units come from the same node"
    largest = min(moved, key=lambda row: (-row["units"], row["production_node"], row["our_node"]))
    return (
        f"{sum(int(row['units']) for row in moved):,} of {total:,} units would come from elsewhere, "
        f"most of them {largest['our_node']} instead of {largest['production_node']} ({int(largest['units']):,})"
    )


def bar(share: float, kind: str = "") -> Html:
    """Return a bar of some share of its column."""
    return tag("span", class_=f"bar {kind}".strip(), style=f"width:{100 * share:.2f}%")


def _sizes(regret: pd.Series) -> list[tuple[str, int]]:
    """Count amounts of at least a cent by size, the smallest last."""
    found = []
    for low, high in pairwise(EDGES_USD):
        count = int(((regret >= max(low, CENT)) & (regret < high)).sum())
        words = f"under ${high:.2f}" if not low else f"${low:.2f} and more" if high == inf else f"${low:.2f}-{high:.2f}"
        found.append((words, count))
    return found[::-1]


def _bar(words: str, count: int, most: int, kind: str) -> Html:
    track = tag("span", bar(count / most, kind) if count else Html(""))
    return join([tag("span", words), track, tag("span", f"{count:,}", class_="number")])


def _cell(units: int, most: int, *, same: bool) -> Html:
    if same:
        return tag("td", f"{units:,}", class_="same")
    if not units:
        return tag("td", "0", class_="none")
    share = units / most
    ink = "#fff" if share > DARK_FROM else palette.INK
    return tag("td", f"{units:,}", style=f"background:{palette.shade(share)};color:{ink}")


def _flows(confusion: pd.DataFrame) -> Counter[tuple[str, str]]:
    """Return units by both nodes, all but the nodes with the most units that differ under one name."""
    flows: Counter[tuple[str, str]] = Counter()
    for one in confusion.to_dict("records"):
        flows[str(one["production_node"]), str(one["our_node"])] += int(one["units"])
    moved = Counter({node: 0 for pair in flows for node in pair})
    for (theirs, mine), units in flows.items():
        if theirs != mine:
            moved.update({theirs: units, mine: units})
    kept = sorted(moved, key=lambda node: (-moved[node], node))[:MOST_NODES]
    shown: Counter[tuple[str, str]] = Counter()
    for (theirs, mine), units in flows.items():
        shown[theirs if theirs in kept else OTHERS, mine if mine in kept else OTHERS] += units
    return shown
