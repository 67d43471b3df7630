"""Sections 1 and 2: the flow maps and the difference map."""

from __future__ import annotations

import pandas as pd

from twin.report import numbers, palette
from twin.report.answer import Answer
from twin.report.fig_difference import (
    DifferenceFrames,
    difference_frames,
    fig_difference,
    groups,
    scale_color,
    shares_of_people,
)
from twin.report.fig_flows import LEAST_SHARE, LINE_WIDTHS_PX, MILES_PER_KM, FlowFrames, fig_flows, flow_frames
from twin.report.figures import Drawn
from twin.report.history import read_flows, read_zip3_medians
from twin.report.markup import Html, join, svg, tag
from twin.report.page import Section, figure, missing
from twin.report.strips import key_line, ramp_style, symbol_and_word, width_key
from twin.report.study import Design
from twin.report.words import MORE_RUNS, ROUNDS_TO_NOTHING, capitalized, in_words, inside, whole_percent

MAP_PRINT_PX = 800
NOTICEABLE_RATIO, TIMES_FROM = 1.05, 1.5
BAR_PX = 110


def flows_section(answer: Answer) -> Section:
    """Show which node serves whom, design by design."""
    mean = ", mean of" if len(answer.runs.sampled) > 1 else ", in"
    lede = f"Flows from each node to ZIP3 areas{mean} {answer.sample_words()}. Labels give the share of orders shipped."
    if not (answer.runs.has("orders") and answer.runs.has("shipments")):
        words = "Not drawn: this study kept no order tables (study.order_tables=false)."
        return Section("flows", "Which node serves whom", lede, missing(words))
    frames = flow_frames(answer.study, read_flows(answer.runs), answer.drawn, answer.recommended)
    finding = _flows_finding(answer, frames)
    drawn = Drawn(fig_flows(frames, narrow=False), fig_flows(frames, narrow=True))
    note = (
        f"Flows under {LEAST_SHARE:.3%} of a design's orders are not drawn. Alaska and Hawaii are served but their "
        "flows are not drawn. Counts of orders shipped, so no interval is drawn."
    )
    left_out = len(answer.study.designs) - len(answer.drawn)
    if left_out:
        note += f" {capitalized(in_words(left_out))} more designs are in the tables only."
    return Section(
        "flows",
        finding,
        lede,
        join([_flows_key(frames), figure("flows", finding)]),
        note,
        {"flows": drawn},
        {"maps": _flows_table(frames)},
    )


def _flows_finding(answer: Answer, frames: FlowFrames) -> str:
    base = frames.mean_miles.get(answer.study.baseline)
    here = frames.mean_miles.get(answer.focus.name)
    nodes, s = capitalized(_count_words(answer.focus)), "s" if _one(answer.focus) else ""
    if not base or not here:
        return f"{nodes} ship{s} all orders"
    if answer.focus is answer.baseline:
        return f"{nodes} ship{s} all orders; they travel {here:,.0f} miles on average"
    if base >= NOTICEABLE_RATIO * here:
        times = f"{base / here:.1f} times" if base >= TIMES_FROM * here else f"{1 - here / base:.0%}"
        return f"{nodes} put{s} stock {times} closer to the customer"
    if here >= NOTICEABLE_RATIO * base:
        return f"{nodes} put{s} stock {here / base - 1:.0%} farther from the customer"
    return f"{nodes} ship{s} from about as far as today: {here:,.0f} miles"


def _one(design: Design) -> bool:
    return len(design.open_nodes()) == 1


def _count_words(design: Design) -> str:
    return f"{in_words(len(design.open_nodes()))} node{'' if _one(design) else 's'}"


def _flows_key(frames: FlowFrames) -> Html:
    kinds = [kind for kind in palette.NODE_MARKS if kind in set(frames.nodes["kind"])]
    low, middle, high = (f"{edge:g}" for edge in frames.edges)
    words = f"under {low}, to {middle}, to {high} and more orders a day to one ZIP3"
    return key_line(
        [
            *(symbol_and_word(kind) for kind in kinds),
            Html("area = orders a day"),
            join([width_key(LINE_WIDTHS_PX), words]),
        ]
    )


def _flows_table(frames: FlowFrames) -> pd.DataFrame:
    table = frames.flows[["design", "node", "destination", "per_day", "share", "distance_km"]]
    table = table.assign(distance_miles=table["distance_km"] * MILES_PER_KM).drop(columns="distance_km")
    return table.rename(columns={"per_day": "shipments_per_day", "share": "share_of_design"}).round(5)


def difference_section(answer: Answer) -> Section | None:
    """Show who waits longer and who less, one map per candidate."""
    candidates = [design for design in answer.drawn if design is not answer.baseline]
    if not candidates:
        return None
    name = inside(answer.baseline.title)
    lede = f"Change in median click-to-deliver time by ZIP3 against {name}."
    if not answer.runs.has("orders"):
        words = "Not drawn: this study kept no order tables (study.order_tables=false)."
        return Section("difference", "Who waits longer, and who less", lede, missing(words))
    frames = difference_frames(answer.study, read_zip3_medians(answer.runs), len(answer.runs.sampled))
    tables = {"days": _difference_table(frames)}
    if frames.runs == 1:
        words = f"Not drawn: one run gives no interval for any ZIP3, so no change can be told from luck; {MORE_RUNS}."
        return Section("difference", "Who waits longer, and who less", lede, missing(words), tables=tables)
    findings = {design.name: difference_finding(frames, design.name) for design in candidates}
    return Section(
        "difference",
        findings[answer.focus.name],
        lede,
        _difference_body(answer, frames, candidates, findings),
        _difference_note(answer, frames),
        {f"difference-{design.name}": _drawn(frames, design) for design in candidates},
        tables,
        live=True,
    )


def _drawn(frames: DifferenceFrames, design: Design) -> Drawn:
    wide, narrow = (fig_difference(frames, design, narrow=narrow) for narrow in (False, True))
    return Drawn(wide, narrow)


def _difference_body(
    answer: Answer, frames: DifferenceFrames, candidates: list[Design], findings: dict[str, str]
) -> Html:
    """Put controls, scale, map and table together; the design in focus is shown first."""
    shown = answer.focus.name
    place = figure(f"difference-{shown}", findings[shown], MAP_PRINT_PX, identity="difference-map")
    people = [_people(frames, design, hidden=design.name != shown) for design in candidates]
    return join(
        [
            _radios(answer, candidates, findings) if len(candidates) > 1 else Html(""),
            _scale(frames),
            tag("div", place, tag("div", *people), class_="map-and-people"),
        ]
    )


def difference_finding(frames: DifferenceFrames, candidate: str) -> str:
    """Say which share of people waits less and which more."""
    half_a_day, sooner, later = shares_of_people(frames, candidate)
    hours = f"{frames.matters_from_hours:g} hours"
    share, by = (half_a_day, "at least half a day")
    if half_a_day < ROUNDS_TO_NOTHING:
        share, by = sooner, f"{hours} or more"
    if max(sooner, later) < ROUNDS_TO_NOTHING:
        return f"Hardly anybody's order comes {hours} or more sooner or later"
    longer = f"{whole_percent(later)} wait" if later > 0 else "nobody waits"
    return f"{whole_percent(share)} of people get their order {by} sooner; {longer} {hours} or more longer"


def _radios(answer: Answer, candidates: list[Design], findings: dict[str, str]) -> Html:
    choices = [
        tag(
            "label",
            tag(
                "input",
                type="radio",
                name="candidate",
                value=f"difference-{design.name}",
                data_finding=findings[design.name],
                checked=design is answer.focus,
            ),
            tag("span", design.title),
        )
        for design in candidates
    ]
    return tag("fieldset", tag("legend", f"Compared with {inside(answer.baseline.title)}"), *choices)


def _scale(frames: DifferenceFrames) -> Html:
    limit = frames.limit_hours
    ticks = [numbers.signed(limit * part, numbers.hours).removesuffix(" h") for part in (-1, -0.5, 0, 0.5, 1)]
    ramp = tag("div", tag("i", style=ramp_style()), tag("span", *(tag("small", tick) for tick in ticks)), class_="ramp")
    return tag(
        "div",
        tag("span", "Change in P50 delivery time, h"),
        ramp,
        tag("span", "circle area = people"),
        tag("span", "hollow = not decided"),
        class_="scale",
    )


def _people(frames: DifferenceFrames, design: Design, *, hidden: bool) -> Html:
    found = groups(frames, design.name)
    rows = [
        tag(
            "tr",
            tag("th", group.words, scope="row"),
            tag("td", whole_percent(group.people_rate), class_="number"),
            tag("td", _bar(group.people_rate, group.color)),
        )
        for group in found
    ]
    return tag(
        "table",
        tag("caption", "Share of people"),
        tag("tbody", *rows),
        class_="people",
        data_candidate=f"difference-{design.name}",
        hidden=hidden,
    )


def _bar(share: float, color: str) -> Html:
    color = "#D2D7DC" if color == scale_color(0.5) else color
    width = max(1.5, BAR_PX * share) if share > 0 else 0
    return svg(BAR_PX, 13, tag("rect", x=0, y=0, width=f"{width:.1f}", height=13, fill=color))


def _difference_note(answer: Answer, frames: DifferenceFrames) -> str:
    today = inside(answer.baseline.title)
    return (
        f"Open symbols: nodes of the chosen design. Gray: within {frames.matters_from_hours:g} hours of {today}. "
        f"Hollow: the {answer.study.level} interval of that ZIP3 over {answer.sample_words()} includes zero "
        "(each ZIP3 by itself); it counts as about the same."
    )


def _difference_table(frames: DifferenceFrames) -> pd.DataFrame:
    columns = ["design", "destination", "population", "p50_hours_baseline", "p50_hours", "change_hours"]
    return frames.changes[[*columns, "low_hours", "high_hours", "runs", "decided"]].round(4)
