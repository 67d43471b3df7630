"""The section on how single orders were routed, where a study kept their stories (study.explain=full)."""

from __future__ import annotations

from twin.experiments.stories import FILE, RULES, Rule, read_stories
from twin.report.answer import Answer
from twin.report.markup import Html, join, tag
from twin.report.order_story import order_story
from twin.report.page import Section
from twin.report.story_page import story_style

WORDS: dict[Rule, str] = {
    "whole": "A whole order from its cheapest node",
    "split": "A split order",
    "passed_over": "An order that its cheapest node could not take",
}
LEDE = (
    "The first orders of each kind that were decided in the measured days of run {run} of {design}: picked by that "
    "rule and not by hand."
)


def stories_section(answer: Answer) -> Section | None:
    """Tell up to three orders of the recommended design's first run; nothing where the study kept none."""
    found = answer.runs.folders[answer.recommended]
    first = min(found)
    stories = read_stories(found[first] / FILE)
    if not stories:
        return None
    parts = [
        join([tag("p", WORDS[rule], class_="story-rule"), order_story(stories[rule])])
        for rule in RULES
        if rule in stories
    ]
    finding = "How one order was routed" if len(parts) == 1 else f"How single orders were routed, {len(parts)} examples"
    title = answer.study.design(answer.recommended).title
    body: Html = join([story_style(), *parts])
    return Section("stories", finding, LEDE.format(run=first, design=title), body)
