"""The page: header, memo, sections and everything they need, in one file that asks nobody for anything."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files

import pandas as pd
from plotly.offline import get_plotlyjs

from twin.report.figures import Drawn, as_json
from twin.report.markup import Html, join, tag
from twin.report.template import WIDE_PX


@dataclass(frozen=True, slots=True)
class Section:
    """One finding: its heading, what is drawn under it, and the numbers behind it."""

    anchor: str
    finding: str
    lede: str
    body: Html
    note: str = ""
    figures: Mapping[str, Drawn] = field(default_factory=dict)
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    live: bool = False


def figure(name: str, finding: str, print_px: int = WIDE_PX, *, identity: str | None = None) -> Html:
    """Return the place where a figure is drawn; readers who cannot see it hear its finding."""
    return tag(
        "div",
        id=identity,
        class_="figure",
        role="img",
        aria_label=finding,
        data_figure=name,
        data_print_width=print_px,
    )


def missing(words: str) -> Html:
    """Return the one line that stands where a figure cannot be drawn."""
    return tag("p", words, class_="missing")


def csv_links(names: Sequence[str]) -> Html:
    """Return links to the tables of a figure."""
    return join([tag("a", f"{name}.csv", href=f"csv/{name}.csv") for name in names], " ")


def _section(number: int, section: Section) -> Html:
    text = tag(
        "span",
        section.finding,
        class_="text",
        id=f"{section.anchor}-finding",
        aria_live="polite" if section.live else None,
    )
    heading = tag("h2", tag("span", str(number), class_="place"), text)
    parts = [heading]
    if section.lede:
        parts.append(tag("p", section.lede, class_="lede"))
    parts.append(section.body)
    words = [section.note] if section.note else []
    if section.tables:
        words.append(csv_links(list(section.tables)))
    if words:
        parts.append(tag("p", join(words, " "), class_="note"))
    return tag("section", *parts, class_="finding", id=section.anchor)


def page(title: str, header: Html, memo: Html, sections: Sequence[Section], footer: Html) -> str:
    """Return the whole page."""
    figures = {name: drawn for section in sections for name, drawn in section.figures.items()}
    plotly, drawing = get_plotlyjs(), _asset("page.js")
    body = [
        tag("a", "Skip to the verdict", class_="skip", href="#memo"),
        tag(
            "main",
            header,
            memo,
            *(_section(number, section) for number, section in enumerate(sections, start=1)),
            footer,
            class_="column",
        ),
        tag("script", Html(as_json(figures)), type="application/json", id="figures"),
        tag("script", Html(plotly)),
        tag("script", Html(drawing)),
    ]
    head = [
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_policy(plotly, drawing)),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", title),
        tag("style", Html(_asset("page.css"))),
    ]
    document = tag("html", tag("head", *head), "\n", tag("body", *body), lang="en")
    return f"<!doctype html>\n{document}\n"


def _policy(*scripts: str) -> str:
    """Forbid every request and every script but our own two, whatever a name in the data may contain."""
    digests = " ".join(f"'sha256-{_digest(script)}'" for script in scripts)
    return (
        f"default-src 'none'; script-src {digests}; style-src 'unsafe-inline'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _asset(name: str) -> str:
    return files("twin.report").joinpath("assets", name).read_text(encoding="utf-8")
