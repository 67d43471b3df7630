"""The comparison of designs with a baseline: one judged difference per candidate and measure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from difflib import get_close_matches
from math import isnan, nan

import numpy as np
import pandas as pd

from twin.domain.errors import TwinError
from twin.experiments.intervals import (
    FEWEST_RUNS,
    PairedDifference,
    UnpairedDifference,
    Values,
    paired_difference,
    runs_needed,
    welch_difference,
)
from twin.experiments.multiplicity import bonferroni_level, holm
from twin.experiments.verdicts import Direction, Finding, Materiality, Scale, Verdict, judge, sentence

MOST_FAILED_RATE = 0.02
"""A verdict over fewer runs than this allows would be about the runs that survived."""
SYNCHRONIZED_FROM = 0.1
"""Designs that meet the same luck are more alike than this correlation."""
UNSYNCHRONIZED = "random streams are not synchronized"
SATURATED = "where work only piles up, a figure depends on how long one watches"
DIGEST_SHOWN = 8


class WorldsDifferError(TwinError):
    """Designs that should have met the same customers and the same luck did not."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One KPI of the decision: which way is better, from where on it matters, and whether it decides."""

    kpi: str
    name: str
    unit: str
    direction: Direction
    materiality: Materiality
    primary: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """One row of the comparison: a candidate against the baseline on one measure; NaN where it is unknown.

    `level` is that of the row's interval, wide enough for all candidates at once; `n` counts pairs, or, where
    demand is unpaired (`paired` is false), the runs of the design with fewer.
    """

    design: str
    kpi: str
    name: str
    unit: str
    direction: str
    exploratory: bool
    level: float
    n: int
    dropped_pairs: int
    paired: bool = True
    baseline_mean: float = nan
    candidate_mean: float = nan
    difference: float = nan
    low: float = nan
    high: float = nan
    delta: float = nan
    relative_difference: float = nan
    relative_low: float = nan
    relative_high: float = nan
    correlation: float = nan
    variance_reduction: float = nan
    p_value: float = nan
    p_holm: float = nan
    sign_flip_p: float = nan
    runs_needed: float = nan
    verdict: str = Verdict.NOT_JUDGED.value
    words: str = Verdict.NOT_JUDGED.words
    sentence: str = ""
    warning: str = ""


COLUMNS = [one.name for one in fields(Comparison)]


@dataclass(frozen=True, slots=True)
class Terms:
    """How designs are compared.

    `alpha` is the chance that any of the candidates' intervals for one measure misses its true difference, of which
    `price_of_looks` is left where the number of replications followed from what they were. `paired` says whether
    replications with the same number met the same customers; without, Welch's intervals are used. `saturated` says
    what cannot keep up, by design: such a design gets its numbers and this warning instead of a verdict.
    """

    alpha: float = 0.05
    paired: bool = True
    saturated: Mapping[str, str] = field(default_factory=dict)
    price_of_looks: float = 1.0


AS_USUAL = Terms()


@dataclass(frozen=True, slots=True)
class _Study:
    """What all rows of one comparison share."""

    baseline: str
    candidates: tuple[str, ...]
    replications: int
    terms: Terms

    @property
    def level(self) -> float:
        return bonferroni_level(self.terms.alpha * self.terms.price_of_looks, len(self.candidates))


def compare_designs(
    kpis: pd.DataFrame, baseline: str, measures: Sequence[Measure], terms: Terms = AS_USUAL
) -> pd.DataFrame:
    """Compare every design with the baseline on every measure.

    Parameters
    ----------
    kpis
        Values for the whole network in columns design, replication, kpi and value; failed runs have none.
    baseline
        The design the others are compared with.
    measures
        What is compared, at most one of them primary; Holm's p values are given for the others.
    terms
        How sure the intervals are, whether there are pairs, and who gets no verdict.

    Returns
    -------
    pandas.DataFrame
        One row per measure and candidate with the fields of `Comparison`.
    """
    _refuse_what_cannot_be_compared(kpis, baseline, measures)
    designs = [str(design) for design in kpis["design"].unique()]
    candidates = tuple(design for design in designs if design != baseline)
    study = _Study(baseline, candidates, kpis["replication"].nunique(), terms)
    rows: list[Comparison] = []
    for measure in measures:
        values = _by_design(kpis, measure.kpi).reindex(columns=designs)
        found = [_compare(study, measure, design, values) for design in candidates]
        rows += found if measure.primary else _with_holm(found)
    return pd.DataFrame([asdict(row) for row in rows], columns=COLUMNS)


def refuse_if_worlds_differ(exogenous: pd.DataFrame) -> None:
    """Raise `WorldsDifferError` where designs met different worlds in a replication: such runs make no pair.

    `exogenous` has columns design, replication and exogenous_sha256.
    """
    worlds = exogenous.groupby("replication")["exogenous_sha256"].nunique(dropna=False)
    differing = sorted(worlds.index[worlds > 1])
    if not differing:
        return
    first = exogenous[exogenous["replication"] == differing[0]]
    camps = [
        f"{', '.join(repr(str(name)) for name in camp['design'])} ({str(digest)[:DIGEST_SHOWN]})"
        for digest, camp in first.groupby("exogenous_sha256", dropna=False, sort=False)
    ]
    others = f" (and {len(differing) - 1} more)" if len(differing) > 1 else ""
    raise WorldsDifferError(
        f"replication {differing[0]}{others}: designs met different worlds: {' against '.join(camps)}\n"
        "  expected: the same exogenous_sha256 in every design, so that their runs make pairs\n"
        "  to mend:  give all designs the same seed, demand and disruptions, or compare them unpaired where\n"
        "            demand differs on purpose"
    )


def _refuse_what_cannot_be_compared(kpis: pd.DataFrame, baseline: str, measures: Sequence[Measure]) -> None:
    designs = [str(design) for design in kpis["design"].unique()]
    if baseline not in designs:
        raise TwinError(f"baseline {baseline!r} has no KPIs; designs with KPIs: {', '.join(designs)}")
    known = set(kpis["kpi"])
    for measure in measures:
        if measure.kpi not in known:
            near = get_close_matches(measure.kpi, sorted(known), n=1, cutoff=0) or ["none"]
            raise TwinError(
                f"study.measures: {measure.kpi!r} is no KPI of these runs\n"
                "  expected: a KPI of docs/kpis.md\n"
                f"  to mend:  did you mean {near[0]!r}?"
            )
    primary = [measure.kpi for measure in measures if measure.primary]
    if len(primary) > 1:
        raise TwinError(f"expected at most one primary measure, found {', '.join(primary)}: alpha holds for one")
    twice = kpis.duplicated(["design", "replication", "kpi"])
    if twice.any():
        row = kpis[twice].iloc[0]
        where = f"design {row['design']!r}, replication {row['replication']}"
        raise TwinError(f"{where}: expected one value of KPI {row['kpi']!r}, found several")


def _by_design(kpis: pd.DataFrame, kpi: str) -> pd.DataFrame:
    rows = kpis[kpis["kpi"] == kpi]
    # pivot_table would average and drop what is NaN
    return rows.pivot(index="replication", columns="design", values="value")  # noqa: PD010


def _compare(study: _Study, measure: Measure, design: str, values: pd.DataFrame) -> Comparison:
    """Compare one candidate on one measure, as far as its runs allow."""
    before, after, dropped = _runs(study, design, values)
    row = Comparison(
        design=design,
        kpi=measure.kpi,
        name=measure.name,
        unit=measure.unit,
        direction=measure.direction,
        exploratory=not measure.primary,
        level=study.level,
        n=min(len(before), len(after)),
        dropped_pairs=dropped,
        paired=study.terms.paired,
    )
    if row.n < FEWEST_RUNS:
        return _not_judged(_with_levels(row, measure, before, after), _too_few(study, row))
    found = (paired_difference if study.terms.paired else welch_difference)(before, after, study.level)
    measured = _measured(row, measure, found, float(before.mean()), float(after.mean()))
    if dropped > MOST_FAILED_RATE * study.replications:
        limit = f"at most {100 * MOST_FAILED_RATE:g} % may be"
        return _not_judged(measured, f"{dropped} of {study.replications} runs are missing, {limit}")
    full = [study.terms.saturated[one] for one in (study.baseline, design) if one in study.terms.saturated]
    if full:
        return _not_judged(measured, f"{' and '.join(full)}; {SATURATED}")
    return _judged(study, measure, measured, found)


def _runs(study: _Study, design: str, values: pd.DataFrame) -> tuple[Values, Values, int]:
    """Return the runs of baseline and candidate that can be compared, and how many are lost."""
    both = values[[study.baseline, design]].to_numpy(dtype=float)
    there = np.isfinite(both)
    whole = there.all(axis=1)
    dropped = study.replications - int(whole.sum())
    if study.terms.paired:
        return both[whole, 0], both[whole, 1], dropped
    return both[there[:, 0], 0], both[there[:, 1], 1], dropped


def _with_levels(row: Comparison, measure: Measure, before: Values, after: Values) -> Comparison:
    """Fill in the levels where there is a run to take them from; a difference without an interval is not given."""
    if not row.n:
        return row
    level = float(before.mean())
    return replace(
        row, baseline_mean=level, candidate_mean=float(after.mean()), delta=measure.materiality.resolve(level)
    )


def _too_few(study: _Study, row: Comparison) -> str:
    if study.replications == 1:
        return "one replication gives no interval; set study.replications to 2 or more, better to 10"
    return f"{row.n} of {study.replications} runs can be compared, at least 2 are needed"


def _measured(
    row: Comparison,
    measure: Measure,
    found: PairedDifference | UnpairedDifference,
    before: float,
    after: float,
) -> Comparison:
    """Fill in the numbers of a row."""
    delta = measure.materiality.resolve(before)
    share = 1 / abs(before) if before else nan
    row = replace(
        row,
        baseline_mean=before,
        candidate_mean=after,
        difference=found.mean,
        low=found.interval.low,
        high=found.interval.high,
        delta=delta,
        relative_difference=found.mean * share,
        relative_low=found.interval.low * share,
        relative_high=found.interval.high * share,
        p_value=found.p_value,
        runs_needed=float(runs_needed(found.sd, found.n, delta, row.level)) if delta > 0 else nan,
    )
    if isinstance(found, UnpairedDifference):
        return row
    flipped = nan if found.sign_flip_p is None else found.sign_flip_p
    return replace(
        row,
        correlation=found.correlation,
        variance_reduction=found.variance_reduction,
        sign_flip_p=flipped,
        warning="; ".join(_warnings(row, found)),
    )


def _warnings(row: Comparison, found: PairedDifference) -> list[str]:
    """Say what makes the interval doubtful; a correlation that is not known (NaN) does not."""
    warnings = []
    if found.correlation <= SYNCHRONIZED_FROM:
        warnings.append(UNSYNCHRONIZED)
    p, smallest = found.sign_flip_p, 2.0 ** (1 - found.n)
    if p is None or (p < 1 - row.level) == found.interval.excludes_zero:
        return warnings
    if smallest >= 1 - row.level:
        doubt = f"{found.n} runs are too few for a sign-flip test to confirm it (its p is at least {smallest:.3g})"
        return [*warnings, f"differences are skewed, and {doubt}"]
    both = f"(p = {p:.3g}, t test p = {found.p_value:.3g})"
    return [*warnings, f"differences are skewed and the sign-flip test disagrees with the interval {both}"]


def _not_judged(row: Comparison, reason: str) -> Comparison:
    return replace(row, sentence=f"NOT JUDGED: {reason}.", warning="; ".join(filter(None, [reason, row.warning])))


def _judged(
    study: _Study, measure: Measure, row: Comparison, found: PairedDifference | UnpairedDifference
) -> Comparison:
    verdict = judge(found.interval, measure.direction, row.delta)
    finding = Finding(
        difference=found.mean,
        interval=found.interval,
        direction=measure.direction,
        delta=row.delta,
        scale=Scale.of(measure.unit, measure.materiality, row.baseline_mean),
        confidence=1 - study.terms.alpha,
        runs=row.n,
        more_runs=None if isnan(row.runs_needed) else int(row.runs_needed),
        paired=study.terms.paired,
    )
    return replace(row, verdict=verdict.value, words=verdict.words, sentence=sentence(finding))


def _with_holm(rows: list[Comparison]) -> list[Comparison]:
    """Adjust the p values of one measure's candidates for each other."""
    known = [row for row in rows if not isnan(row.p_value)]
    adjusted = dict(zip([row.design for row in known], holm([row.p_value for row in known]), strict=True))
    return [replace(row, p_holm=adjusted.get(row.design, nan)) for row in rows]
