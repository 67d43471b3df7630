"""What moves the answer, for the terminal and as a page with the tornado."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from twin.config.sensitivity import FactorConfig
from twin.config.study import StudyConfig
from twin.experiments.comparison import Measure
from twin.experiments.morris import Effect
from twin.experiments.sensitivity import Bar, Point, Tornado
from twin.report import numbers, palette
from twin.report.markup import Html, join, svg, tag
from twin.report.rows import page_rows, text_rows
from twin.report.story_page import document, finding_section
from twin.report.strips import line, rect
from twin.report.words import listed

WIDTH, ROW, LEFT, RIGHT, TOP = 760.0, 30.0, 190.0, 740.0, 26.0
INK = {"font_size": "12", "fill": palette.INK}
QUIET = {"font_size": "11", "fill": palette.INK_3}
SCREEN = ("input", "effect over its range, mean size", "its spread", "depends on others")
TOGETHER = (
    "Morris screening: all inputs move along random trajectories through their ranges. The mean size of an input's "
    "effect (mu*), and how much it depends on where the others stand (sigma)."
)
HEAD = ("input", "range", "at its low end", "at its high end", "break-even", "ranking changes")
LEDE = (
    "One input after the other at the ends of its declared range, everything else as it stands, with the same luck. "
    "Bars run from the low end (light) to the high end (dark); lines are intervals. What inputs do together is not in "
    "it."
)
INPUTS = (
    "Chance is what more runs make smaller; the inputs' own errors are what they do not. To first order, and as if "
    "inputs were off independently of each other."
)


@dataclass(frozen=True, slots=True)
class SensitivityAnswer:
    """Everything that is said of what moves the answer."""

    study: StudyConfig
    measure: Measure
    factors: dict[str, FactorConfig]
    tornadoes: tuple[Tornado, ...]
    effects: tuple[tuple[Effect, ...], ...]
    command: str


def headline(answer: SensitivityAnswer, one: Tornado) -> str:
    """Say what moves the difference most, and whether any input changes the ranking."""
    widest = one.bars[0]
    on = f"depends most on {widest.title.lower()}: {_amount(answer, widest.swing)} over the range"
    if one.candidate == one.baseline:
        return f"{answer.measure.name} of {one.candidate} {on}."
    said = f"{one.candidate} against {one.baseline} {on}"
    for flip, verb in (("yes", "changes"), ("maybe", "may change")):
        titles = [bar.title.lower() for bar in one.bars if bar.flips == flip]
        if titles:
            return f"{said}; the ranking {verb} within that of {listed(titles)}."
    return f"{said}; no input changes the ranking within its range."


def dominance(answer: SensitivityAnswer, one: Tornado) -> str:
    """Say how far chance and inputs each make the difference uncertain, and which dominates."""
    if one.candidate == one.baseline:
        return f"The errors of the inputs come to ±{_amount(answer, 2 * one.input_error)}, two standard errors."
    chance, inputs = (2 * error for error in (one.error, one.input_error))
    which = "the inputs dominate" if inputs > chance else "chance dominates: more runs would help"
    interval = one.with_inputs
    return (
        f"Chance is ±{_amount(answer, chance)} and the inputs are ±{_amount(answer, inputs)} (two standard errors): "
        f"{which}. With both, the difference is {_difference(answer, one.base.mean)} "
        f"({_difference(answer, interval.low)} to {_difference(answer, interval.high)})."
    )


def sensitivity_text(answer: SensitivityAnswer) -> str:
    """Return all of it for the terminal."""
    parts = []
    for one, effects in zip(answer.tornadoes, answer.effects, strict=True):
        parts += [headline(answer, one), text_rows(HEAD, [_row(answer, bar) for bar in one.bars])]
        if effects:
            parts.append(text_rows(SCREEN, _screen(answer, effects)))
        parts.append(dominance(answer, one))
    return "\n\n".join(parts)


def _screen(answer: SensitivityAnswer, effects: Sequence[Effect]) -> list[tuple[str, str, str, str]]:
    return [
        (one.title, f"{_amount(answer, one.mean)} ± {_amount(answer, one.half_width)}", _amount(answer, one.spread),
         "yes" if one.depends_on_others else "no")
        for one in effects
    ]  # fmt: skip


def sensitivity_page(answer: SensitivityAnswer) -> str:
    """Return the whole page."""
    memo = tag(
        "section",
        tag("p", answer.study.question, class_="question"),
        tag("h1", headline(answer, answer.tornadoes[0])),
        tag("p", dominance(answer, answer.tornadoes[0]), class_="sub-verdict"),
        class_="memo",
    )
    parts: list[tuple[str, str, Html]] = []
    for one, effects in zip(answer.tornadoes, answer.effects, strict=True):
        title = one.candidate if one.candidate == one.baseline else f"{one.candidate} against {one.baseline}"
        body = join([_drawing(answer, one), page_rows(HEAD, [_row(answer, bar) for bar in one.bars])])
        parts.append((f"{answer.measure.name}: {title}", LEDE, body))
        if effects:
            parts.append(("Inputs together", TOGETHER, page_rows(SCREEN, _screen(answer, effects))))
        parts.append(("Chance and inputs", INPUTS, tag("p", dominance(answer, one))))
    sections = [finding_section(number, *part) for number, part in enumerate(parts, start=1)]
    header = tag("header", tag("b", "What moves the answer"), tag("span", answer.study.title), class_="header")
    body = tag("main", header, memo, *sections, tag("footer", tag("code", answer.command)), class_="column story-page")
    return document(f"Sensitivity: {answer.study.title}", body)


def _row(answer: SensitivityAnswer, bar: Bar) -> tuple[str, ...]:
    factor = answer.factors[bar.factor]
    return (
        bar.title, f"{_scale(factor, bar.low.x)} to {_scale(factor, bar.high.x)}", _with_interval(answer, bar.low),
        _with_interval(answer, bar.high), "" if bar.break_even is None else _scale(factor, bar.break_even), bar.flips,
    )  # fmt: skip


def _scale(factor: FactorConfig, x: float) -> str:
    """Return a value of an input as a change from how it stands."""
    return f"{x / factor.base - 1:+.0%}".replace("-", "\N{MINUS SIGN}")


def _with_interval(answer: SensitivityAnswer, point: Point) -> str:
    ends = (_difference(answer, end) for end in (point.interval.low, point.interval.high))
    return f"{_difference(answer, point.mean)} ({' to '.join(ends)})"


def _difference(answer: SensitivityAnswer, value: float) -> str:
    return numbers.difference(value, answer.measure.unit)


def _amount(answer: SensitivityAnswer, value: float) -> str:
    return numbers.difference(abs(value), answer.measure.unit).lstrip("+")


def _drawing(answer: SensitivityAnswer, one: Tornado) -> Html:
    """Draw a bar for each input around the difference as things stand."""
    ends = [value for bar in one.bars for point in (bar.low, bar.high)
            for value in (point.mean, point.interval.low, point.interval.high)] + [one.base.mean]  # fmt: skip
    low, high = min(ends), max(ends)
    low, high = (low, high) if high > low else (low - 1.0, high + 1.0)

    def x(value: float) -> float:
        return LEFT + (RIGHT - LEFT) * (value - low) / (high - low)

    height, middle = TOP + ROW * len(one.bars) + 8, x(one.base.mean)
    drawn = [line((middle, TOP - 6, middle, height), palette.INK, 1),
             tag("text", _difference(answer, one.base.mean), x=f"{middle + 4:.1f}", y="14", **QUIET)]  # fmt: skip
    if low < 0 < high and one.candidate != one.baseline:
        drawn += [line((x(0.0), TOP - 6, x(0.0), height), palette.RUST, 1),
                  tag("text", "0: the ranking changes", x=f"{x(0.0) + 4:.1f}", y="26", **QUIET)]  # fmt: skip
    for place, bar in enumerate(one.bars):
        y = TOP + ROW * place + 6
        drawn.append(tag("text", bar.title, x="0", y=f"{y + 12:g}", **INK))
        for point, color in ((bar.low, palette.ACCENT_BAND), (bar.high, palette.ACCENT)):
            at = x(point.mean)
            drawn.append(rect(min(at, middle), y, max(0.5, abs(at - middle)), 16, color))
            drawn.append(line((x(point.interval.low), y + 8, x(point.interval.high), y + 8), palette.INK, 1))
    return svg(WIDTH, height, *drawn)
