"""What a pilot came to, in words and rows: the same for the page, the memo and the terminal."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

from twin.analytics.ramp import WATCHED
from twin.config.pilot import PilotConfig
from twin.experiments.pilot import Decision, Guardrail, Payback, State, Verdict
from twin.experiments.pilot_watch import Kill, Watched
from twin.report import numbers
from twin.report.words import capitalized, in_words, inside_measure, listed

MINUS = "\N{MINUS SIGN}"
STATES = {State.HOLDS: "holds", State.FAILS: "fails", State.UNCLEAR: "unclear"}
FIRST_WEEKS = 4
SMALL_RATE = 0.1


@dataclass(frozen=True, slots=True)
class PilotAnswer:
    """Everything the memo of a pilot is written from."""

    question: str
    terms: PilotConfig
    digest: str
    verdict: Verdict
    watched: tuple[Watched, ...]
    kills: tuple[Kill, ...]
    alpha: float
    command: str


def headline(answer: PilotAnswer) -> str:
    """Say the decision and why, in one sentence."""
    found, title = answer.verdict, answer.terms.title
    if found.decision is Decision.GO:
        return f"GO: {title} pays back {_when(found.payback)}, and {_all_hold(found.guardrails)}."
    if found.decision is Decision.NO_GO:
        return f"NO-GO: {title} {listed(_failures(found))}."
    rails = [inside_measure(one.title) for one in found.guardrails if one.state is State.UNCLEAR]
    unclear = listed([*([_payback_name(found.payback)] if found.payback.state is State.UNCLEAR else []), *rails])
    verb = "are" if " and " in unclear else "is"
    return (
        f"INCONCLUSIVE: of {title}, {unclear} {verb} not decided after {found.runs} runs; "
        f"about {found.more_runs:,} more {'is' if found.more_runs == 1 else 'are'} needed."
    )


def facts(answer: PilotAnswer) -> list[str]:
    """Say what was tried, how, and how sure that is."""
    found = answer.verdict
    pairs = "paired runs" if found.paired else "runs of each network, unpaired since demand differs on purpose"
    return [
        f"{found.runs} {pairs}; all intervals hold at once at {1 - answer.alpha:.0%}.",
        f"Launch {answer.terms.launch}. Demand lift: {answer.terms.demand_lift}.",
        f"Terms written before the run, sha256 {answer.digest[:16]}.",
    ]


def payback_rows(found: Payback) -> list[tuple[str, str]]:
    """Return what was invested, what comes back each month, and when all of it is back."""
    return [
        ("Invested by the end of the ramp", _money(found.invested_usd)),
        ("Saved a month afterwards", f"{_signed(found.monthly_usd)} ({_range(found)})"),
        ("Paid back, months from launch", _months(found)),
        (f"Within {found.limit:g} months", STATES[found.state]),
    ]


def guardrail_rows(found: Verdict) -> list[tuple[str, str, str, str, str, str]]:
    """Return a row for each guardrail: KPI, incumbent, pilot, worse by, at most, state."""
    return [
        (
            one.title, numbers.level(one.incumbent, one.unit), numbers.level(one.pilot, one.unit),
            f"{_worse(one.worse, one)} ({_worse(one.interval.low, one)} to {_worse(one.interval.high, one)})",
            _worse(one.margin, one), STATES[one.state],
        )
        for one in found.guardrails
    ]  # fmt: skip


def watch_rows(watched: tuple[Watched, ...]) -> list[tuple[str, ...]]:
    """Return the control limits of the first weeks, a row for each measure."""
    return [(capitalized(WATCHED[one.measure]), *_limits(one)) for one in watched]


def kill_rows(kills: tuple[Kill, ...]) -> list[tuple[str, str]]:
    """Return each kill criterion and how often it would stop a good pilot."""
    return [(_criterion(one), f"{one.false_alarm_rate:.0%} of good pilots") for one in kills]


def months(value: float) -> str:
    """Return a number of months, never where there is none."""
    return f"{value:.1f}" if isfinite(value) else "never"


def _limits(one: Watched) -> list[str]:
    found = [f"{_rate(low)} to {_rate(high)}" if isfinite(low) and isfinite(high) else "n/a"
             for low, high in zip(one.low, one.high, strict=True)]  # fmt: skip
    return found[:FIRST_WEEKS]


def _rate(value: float) -> str:
    return f"{value:.1%}" if value < SMALL_RATE else f"{value:.0%}"


def _criterion(one: Kill) -> str:
    side, value = ("below", one.below) if one.below is not None else ("above", one.above)
    assert value is not None
    running = f" for {in_words(one.weeks)} weeks running" if one.weeks > 1 else " in any week"
    return f"{capitalized(WATCHED[one.measure])}: {side} {value:.0%}{running}"


def _when(found: Payback) -> str:
    return f"in {_months(found, ' months')}, within {found.limit:g}"


def _all_hold(rails: tuple[Guardrail, ...]) -> str:
    return f"all {in_words(len(rails))} guardrails hold" if len(rails) > 1 else "its guardrail holds"


def _failures(found: Verdict) -> list[str]:
    said = []
    if found.payback.state is State.FAILS:
        back = "never pays back" if not isfinite(found.payback.months) else f"pays back {_late(found.payback)}"
        said.append(back)
    rails = [inside_measure(one.title) for one in found.guardrails if one.state is State.FAILS]
    if rails:
        said.append(f"breaks {'the guardrail' if len(rails) == 1 else 'guardrails'} on {listed(rails)}")
    return said


def _late(found: Payback) -> str:
    return f"in {_months(found, ' months')}, not within {found.limit:g}"


def _months(found: Payback, unit: str = "") -> str:
    if not isfinite(found.earliest):
        return "never"
    return f"{months(found.months)}{unit} ({months(found.earliest)} to {months(found.latest)})"


def _payback_name(found: Payback) -> str:
    return f"payback within {found.limit:g} months"


def _range(found: Payback) -> str:
    return f"{_signed(found.monthly.low)} to {_signed(found.monthly.high)}"


def _money(value: float) -> str:
    return f"{MINUS if value < 0 else ''}${abs(value):,.0f}"


def _signed(value: float) -> str:
    return f"{MINUS if value < 0 else '+'}${abs(value):,.0f}"


def _worse(value: float, one: Guardrail) -> str:
    return numbers.difference(value, one.unit)
