"""Findings and verdicts as sentences, computed from the judgments."""

from __future__ import annotations

from collections.abc import Sequence

from twin.experiments.verdicts import Verdict
from twin.report import numbers
from twin.report.answer import Answer
from twin.report.judgments import Judgment
from twin.report.words import MORE_RUNS, capitalized, in_words, inside, is_or_are, listed

COST, CARBON, ON_TIME = "cost_per_order", "co2e_kg_per_order", "on_time_delivery_rate"
HOURS = "click_to_deliver_hours"
MOST_WINS, PAIR = 3, 2
DAY_HOURS = 24
HOURS_UP_TO = 72


def verdict_sentence(answer: Answer) -> str:
    """Return the first line of the page."""
    baseline = inside(answer.baseline.title)
    if answer.choice.state == "single":
        return f"{answer.baseline.title}: {listed(_levels(answer))}"
    if answer.choice.state == "stay":
        return f"Stay with {baseline}: nothing tested is materially better."
    if answer.choice.state == "undecided":
        return _undecided(answer)
    verb = is_or_are(answer.focus.title)
    wins, losses = _material(answer, Verdict.BETTER), _material(answer, Verdict.WORSE)
    slower = [judgment for judgment in losses if _is_service(judgment)]
    gains = [gain_words(judgment) for judgment in wins][:MOST_WINS]
    if slower:
        words = f"{adjective(wins[0])} but {adjective(slower[0])}"
        return f"{answer.focus.title} {verb} {words}: {listed([gains[0], gain_words(slower[0])])} than {baseline}."
    return f"{answer.focus.title} {verb} better: {listed(gains)} than {baseline}."


def _levels(answer: Answer) -> list[str]:
    """Return the first levels of a study of one design."""
    found = answer.levels()
    words = [f"{_lowered(measure.title)} {numbers.level(mean, measure.unit)}" for measure, mean, _ in found[:MOST_WINS]]
    return words or ["no measure is known"]


def _undecided(answer: Answer) -> str:
    judgment = answer.judgment(answer.study.primary.kpi)
    if answer.study.replications == 1:
        return "No verdict: one replication gives no interval."
    if judgment is None or judgment.verdict is Verdict.NOT_JUDGED:
        return f"No verdict: too few runs of {inside(answer.focus.title)} are finished."
    more = ""
    if judgment.more_runs > 0:
        runs = "more paired runs" if judgment.paired else "more runs of each design"
        more = f" About {judgment.more_runs:,.0f} {runs}."
    return f"Not decided yet: {_relative_or_absolute(judgment)}.{more}"


def _relative_or_absolute(judgment: Judgment) -> str:
    """Return the interval as a share of the baseline's mean; in its own unit where that is zero."""
    size = abs(judgment.baseline_mean)
    if not size:
        return judgment.interval_text
    return numbers.relative_interval(judgment.low / size, judgment.high / size)


def _material(answer: Answer, verdict: Verdict) -> list[Judgment]:
    """Return the measures of the design in focus with a verdict, the primary one first, then as listed."""
    found = [j for j in answer.judgments if j.design == answer.choice.focus and j.verdict == verdict]
    rank = {COST: 0, CARBON: 2}
    return sorted(found, key=lambda j: (not j.measure.primary, rank.get(j.measure.kpi, 1 if _is_time(j) else 3)))


def _is_time(judgment: Judgment) -> bool:
    return judgment.measure.kpi.startswith(HOURS)


def _is_service(judgment: Judgment) -> bool:
    return _is_time(judgment) or judgment.measure.kpi == ON_TIME


def adjective(judgment: Judgment) -> str:
    """Say in one word which way a measure went."""
    good = judgment.improvement > 0
    if judgment.measure.kpi == COST:
        return "cheaper" if good else "dearer"
    if _is_service(judgment):
        return "sooner" if good else "later"
    return "better" if good else "worse"


def gain_words(judgment: Judgment) -> str:
    """Say how much better or worse one measure is: 10.2% cheaper per order, 25 hours faster."""
    good = judgment.improvement > 0
    kpi, measure = judgment.measure.kpi, judgment.measure
    if kpi == COST:
        return f"{numbers.relative(abs(judgment.relative))} {'cheaper' if good else 'dearer'} per order"
    if kpi == CARBON:
        return f"{numbers.relative(abs(judgment.relative))} {'less' if good else 'more'} carbon"
    if _is_time(judgment):
        return f"{_span(abs(judgment.difference))} {'faster' if good else 'slower'}"
    if kpi == ON_TIME:
        points = judgment.difference_text.lstrip(f"+{numbers.MINUS}")
        return f"{points} {'more' if good else 'fewer'} orders on time"
    return f"{judgment.difference_text} {measure.title.lower()}"


def _span(hours: float) -> str:
    if hours > HOURS_UP_TO:
        return f"{hours / DAY_HOURS:.1f} days"
    return f"{hours:.0f} hour{'' if round(hours) == 1 else 's'}"


def sub_verdict(answer: Answer) -> list[tuple[str, bool]]:
    """Return the lines under the verdict as pieces of text, and which of them are bold."""
    if answer.choice.state == "single":
        return [("There is one design, so nothing is compared.", False)]
    if answer.study.replications == 1:
        return [("The levels below are those of one run. For a verdict ", False), (f"{MORE_RUNS}.", True)]
    pieces = _money(answer)
    if answer.choice.state == "better":
        lifts = _lift(answer)
        if lifts:
            pieces.append((lifts, False))
        pieces.append((". ", False))
        pieces.append((_price(answer) + _others(answer), False))
    else:
        pieces.append((f". {_nearest(answer)}".rstrip(), False))
    return pieces


def _money(answer: Answer) -> list[tuple[str, bool]]:
    judgment = answer.judgment(COST)
    subject = "It" if answer.choice.state == "better" else answer.focus.title
    if judgment is None or not judgment.known:
        return [(f"The cost of {inside(answer.focus.title)} is not compared", False)]
    orders = answer.study.annual_orders
    saving, low, high = (-value * orders for value in (judgment.difference, judgment.high, judgment.low))
    volume = _volume(answer)
    if low <= 0 <= high:
        loss, gain = numbers.totals(abs(low), high)
        if loss == gain == numbers.total_usd(0):
            return [(f"{subject} costs as much {volume} a year ({answer.study.level} CI)", False)]
        range_words = f"between a loss of {loss} and a saving of {gain} a year"
        return [(f"{subject} brings ", False), (range_words, True), (f" {volume} ({answer.study.level} CI)", False)]
    amount, *ends = numbers.totals(abs(saving), *sorted((abs(low), abs(high))))
    word, more = ("saves", "") if saving > 0 else ("costs", " more")
    if not judgment.decided:
        range_words = f"between {ends[0]} and {ends[1]}{more} a year"
        return [(f"{subject} {word} ", False), (range_words, True), (f" {volume} ({answer.study.level} CI)", False)]
    interval = f" {volume} ({answer.study.level} CI {ends[0]} to {ends[1]})"
    return [(f"{subject} {word} ", False), (f"{amount}{more} a year", True), (interval, False)]


def _volume(answer: Answer) -> str:
    """Say at how many orders a year money is told: the model's, or the trace's pace; whose, where designs differ."""
    orders = f"{numbers.count(answer.study.annual_orders)} orders"
    whose = "" if answer.paired else "the baseline's "
    return f"at {whose}{orders}{', the pace of the trace' if answer.study.traced else ''}"


def _lift(answer: Answer) -> str:
    """Add on-time delivery where it is materially better and not in the verdict already."""
    judgment = answer.judgment(ON_TIME)
    named = _material(answer, Verdict.BETTER)[:MOST_WINS]
    if judgment is None or judgment.verdict is not Verdict.BETTER or judgment in named:
        return ""
    return f" and lifts on-time delivery by {judgment.difference_text.lstrip('+')}"


def _price(answer: Answer) -> str:
    """Name the worst material loss."""
    losses = _material(answer, Verdict.WORSE)
    if not losses:
        return "No measure is materially worse."
    worst = max(losses, key=lambda j: abs(j.difference) / j.threshold if j.threshold else 0.0)
    word = "more" if worst.difference > 0 else "less"
    return f"The price is {word} {_lowered(worst.measure.title)} ({worst.difference_text})."


def _lowered(title: str) -> str:
    return title[:1].lower() + title[1:] if title[1:2].islower() else title


def _others(answer: Answer) -> str:
    """Say which other designs cost more than the baseline."""
    found = [j for j in answer.judgments if j.measure.kpi == COST and j.verdict is Verdict.WORSE]
    if not found:
        return ""
    baseline = inside(answer.baseline.title)
    if len(found) == 1:
        title = capitalized(answer.study.design(found[0].design).title)
        verb = is_or_are(title)
        return f" {title} {verb} the only design that costs more than {baseline}."
    return f" {capitalized(in_words(len(found)))} other designs cost more than {baseline}."


def _nearest(answer: Answer) -> str:
    judgment = answer.judgment(answer.study.primary.kpi)
    if judgment is None or not judgment.known:
        return ""
    found = f"{judgment.difference_text} ({judgment.interval_text}), {judgment.verdict.words}."
    count = len(answer.study.candidates())
    what = _lowered(answer.study.primary.title)
    if count > 1:
        return f"Of {in_words(count)} candidates it comes closest on {what}: {found}"
    return f"Its {what} differs by {found}"


def forest_finding(answer: Answer) -> str:
    """Say which candidates are cheaper and which are faster."""
    if not any(judgment.known for judgment in answer.judgments):
        return "No candidate is judged: there are too few runs"
    candidates = answer.study.candidates()
    cost = _winners(answer, answer.study.primary.kpi)
    hours = next((m.kpi for m in answer.study.measures if m.kpi.startswith(HOURS)), None)
    faster = _winners(answer, hours) if hours else []
    good = "cheaper" if answer.study.primary.kpi == COST else "better"
    if len(candidates) == 1:
        return f"{candidates[0].title}: {_single_words(answer)}"
    if hours is None:
        return f"{_count_of(cost, answer)} clearly {good}"
    everyone = f"All {in_words(len(candidates))}" if len(candidates) != PAIR else "Both"
    if len(faster) == len(cost) == len(candidates):
        return f"{everyone} are clearly {good} and faster"
    if len(faster) == len(candidates):
        return f"{everyone} deliver faster; {_count_of(cost, answer, only=True)} clearly {good}"
    return f"{capitalized(_count_of(cost, answer))} clearly {good}; {_count_of(faster, answer)} faster"


def _single_words(answer: Answer) -> str:
    better, worse = (_material(answer, verdict) for verdict in (Verdict.BETTER, Verdict.WORSE))
    total = sum(j.design == answer.choice.focus for j in answer.judgments)
    return (
        f"materially better on {in_words(len(better))} of {in_words(total)} measures, worse on {in_words(len(worse))}"
    )


def _winners(answer: Answer, kpi: str) -> list[str]:
    return [j.design for j in answer.judgments if j.measure.kpi == kpi and j.verdict is Verdict.BETTER]


def _count_of(winners: Sequence[str], answer: Answer, *, only: bool = False) -> str:
    if not winners:
        return "none is"
    if len(winners) == 1:
        title = inside(answer.study.design(winners[0]).title)
        return f"{'only ' if only else ''}{title} {is_or_are(title)}"
    candidates = len(answer.study.candidates())
    return f"{in_words(len(winners))} of {in_words(candidates)} are"


def times_finding(days: int, before: float | None, after: float) -> str:
    """Say how many orders arrive within some days, and how many did before."""
    period = f"{in_words(days)} day{'' if days == 1 else 's'}"
    if before is None:
        return f"{after:.0%} arrive within {period}"
    if f"{before:.0%}" == f"{after:.0%}":
        return f"{after:.0%} arrive within {period}, as before"
    return f"{after:.0%} arrive within {period}, {'up' if after > before else 'down'} from {before:.0%}"


def bridge_finding(total: float, changes: Sequence[tuple[str, float]]) -> str:
    """Name the part that saves most and the one that costs most more, and what remains."""
    by_size = sorted(changes, key=lambda change: change[1])
    saved = [change for change in by_size[:1] if change[1] < 0]
    added = [change for change in by_size[-1:] if change[1] > 0]
    told = [
        f"{name} ({numbers.difference(change, 'USD')})"
        for name, change in (saved + added if total < 0 else added + saved)
    ]
    if not told:
        return "No part of the cost changes"
    parts = " against ".join([told[0], *(_lowered(text) for text in told[1:])])
    return f"{parts}: {numbers.usd(abs(total))} {'saved' if total < 0 else 'more'} per order"
