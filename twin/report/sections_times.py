"""Sections 5, 6 and 7: how soon orders arrive, the nodes, and the work that waits at them."""

from __future__ import annotations

from math import isfinite, isinf, isnan

import numpy as np
import pandas as pd

from twin.report import numbers
from twin.report.answer import Answer
from twin.report.backlog import BacklogFrames, NodeBacklog, backlog_frames
from twin.report.fig_backlog import NOTEWORTHY_HOURS, fig_backlog
from twin.report.fig_times import fig_click_to_deliver, fig_promise
from twin.report.figures import Drawn
from twin.report.history import read_against_promise, read_backlog, read_click_to_deliver
from twin.report.markup import tag
from twin.report.nodes import TOO_BUSY, node_rows, nodes_csv, nodes_finding, nodes_table
from twin.report.page import Section, figure, missing
from twin.report.sentences import ON_TIME, times_finding
from twin.report.times import TimeFrames, time_frames
from twin.report.words import HOURS_PER_DAY, capitalized, city, in_words, inside

ECDF_PX, PROMISE_PX = 610, 445
NAMED = 2


def times_section(answer: Answer) -> Section:
    """Show the share delivered within a time, and arrivals against the promise."""
    lede = f"Measured orders of {answer.sample_words()}, by design. Hours are wall clock, weekends included."
    if not answer.runs.has("orders"):
        words = "Not drawn: this study kept no order tables (study.order_tables=false)."
        return Section("times", "How soon orders arrive", lede, missing(words))
    counts = (read_click_to_deliver(answer.runs), read_against_promise(answer.runs))
    rates = {design.name: answer.kpis.mean(ON_TIME, design.name) for design in answer.drawn}
    late = {name: 1 - rate for name, rate in rates.items() if rate is not None}
    frames = time_frames(answer.study, answer.drawn, answer.recommended, counts, late)
    before, after = frames.share(answer.study.baseline), frames.share(answer.focus.name)
    finding = times_finding(frames.asked_days, None if answer.choice.state == "single" else before, after)
    click = Drawn(fig_click_to_deliver(frames, narrow=False), fig_click_to_deliver(frames, narrow=True))
    promise = Drawn(fig_promise(frames, narrow=False), fig_promise(frames, narrow=True))
    shares = ", ".join(f"{design.title} {frames.late_rates[design.name]:.1%}" for design in answer.drawn)
    body = tag(
        "div",
        figure("click-to-deliver", finding, ECDF_PX),
        figure("promise", f"Late against the promise: {shares}", PROMISE_PX),
        class_="figures two",
    )
    figures = {"click-to-deliver": click, "promise": promise}
    return Section("times", finding, lede, body, _times_note(answer, frames), figures, {"dist": _times_table(frames)})


def _times_note(answer: Answer, frames: TimeFrames) -> str:
    same = ", the same in every design" if answer.paired else ""
    note = f"The promise is what the shop quoted at checkout{same}; orders never delivered count as late."
    widest = max((half for half in frames.half_widths.values() if isfinite(half)), default=float("nan"))
    if isfinite(widest):
        points = numbers.share(widest).removesuffix("%")
        note += (
            f" Shares within {frames.asked_days} days are known to ±{points} points or better ({answer.study.level})."
        )
    else:
        note += " One run gives no interval."
    return note


def _times_table(frames: TimeFrames) -> pd.DataFrame:
    hours = np.arange(0, frames.last_day * HOURS_PER_DAY + 1)
    columns = {design.name: frames.within[design.name][hours].round(5) for design in frames.designs}
    return pd.DataFrame({"hours": hours, **columns})


def nodes_section(answer: Answer) -> Section | None:
    """Show the nodes of the design in focus."""
    rows = node_rows(answer.study, answer.focus, answer.kpis)
    if not rows:
        return None
    title = answer.focus.title
    runs = len(answer.runs.common)
    lede = f"{title}, nodes by orders a day; {f'mean of {runs} runs' if runs > 1 else 'one run'}."
    spread = f" {answer.study.level} half-widths of every number are in the CSV." if answer.has_intervals else ""
    note = (
        f"Utilization: busy over staffed station hours; rust from {TOO_BUSY:.0%}. Cost per order is the node's own "
        f"average cost; what the network would pay without the node is another question.{spread}"
    )
    body = nodes_table(rows, f"Nodes of {inside(title)}")
    return Section("nodes", nodes_finding(rows), lede, body, note, {}, {"nodes": nodes_csv(rows)})


def backlog_section(answer: Answer) -> Section | None:
    """Show the work waiting at each node of the design in focus."""
    design = answer.focus
    if not answer.runs.has("nodes"):
        words = "Not drawn: this study kept no hourly tables of its nodes."
        return Section("backlog", "Work waiting at the nodes", f"{design.title}.", missing(words))
    used = {row.name: row.means["utilization"] for row in node_rows(answer.study, design, answer.kpis)}
    frames = backlog_frames(
        answer.study,
        design,
        read_backlog(answer.runs, design.name),
        used,
        recommended=answer.recommended == design.name,
    )
    if not frames.nodes:
        return None
    finding = _backlog_finding(frames)
    drawn = Drawn(fig_backlog(frames, narrow=False), fig_backlog(frames, narrow=True))
    lede = f"Work waiting at each node of {inside(design.title)}, in hours at full staffing. One scale for all panels."
    many = frames.runs > 1
    note = f"Mean of {frames.runs} runs; band: P10 to P90 of the runs." if many else "One run, so there is no band."
    if frames.events:
        note += " Recovered: the daily mean is, and stays, within one hour of the mean before the event."
    hidden = len(frames.nodes) - len(frames.drawn)
    if hidden:
        note += f" {capitalized(in_words(hidden))} more nodes have shorter backlogs and are in the CSV."
    body = figure("backlog", finding)
    return Section("backlog", finding, lede, body, note, {"backlog": drawn}, {"backlog": _backlog_table(frames)})


def _backlog_finding(frames: BacklogFrames) -> str:
    hit = [
        node for node in frames.nodes if not isnan(node.recovered_after_days) and node.peak_hours >= NOTEWORTHY_HOURS
    ]
    if frames.events and hit:
        event = frames.events[0]
        told = "; ".join(_recovery_words(node, frames.measured_days) for node in hit[:NAMED])
        return f"After the {event.ends_at - event.starts_at:.0f}-hour {event.words} {told}"
    top = frames.nodes[0]
    if top.peak_hours < NOTEWORTHY_HOURS:
        return f"No node falls behind: at most {top.peak_hours:.1f} hours of work wait on average"
    day = top.days[int(top.mean.argmax())]
    return f"Work piles up most at {city(top.label)}: {top.peak_hours:.0f} hours on day {day:.0f}"


def _recovery_words(node: NodeBacklog, days: int) -> str:
    if isinf(node.recovered_after_days):
        return f"{city(node.label)} has not recovered by day {days}"
    days_needed = f"{node.recovered_after_days:.0f} day{'' if node.recovered_after_days == 1 else 's'}"
    return f"{city(node.label)} needs {days_needed} to recover"


def _backlog_table(frames: BacklogFrames) -> pd.DataFrame:
    parts = [
        pd.DataFrame(
            {
                "node": node.name,
                "day": node.days,
                "mean_hours": node.mean,
                "p10_hours": node.low,
                "p90_hours": node.high,
            }
        )
        for node in frames.nodes
    ]
    return pd.concat(parts, ignore_index=True).round(4)
