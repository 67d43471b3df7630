"""A virtual pilot: what changes against the network of today, judged by thresholds that were written before the run."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import sha256
from math import inf
from pathlib import Path
from typing import Any, cast

import numpy as np

from twin.analytics.bookings import bookings
from twin.analytics.costs import total_cost_usd
from twin.analytics.kpis import KPIS, Kpi, measure
from twin.analytics.tables import Tables, Window
from twin.config import ScenarioConfig
from twin.config.pilot import PilotConfig
from twin.domain.errors import UsageError
from twin.domain.network import Network
from twin.experiments.files import write_text
from twin.experiments.intervals import Interval, Values, mean_interval, runs_needed, welch_difference
from twin.experiments.multiplicity import bonferroni_level
from twin.experiments.replication import Design, folder_of
from twin.experiments.results import kpis_of, replications_of, worlds_of

TERMS = "pilot-terms.json"
TODAY, PILOT = "today", "pilot"
DAYS_PER_MONTH = 365 / 12
LONGEST_MONTHS = 240
STEPS_PER_MONTH = 10
HOURS_PER_DAY = 24.0


class State(StrEnum):
    """What the runs say of one condition."""

    HOLDS = "holds"
    FAILS = "fails"
    UNCLEAR = "unclear"


class Decision(StrEnum):
    """What the pilot comes to."""

    GO = "GO"
    NO_GO = "NO-GO"
    INCONCLUSIVE = "INCONCLUSIVE"


@dataclass(frozen=True, slots=True)
class Guardrail:
    """One KPI that may not get worse than by a margin: how much worse it is, negative where it is better."""

    kpi: str
    title: str
    unit: str
    incumbent: float
    pilot: float
    worse: float
    interval: Interval
    margin: float
    state: State
    more_runs: int


@dataclass(frozen=True, slots=True)
class Payback:
    """When the change has paid for itself, in months from its launch; infinite where it never does.

    `invested_usd` is the one-off cost and what the ramp cost more; `monthly_usd` what each month after it saves, with
    its interval. `state` says of the limit whether the money is back by then.
    """

    invested_usd: float
    monthly_usd: float
    monthly: Interval
    months: float
    earliest: float
    latest: float
    limit: float
    state: State
    more_runs: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision and all it rests on; `more_runs` would settle what is unclear, 0 where nothing is."""

    decision: Decision
    payback: Payback
    guardrails: tuple[Guardrail, ...]
    runs: int
    paired: bool
    level: float

    @property
    def more_runs(self) -> int:
        """Replications still needed for what is unclear."""
        conditions: list[Payback | Guardrail] = [self.payback, *self.guardrails]
        return max([one.more_runs for one in conditions if one.state is State.UNCLEAR], default=0)


def terms_of(config: ScenarioConfig) -> dict[str, Any]:
    """Return what a pilot is judged by: its thresholds, and the days and measures of its study."""
    assert config.pilot is not None
    study = config.study.model_dump(mode="json", include={"starts_on", "warmup_days", "measured_days", "alpha"})
    return {"pilot": config.pilot.model_dump(mode="json"), "study": study}


def digest_of(terms: dict[str, Any]) -> str:
    """Return the sha256 of the terms of a pilot."""
    return sha256(json.dumps(terms, sort_keys=True).encode()).hexdigest()


def keep_terms(folder: Path, designs: Sequence[Design], *, new: bool) -> str:
    """Write down by what the pilot will be judged before it is run, and return the sha256 of it.

    Raises `UsageError` where replications are there already that were run under other terms.
    """
    terms, path = terms_of(designs[1].config), folder / TERMS
    before = json.loads(path.read_text("utf-8"))["terms"] if path.is_file() else None
    is_run = any(any((folder / design.name).glob("rep-*/manifest.json")) for design in designs)
    if before not in (None, terms) and is_run and not new:
        changed = _first_difference(before, terms)
        raise UsageError(
            f"{folder} was run under other terms: {changed}\n"
            "  expected: thresholds that were written before the run\n"
            "  to mend:  --new runs it again, study.name=... keeps both"
        )
    folder.mkdir(parents=True, exist_ok=True)
    write_text(path, json.dumps({"sha256": digest_of(terms), "terms": terms}, indent=1) + "\n")
    return digest_of(terms)


def _first_difference(before: Any, now: Any, where: str = "") -> str:  # noqa: ANN401  (plain values)
    if isinstance(before, dict) and isinstance(now, dict):
        for key in sorted({*before, *now}):
            if before.get(key) != now.get(key):
                return _first_difference(before.get(key), now.get(key), f"{where}.{key}" if where else key)
    return f"{where} was {before!r}, is {now!r}"


def refuse_if_no_pilot(config: ScenarioConfig) -> PilotConfig:
    """Return what is to be piloted; raise `UsageError` where nothing is, or nothing could be judged."""
    pilot, study = config.pilot, config.study
    if pilot is None:
        raise UsageError(
            "this scenario has no pilot\n  expected: pilot: with incumbent, launch, thresholds\n"
            "  to mend:  scenario=pilot_austin_mfc, or write one of your own (docs/how-to.md)"
        )
    steady_on = (pilot.launch - study.starts_on).days
    if not 0 < steady_on < study.warmup_days:
        raise UsageError(
            f"pilot.launch: {pilot.launch}, day {steady_on} of the study\n"
            f"  expected: a day of the warm-up ({study.warmup_days} days), so that the measured days are steady\n"
            "  to mend:  another pilot.launch, study.starts_on or study.warmup_days"
        )
    if not study.order_tables:
        raise UsageError("study.order_tables: false\n  expected: true, because the ramp is counted order by order\n"
                         "  to mend:  study.order_tables=true")  # fmt: skip
    known = {kpi.id: kpi for kpi in KPIS}
    for kpi in pilot.guardrails:
        if kpi not in known or known[kpi].better == "neither":
            good = ", ".join(one.id for one in KPIS if one.better != "neither")
            raise UsageError(f"pilot.guardrails.{kpi}: no KPI that can get worse\n  expected: one of {good}")
    return pilot


def named(design: Design, name: str) -> Design:
    """Return a design whose study has a name: its own, or this one."""
    study = design.config.study.model_copy(update={"name": design.config.study.name or name})
    return replace(design, config=design.config.model_copy(update={"study": study}))


def new_nodes(incumbent: Network, pilot: Network) -> list[str]:
    """Return the nodes that only the pilot has."""
    before = {name for name, node in incumbent.nodes.items() if node.enabled}
    return [name for name, node in pilot.nodes.items() if node.enabled and name not in before]


def judged(folder: Path, designs: Sequence[Design], networks: Sequence[Network]) -> Verdict:
    """Judge a finished pilot: `designs` and `networks` are those of the incumbent and of the pilot.

    All intervals, of the guardrails and of the payback, hold at once.
    """
    config = designs[1].config
    pilot = config.pilot
    assert pilot is not None
    numbers = replications_of(folder, designs)
    worlds = worlds_of(folder, designs, numbers)
    paired = len(worlds[["replication", "orders_sha256"]].drop_duplicates()) == len(numbers)
    level = bonferroni_level(config.study.alpha, len(pilot.guardrails) + 1)
    difference = Difference(level, paired)
    kpis = kpis_of(folder, designs, numbers).pivot(index=["design", "replication"], columns="kpi", values="value")
    values = [kpis.loc[design.name] for design in designs]
    titles = {kpi: one.title for kpi, one in config.study.measures.items()}
    known = {kpi.id: kpi for kpi in KPIS}
    rails = tuple(
        _guardrail(
            known[kpi],
            titles.get(kpi, kpi.replace("_", " ").capitalize()),
            rail.worse_by,
            (values[0][kpi].to_numpy(), values[1][kpi].to_numpy()),
            difference,
        )
        for kpi, rail in pilot.guardrails.items()
    )
    money = [_money(folder, design, network, numbers, pilot) for design, network in zip(designs, networks, strict=True)]
    payback = _payback(money[0], money[1], pilot, ramp_months(config), difference)
    return Verdict(_decision(payback, rails), payback, rails, len(numbers), paired, level)


def ramp_months(config: ScenarioConfig) -> float:
    """Return how long after the launch the steady state begins."""
    assert config.pilot is not None
    return (config.study.warmup_days - (config.pilot.launch - config.study.starts_on).days) / DAYS_PER_MONTH


@dataclass(frozen=True, slots=True)
class Difference:
    """How the pilot differs from the incumbent: in pairs, or by Welch where their customers differ on purpose."""

    level: float
    paired: bool

    def of(self, before: Values, after: Values) -> tuple[float, Interval, float]:
        """Return after minus before, its interval, and the spread of one run's difference."""
        if self.paired:
            found = after - before
            return float(found.mean()), mean_interval(found, self.level), float(found.std(ddof=1))
        unpaired = welch_difference(before, after, self.level)
        return unpaired.mean, unpaired.interval, unpaired.sd


@dataclass(frozen=True, slots=True)
class Money:
    """What a design cost in the ramp and in a month of the steady state, by replication, less what orders earned."""

    ramp_usd: Values
    monthly_usd: Values


def _money(folder: Path, design: Design, network: Network, numbers: Sequence[int], pilot: PilotConfig) -> Money:
    study = design.config.study
    launch = (pilot.launch - study.starts_on).days
    goods = [int(node.opening.goods_at / HOURS_PER_DAY) for node in network.nodes.values() if node.opening]
    begins = min([launch, *goods])
    windows = (Window(begins, study.warmup_days - begins), Window(study.warmup_days, study.measured_days))
    rows = [
        [_net_cost_usd(folder_of(folder, design.name, number), window, network, pilot.margin_usd_per_order)
         for window in windows]
        for number in numbers
    ]  # fmt: skip
    ramp, steady = np.array(rows).T
    return Money(ramp, steady / study.measured_days * DAYS_PER_MONTH)


def _net_cost_usd(replication: Path, window: Window, network: Network, margin_usd: float) -> float:
    """Return what the orders of some days cost in all, less what each of them earns where that is told."""
    measured = measure(Tables.read(replication, window), window, network)
    cost = cast("float", total_cost_usd(bookings(measured, window, network)))
    return cost - margin_usd * len(measured.orders)


def _guardrail(
    known: Kpi, title: str, margin: float, values: tuple[Values, Values], difference: Difference
) -> Guardrail:
    before, after = values
    sign = 1.0 if known.better == "lower" else -1.0
    worse, interval, sd = difference.of(sign * before, sign * after)
    state = State.HOLDS if interval.high < margin else State.FAILS if interval.low > margin else State.UNCLEAR
    more = _more_runs(sd, len(before), margin - worse, difference.level)
    levels = float(before.mean()), float(after.mean())
    return Guardrail(known.id, title, known.unit, *levels, worse, interval, margin, state, more)


def _payback(incumbent: Money, pilot: Money, terms: PilotConfig, ramp: float, difference: Difference) -> Payback:
    """Return when what was invested is back, by the interval of the balance after so many months (Fieller's way)."""

    def balance(months: float) -> tuple[float, Interval, float]:
        """Return what the pilot has won by so many months after its ramp."""
        spent = [one.ramp_usd + months * one.monthly_usd for one in (pilot, incumbent)]
        mean, interval, sd = difference.of(spent[0], spent[1])
        low, high = interval.low - terms.one_off_usd, interval.high - terms.one_off_usd
        return mean - terms.one_off_usd, Interval(low, high, interval.level), sd

    after = max(0.0, terms.payback_months - ramp)
    mean, interval, sd = balance(after)
    state = State.HOLDS if interval.low > 0 else State.FAILS if interval.high < 0 else State.UNCLEAR
    monthly_usd, monthly, _ = difference.of(pilot.monthly_usd, incumbent.monthly_usd)
    months = np.arange(LONGEST_MONTHS * STEPS_PER_MONTH + 1) / STEPS_PER_MONTH
    return Payback(
        invested_usd=terms.one_off_usd + float(pilot.ramp_usd.mean() - incumbent.ramp_usd.mean()),
        monthly_usd=monthly_usd,
        monthly=monthly,
        months=ramp + _first(months, lambda at: balance(at)[0] >= 0),
        earliest=ramp + _first(months, lambda at: balance(at)[1].high >= 0),
        latest=ramp + _first(months, lambda at: balance(at)[1].low >= 0),
        limit=terms.payback_months,
        state=state,
        more_runs=_more_runs(sd, len(pilot.ramp_usd), mean, difference.level),
    )


def _first(months: Values, is_back: Callable[[float], bool]) -> float:
    """Return the first of rising months by which something holds, infinity where it holds for none of them."""
    return next((float(at) for at in months.tolist() if is_back(at)), inf)


def _more_runs(sd: float, runs: int, away: float, level: float) -> int:
    """Return how many runs more would tell on which side of its threshold a mean lies that is so far away from it."""
    return runs_needed(sd, runs, 2 * abs(away), level) if away and sd else 0


def _decision(payback: Payback, rails: Sequence[Guardrail]) -> Decision:
    states = {payback.state, *(one.state for one in rails)}
    if State.FAILS in states:
        return Decision.NO_GO
    return Decision.INCONCLUSIVE if State.UNCLEAR in states else Decision.GO
