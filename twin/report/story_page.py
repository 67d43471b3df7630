"""Stand-alone pages of words and tables: one file, no script, nothing asked of anybody."""

from __future__ import annotations

from importlib.resources import files

from twin.experiments.stories import Told
from twin.report.markup import Html, join, tag
from twin.report.order_story import order_story
from twin.report.story_words import headline

NO_SCRIPT = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def story_page(told: tuple[Told, ...], run: str) -> str:
    """Return the page of one order: its first decision, then every later one."""
    first = told[0].story
    number = f"Order {first.order.number:,}"
    header = tag("header", tag("b", f"{number}: why it was routed so"), tag("span", run), class_="header")
    parts = [_take(one, of=len(told)) for one in told]
    return document(f"{number}: {headline(first)}", tag("main", header, *parts, class_="column story-page"))


def document(title: str, body: Html) -> str:
    """Return a page with the look of the reports."""
    head = [
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=NO_SCRIPT),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", title),
        tag("style", Html(asset("page.css"))),
        story_style(),
    ]
    page = tag("html", tag("head", *head), "\n", tag("body", body), lang="en")
    return f"<!doctype html>\n{page}\n"


def finding_section(number: int, finding: str, lede: str, body: Html) -> Html:
    """Return a section of a page under what it found."""
    heading = tag("h2", tag("span", str(number), class_="place"), tag("span", finding, class_="text"))
    words = tag("p", lede, class_="lede") if lede else Html("")
    return tag("section", heading, words, body, class_="finding")


def story_style() -> Html:
    """Return the look of stories, for pages that hold one among other things."""
    return tag("style", Html(asset("story.css")))


def asset(name: str) -> str:
    """Return a file that comes with the report."""
    return files("twin.report").joinpath("assets", name).read_text(encoding="utf-8")


def _take(told: Told, of: int) -> Html:
    if of == 1:
        return order_story(told.story)
    when = "" if told.hours_later == 0 else f", {told.hours_later:.1f} h after the first"
    return join([tag("h2", f"Decision {told.attempt} of {of}{when}", class_="take"), order_story(told.story)])
