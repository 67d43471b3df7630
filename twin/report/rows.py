"""Rows of cells, the first of which is a name: as lines for the terminal, as a table for a page."""

from __future__ import annotations

from collections.abc import Sequence

from twin.report.markup import Html, tag
from twin.report.words import capitalized


def text_rows(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return rows under a head, each column as wide as its widest cell."""
    lines = [head, *rows]
    widths = [max(len(line[at]) for line in lines) for at in range(len(head))]
    padded = [[cell.ljust(width) for cell, width in zip(line, widths, strict=True)] for line in lines]
    return "\n".join("  ".join(line).rstrip() for line in padded)


def page_rows(head: Sequence[str], rows: Sequence[Sequence[str]], looks: Sequence[str] = ()) -> Html:
    """Return a table that scrolls sideways where it must; `looks` gives each row's second cell a class."""
    heads = [tag("th", capitalized(word), scope="col") for word in head]
    found = []
    for at, row in enumerate(rows):
        look = looks[at] if looks else ""
        cells = [tag("td", cell, class_=f"number {look}" if place == 0 and look else "number")
                 for place, cell in enumerate(row[1:])]  # fmt: skip
        found.append(tag("tr", tag("th", row[0], scope="row"), *cells))
    table = tag("table", tag("thead", tag("tr", *heads)), tag("tbody", *found), class_="confusion")
    return tag("div", table, class_="scroll", tabindex="0", role="region", aria_label=capitalized(head[0]))
