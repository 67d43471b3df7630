"""What drives the difference, what could change it and how far to trust it, all from the data."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

from twin.report import numbers
from twin.report.answer import Answer
from twin.report.judgments import Judgment
from twin.report.nodes import busiest, node_rows
from twin.report.parts import CARBON, COST, Parts, read_parts
from twin.report.sentences import COST as COST_KPI
from twin.report.steadiness import asked_words, too_short_a_warmup
from twin.report.words import MORE_RUNS, TIMES, city, inside, inside_measure, listed

FIXED = ("Node fixed cost", "Storage")
MINUS_PRINTED = 0.005
MOST_SAVED = 100
LABELS = "Shipping labels"


@dataclass(frozen=True, slots=True)
class Reason:
    """A short name and one sentence."""

    name: str
    words: str


def drivers(answer: Answer) -> list[Reason]:
    """Name the components of cost that moved most the way the total went, and of carbon the one that moved most."""
    found = []
    cost = read_parts(answer.kpis, COST_KPI, COST)
    for name, change in _largest(cost, answer)[:2]:
        words = f"{numbers.difference(change, 'USD')} per order"
        found.append(Reason(name, f"{words}{_zones(answer) if name == LABELS else ''}."))
    carbon = read_parts(answer.kpis, "co2e_kg_per_order", CARBON)
    for name, change in _largest(carbon, answer)[:1]:
        found.append(Reason(f"Carbon: {name.lower()}", f"{numbers.difference(change, 'kg CO2e')} CO₂e per order."))
    return found


def _largest(parts: Parts, answer: Answer) -> list[tuple[str, float]]:
    baseline, focus = answer.study.baseline, answer.choice.focus
    if focus not in parts.totals or focus == baseline:
        return []
    way = 1 if parts.totals[focus] > parts.totals[baseline] else -1
    changes = zip(parts.names, parts.changes(baseline, focus), strict=True)
    moved = [(name, change) for name, change in changes if way * change >= MINUS_PRINTED]
    return sorted(moved, key=lambda pair: -way * pair[1])


def _zones(answer: Answer) -> str:
    before, after = (answer.kpis.mean("mean_zone", name) for name in (answer.study.baseline, answer.choice.focus))
    if before is None or after is None or f"{before:.1f}" == f"{after:.1f}":
        return ""
    return f": mean zone {'falls' if after < before else 'rises'} from {before:.1f} to {after:.1f}"


def risks(answer: Answer) -> list[Reason]:
    """Say what would undo the answer: dearer components, fewer orders, a full node."""
    found = [_break_even(answer), _volume(answer), _busiest(answer)]
    return [reason for reason in found if reason is not None]


def _break_even(answer: Answer) -> Reason | None:
    """Tell how far the component that got worst may still rise before the saving is gone."""
    judgment = answer.judgment(COST_KPI)
    parts = read_parts(answer.kpis, COST_KPI, COST)
    if judgment is None or judgment.difference >= 0 or not judgment.decided:
        return None
    changes = dict(zip(parts.names, parts.changes(answer.study.baseline, answer.choice.focus), strict=True))
    worst = max(changes, key=lambda name: changes[name])
    if changes[worst] <= 0:
        worst = max(parts.names, key=lambda name: parts.of(name, answer.choice.focus))
    level = parts.of(worst, answer.choice.focus)
    if level <= 0:
        return None
    limit = level - judgment.difference
    words = (
        f"The saving is gone if {worst.lower()}, now {numbers.level(level, 'USD')} per order, rises by more than "
        f"{limit / level - 1:.0%} to {numbers.level(limit, 'USD')}, all else equal."
    )
    return Reason(worst, words)


def _volume(answer: Answer) -> Reason | None:
    """Tell what fewer orders do, when the cost of nodes stays what it is."""
    parts = read_parts(answer.kpis, COST_KPI, COST)
    focus, baseline = answer.choice.focus, answer.study.baseline
    if focus not in parts.totals or not parts.totals[focus]:
        return None
    here, there = (sum(parts.of(name, design) for name in FIXED) for design in (focus, baseline))
    share = here / parts.totals[focus]
    words = f"{share:.0%} of cost is the fixed cost of nodes and storage"
    if focus == baseline:
        return Reason("Volume", f"{words}.")
    words += f" ({there / parts.totals[baseline]:.0%} in {inside(answer.baseline.title)})"
    judgment = answer.judgment(COST_KPI)
    if judgment is None or judgment.difference >= 0 or not judgment.decided:
        return Reason("Volume", f"{words}.")
    more = here - there
    if more <= 0:
        return Reason("Volume", f"{words}; fewer orders alone do not undo the saving.")
    fall = -judgment.difference / (more - judgment.difference)
    return Reason("Volume", f"{words}; the saving is gone if orders fall by more than {fall:.0%}.")


def _busiest(answer: Answer) -> Reason | None:
    rows = node_rows(answer.study, answer.focus, answer.kpis)
    top = busiest(rows)
    if top is None:
        return None
    name = city(top.label)
    used = top.means["utilization"]
    words = f"{name} is busy {used:.0%} of its staffed hours"
    words += ", more than any other node." if len(rows) > 1 else "."
    return Reason("Busiest node", words)


def _pairing(judgment: Judgment) -> Reason:
    """Tell how many times more runs it would have taken without the same luck in both designs."""
    alike = f"(correlation {judgment.correlation:.2f})."
    if judgment.runs_saved < 1:
        return Reason("Pairing", f"saved nothing {alike}")
    saved = f"{judgment.runs_saved:.1f}" if judgment.runs_saved <= MOST_SAVED else f"more than {MOST_SAVED}"
    return Reason("Pairing saved", f"{saved}{TIMES} the runs {alike}")


def _sameness(answer: Answer) -> list[Reason]:
    """Say where designs did not meet the same world, as far as that is known."""
    if not answer.judgments or not answer.has_intervals:
        return []
    if not answer.paired:
        words = "designs met different orders, so their runs are compared as groups and the intervals are wider."
        return [Reason("Not paired:", words)]
    if answer.study.same_world is False:
        return [Reason("Not all alike:", "designs met the same orders, but not the same disruptions or luck.")]
    return []


def _intervals(answer: Answer) -> Reason:
    """Say what the intervals cover."""
    if not answer.has_intervals:
        return Reason("No intervals:", f"one run gives none; {MORE_RUNS}.")
    noise = f"simulation noise only, over {len(answer.runs.common)} runs"
    candidates = len(answer.study.candidates())
    if candidates > 1:
        noise += f", wide enough for {candidates} candidates at once"
    return Reason("Intervals are", f"{noise}; wrong inputs are not in them.")


def _best(answer: Answer) -> list[Reason]:
    """Say which designs could be the best of all on the measure that decides."""
    study, left = answer.study, answer.could_be_best
    if not left:
        return []
    titles, measure = [study.design(name).title for name in left], inside_measure(study.primary.title)
    sure = f"({study.level}, multiple comparisons with the best)."
    if len(left) == 1:
        return [Reason("Best of all", f"on {measure} is {inside(titles[0])} {sure}")]
    return [Reason("Could be the best", f"on {measure}: {listed(titles)} {sure}")]


def trust(answer: Answer) -> list[Reason]:
    """Say what the intervals cover and what they do not."""
    study = answer.study
    found = [Reason("Not validated", "against history: no such comparison is part of this study.")]
    judgment = answer.judgment(study.primary.kpi)
    if judgment is not None and isfinite(judgment.correlation):
        found.append(_pairing(judgment))
    found += _sameness(answer)
    found += _best(answer)
    found.append(_intervals(answer))
    found += [
        Reason("Warm-up too short:", f"{asked_words(one)} in {inside(study.design(one.design).title)}, by MSER-5.")
        for one in too_short_a_warmup(study)[:1]
    ]
    missing = study.replications - len(answer.runs.common)
    if missing > 0:
        found.append(Reason("Incomplete", f"{missing} of {study.replications} runs are missing in some design."))
    if judgment is not None and judgment.warning:
        found.append(Reason("Warning:", f"{judgment.warning}."))
    return found
