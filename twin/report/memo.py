"""The decision memo: the first screen and the first printed page, and the same as Markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import isfinite

from twin.report import numbers
from twin.report.answer import Answer
from twin.report.degraded import degraded_words
from twin.report.judgments import Judgment
from twin.report.markup import Html, bold, items, join, tag
from twin.report.reasons import Reason, drivers, risks, trust
from twin.report.sentences import sub_verdict, verdict_sentence
from twin.report.strips import strip, strip_scale
from twin.report.units import unit_words

LONG_TITLE = 22
CAPTION = "Measures of the decision, baseline against the design in focus"
NOTE = (
    "Gray band: differences too small to matter, set before the run. Scale: multiples of that threshold, logarithmic."
)


def header(answer: Answer) -> Html:
    """Return the header line."""
    return tag("header", tag("b", answer.study.title), tag("span", " · ".join(header_facts(answer))), class_="header")


def header_facts(answer: Answer) -> list[str]:
    """Return designs, runs, days and seed."""
    study = answer.study
    designs = len(study.designs)
    return [
        f"{designs} design{'' if designs == 1 else 's'}",
        answer.run_words(),
        f"{study.measured_days} days measured after {study.warmup_days} of warm-up",
        f"seed {study.seed}",
    ]


def memo(answer: Answer) -> Html:
    """Return the memo of the page."""
    judged = [j for j in answer.judgments if j.design == answer.choice.focus]
    pieces = [bold(text) if strong else text for text, strong in sub_verdict(answer)]
    parts: list[Html] = []
    if answer.study.partial:
        parts.append(tag("p", "Partial results: not all runs are finished. Do not decide on them.", class_="warning"))
    degraded = degraded_words(answer.runs)
    if degraded:
        parts.append(tag("p", degraded, class_="warning"))
    parts += [
        tag("p", answer.study.question, class_="question"),
        tag("h1", _unbroken(verdict_sentence(answer))),
        tag("p", join(pieces), class_="sub-verdict"),
        _table(answer, judged) if judged else _levels(answer),
        _reasons(answer),
    ]
    return tag("section", *parts, class_="memo", id="memo", aria_label="Decision memo", tabindex="-1")


def _unbroken(sentence: str) -> str:
    """Keep numbers and what they count on one line."""
    return re.sub(r"(\d) (?=hours?|days?|pp|more|runs)", "\\1\u00a0", sentence)


def _table(answer: Answer, judged: Sequence[Judgment]) -> Html:
    chosen = "chosen" if answer.recommended == answer.choice.focus else None
    ends = tag("span", tag("span", "← worse"), tag("span", "better →"))
    heads = (
        tag("th", "Measure", scope="col"),
        _design_head(answer.baseline.title, ""),
        _design_head(answer.focus.title, chosen or ""),
        tag("th", "Difference", scope="col", class_="number"),
        tag("th", f"{answer.study.level} CI", scope="col", class_="number"),
        tag("th", ends, scope="col", class_="ends"),
        tag("th", "Verdict", scope="col"),
    )
    return tag(
        "table",
        tag("caption", tag("span", CAPTION, class_="unseen")),
        tag("thead", tag("tr", *heads)),
        tag("tbody", *(_row(judgment, chosen=chosen) for judgment in judged)),
        _scale() if any(judgment.known for judgment in judged) else Html(""),
        class_="memo-table",
    )


def _scale() -> Html:
    """Return the scale under the intervals."""
    return tag("tfoot", tag("tr", tag("td", NOTE, colspan=5), tag("td", strip_scale(), class_="strip"), tag("td")))


def _design_head(title: str, chosen: str) -> Html:
    """Return the head of a column of levels; only a long title is broken into lines."""
    wraps = "wraps" if len(title) > LONG_TITLE else ""
    return tag("th", title, scope="col", class_=" ".join(f"number {wraps} {chosen}".split()))


def _row(judgment: Judgment, *, chosen: str | None) -> Html:
    color = judgment.color_class
    before, after = (judgment.level_text(value) for value in (judgment.baseline_mean, judgment.candidate_mean))
    cells = (
        tag(
            "th",
            bold(judgment.measure.title),
            tag("small", unit_words(judgment.measure.unit)),
            tag("span", f"{before} → ", tag("span", after, class_="strong"), class_="from-to"),
            scope="row",
        ),
        tag("td", before, class_="level base number"),
        tag("td", after, class_=f"level focus number {chosen or ''}".strip()),
        tag("td", judgment.difference_text, class_=f"difference number {color}"),
        tag("td", judgment.interval_text, class_="interval number"),
        tag("td", _strip(judgment), class_="strip"),
        tag(
            "td",
            tag("b", judgment.verdict.words, class_=color),
            tag("small", f"matters from {judgment.threshold_text}"),
            class_="verdict",
        ),
    )
    return tag("tr", *cells)


def _strip(judgment: Judgment) -> Html:
    if not judgment.known:
        return Html("")
    unit = judgment.threshold or abs(judgment.difference) or 1.0
    size = judgment.measure.sign / unit
    ends = sorted((judgment.low * size, judgment.high * size))
    return strip(judgment.difference * size, ends[0], ends[1], judgment.color, hollow=not judgment.decided)


def _levels(answer: Answer) -> Html:
    """Return the measures of a study of one design: levels with their half-widths."""
    rows = []
    for measure, mean, half in answer.levels():
        level, spread = numbers.level(mean, measure.unit), "n/a: one run"
        if isfinite(half):
            level, width = numbers.level_with_half_width(mean, half, measure.unit)
            spread = f"± {width}"
        rows.append(
            tag(
                "tr",
                tag("th", bold(measure.title), tag("small", unit_words(measure.unit)), scope="row"),
                tag("td", level, class_="level number"),
                tag("td", spread, class_="interval number"),
            )
        )
    heads = [tag("th", "Measure", scope="col")]
    heads += [tag("th", words, scope="col", class_="number") for words in ("Level", f"{answer.study.level} CI")]
    return tag("table", tag("thead", tag("tr", *heads)), tag("tbody", *rows), class_="memo-table levels-only")


def _reasons(answer: Answer) -> Html:
    columns = []
    for title, found, ordered in _columns(answer):
        points = [join([bold(f"{reason.name}"), " ", reason.words]) for reason in found]
        content = items(points, ordered=ordered) if points else tag("p", "Nothing stands out.")
        columns.append(tag("div", tag("h2", title), content))
    return tag("div", *columns, class_="three")


def _columns(answer: Answer) -> list[tuple[str, list[Reason], bool]]:
    compared = answer.choice.state != "single" and answer.has_intervals
    columns = [("What drives it", _dotted(drivers(answer)), True)] if compared else []
    return [
        *columns,
        ("What could change it", _dotted(risks(answer)), True),
        ("How far to trust it", trust(answer), False),
    ]


def _dotted(found: list[Reason]) -> list[Reason]:
    return [Reason(f"{reason.name}.", reason.words) for reason in found]


def memo_markdown(answer: Answer) -> str:
    """Return the memo as Markdown, with the same words and numbers."""
    lines = [f"# {_marked(verdict_sentence(answer))}", "", f"*{_marked(answer.study.question)}*", ""]
    if answer.study.partial:
        lines += ["**Partial results: not all runs are finished. Do not decide on them.**", ""]
    degraded = degraded_words(answer.runs)
    if degraded:
        lines += [f"**{_marked(degraded)}**", ""]
    lines += ["".join(f"**{_marked(t)}**" if strong else _marked(t) for t, strong in sub_verdict(answer)), ""]
    lines += _markdown_table(answer)
    for title, found, _ in _columns(answer):
        lines += ["", f"## {title}", ""]
        lines += [f"- **{_marked(reason.name)}** {_marked(reason.words)}" for reason in found]
    lines += ["", f"{_marked(answer.study.title)}: {' · '.join(header_facts(answer))}.", ""]
    lines += [f"Run it again: `{' '.join(answer.study.command.split()).replace('`', '')}`", ""]
    return "\n".join(lines)


def _markdown_table(answer: Answer) -> list[str]:
    judged = [j for j in answer.judgments if j.design == answer.choice.focus]
    if not judged:
        rows = [f"| {_marked(m.title)} | {numbers.level(mean, m.unit)} |" for m, mean, _ in answer.levels()]
        return ["| Measure | Level |", "|---|---:|", *rows]
    titles = [_marked(answer.baseline.title), _marked(answer.focus.title)]
    head = f"| Measure | {titles[0]} | {titles[1]} | Difference | {answer.study.level} CI | Verdict | Matters from |"
    rows = [
        f"| {_marked(j.measure.title)} | {j.level_text(j.baseline_mean)} | {j.level_text(j.candidate_mean)} "
        f"| {j.difference_text} | {j.interval_text} | {j.verdict.words} | {j.threshold_text} |"
        for j in judged
    ]
    return [head, "|---|---:|---:|---:|---:|---|---:|", *rows]


def _marked(text: str) -> str:
    """Return user text that Markdown shows letter by letter."""
    for sign in ("\\", "`", "*", "[", "]", "|", "#"):
        text = text.replace(sign, f"\\{sign}")
    text = re.sub(r"(?<!\w)_|_(?!\w)", r"\\_", text)  # inside of a word it means nothing
    return text.replace("<", "&lt;").replace("\n", " ")
