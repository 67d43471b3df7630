"""The course of each trial of stress as small multiples: the undisturbed world as a ghost, the event shaded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from twin.analytics.daily import NETWORK, ON_HAND, ON_TIME, REROUTED, USED, WAITING, Days
from twin.experiments.stress_courses import Course, Curve
from twin.report import palette
from twin.report.markup import Html, join, svg, tag
from twin.report.strips import line, rect

WIDTH, HEIGHT, BASE, TOP = 204.0, 112.0, 94.0, 16.0
WEEK = 7
MOST_NODES = 10
GHOST = {"stroke": palette.GHOST, "stroke_width": "1.3", "stroke_dasharray": "3 3"}
LINE = {"stroke": palette.ACCENT, "stroke_width": "1.7"}


@dataclass(frozen=True, slots=True)
class _Measure:
    title: str
    words: Callable[[float], str]
    lowest: float | None = 0.0
    """Where its scale begins; None for its lowest value."""


MEASURES = {
    ON_TIME: _Measure("On time, week to date", lambda value: f"{value:.0%}", None),
    WAITING: _Measure("Work waiting", lambda value: f"{value:,.0f} h"),
    USED: _Measure("Utilization", lambda value: f"{value:.0%}"),
    ON_HAND: _Measure("Units on hand", lambda value: f"{value:,.0f}"),
    REROUTED: _Measure("New routes a day", lambda value: f"{value:,.0f}"),
}


def course_list(courses: Sequence[Course], shown: Sequence[tuple[str, str]], words: Callable[[Course], str]) -> Html:
    """Return every course under its name and words, those of `shown` (design, disruption) unfolded."""
    parts = [
        tag(
            "details",
            tag("summary", tag("b", f"{one.design}, {one.disruption}"), tag("span", words(one))),
            _course(one),
            open=(one.design, one.disruption) in shown,
        )
        for one in courses
    ]
    return tag("div", *parts, class_="courses")


def _course(course: Course) -> Html:
    """Draw the measures of the network, then the work waiting at the nodes that the event moved the most."""
    whole = {curve.measure: curve for curve in course.curves if curve.node == NETWORK}
    nodes = sorted((one for one in course.curves if one.node != NETWORK), key=lambda one: (-one.moved, one.node))
    first = [_panel(course, whole[measure], MEASURES[measure].title, None) for measure in MEASURES]
    top = max([_highest(one) for one in nodes[:MOST_NODES]], default=0.0)
    rest = [_panel(course, one, one.node, top) for one in nodes[:MOST_NODES]]
    more = f", of {len(nodes)} the {MOST_NODES} it moved the most" if len(nodes) > MOST_NODES else ""
    heading = tag("p", f"Work waiting at each node{more}, on one scale.", class_="quiet")
    return join([tag("div", *first, class_="panels"), heading, tag("div", *rest, class_="panels")])


def _panel(course: Course, curve: Curve, title: str, top: float | None) -> Html:
    measure = MEASURES[curve.measure]
    low = min(_lowest(curve), 1.0) if measure.lowest is None else measure.lowest
    scale = _Scale(course.first_day, len(curve.mean), low, max(top if top is not None else _highest(curve), low + 1e-9))
    drawn = svg(WIDTH, HEIGHT, *_spans(course, scale), *_curves(curve, scale), *_axes(scale, measure, course))
    extreme = np.nanmin if measure.lowest is None else np.nanmax
    measured = (days[-course.first_day :] for days in (curve.mean, curve.calm))  # before, few orders are due
    far, usual = (float(extreme(days)) if np.isfinite(days).any() else 0.0 for days in measured)
    word = "at worst" if measure.lowest is None else "at most"
    said = f"{measure.words(far)} {word}, {measure.words(usual)} without"
    return tag("figure", tag("figcaption", tag("b", title), tag("span", said)), drawn)


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where days and values stand in a panel."""

    first_day: int
    days: int
    low: float
    high: float

    def x(self, day: float) -> float:
        """Return how far right a day stands; days outside stand at the edge."""
        return WIDTH * min(1.0, max(0.0, (day - self.first_day) / max(1, self.days)))

    def y(self, value: float) -> float:
        """Return how far down a value stands."""
        share = (value - self.low) / (self.high - self.low)
        return BASE - (BASE - TOP) * min(1.0, max(0.0, share))


def _curves(curve: Curve, scale: _Scale) -> list[Html]:
    bands = [
        [*_points(days, curve.high, scale), *reversed(_points(days, curve.low, scale))]
        for days in _stretches(curve.low + curve.high)
    ]
    found = [tag("polygon", points=" ".join(one), fill=palette.ACCENT_BAND, fill_opacity="0.7") for one in bands]
    for values, look in ((curve.calm, GHOST), (curve.mean, LINE)):
        lines = (" ".join(_points(days, values, scale)) for days in _stretches(values))
        found += [tag("polyline", points=points, fill="none", **look) for points in lines]
    return found


def _stretches(values: Days) -> list[list[int]]:
    """Return the days that have a number, in stretches without a gap."""
    found: list[list[int]] = [[]]
    for day, known in enumerate(np.isfinite(values).tolist()):
        if known:
            found[-1].append(day)
        elif found[-1]:
            found.append([])
    return [days for days in found if days]


def _points(days: Sequence[int], values: Days, scale: _Scale) -> list[str]:
    """Return a point in the middle of each of some days."""
    return [f"{scale.x(scale.first_day + day + 0.5):.1f},{scale.y(values[day]):.1f}" for day in days]


def _spans(course: Course, scale: _Scale) -> list[Html]:
    found = []
    for _, starts, ends in course.spans:
        left, right = scale.x(starts), scale.x(ends)
        found.append(rect(left, TOP, max(1.0, right - left), BASE - TOP, palette.EVENT_BAND))
    return found


def _axes(scale: _Scale, measure: _Measure, course: Course) -> list[Html]:
    ink = {"font_size": "11", "fill": palette.INK_3}
    last = scale.first_day + scale.days
    marks = [day for day in range(0, last, WEEK) if scale.x(day) < WIDTH - 12]
    parts = [line((0, BASE, WIDTH, BASE), palette.AXIS, 1)]
    parts += [tag("text", f"day {day}" if day == 0 else str(day), x=f"{scale.x(day):.1f}", y="108", **ink)
              for day in marks[:: max(1, len(marks) // 5)]]  # fmt: skip
    parts.append(tag("text", measure.words(scale.high), x="0", y=f"{TOP - 5:g}", **ink))
    if course.recovered_at == course.recovered_at:
        at = scale.x(course.recovered_at)
        parts.append(line((at, TOP, at, BASE), palette.INK, 1))
    return parts


def _highest(curve: Curve) -> float:
    both = np.concatenate([curve.high, curve.calm, curve.mean])
    return float(np.nanmax(both)) if np.isfinite(both).any() else 0.0


def _lowest(curve: Curve) -> float:
    both = np.concatenate([curve.low, curve.calm, curve.mean])
    return float(np.nanmin(both)) if np.isfinite(both).any() else 0.0
