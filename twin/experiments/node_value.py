"""What each node is worth: the same world without it, and what follows: keep, watch or close."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from math import isfinite, nan
from pathlib import Path

import pandas as pd

from twin.analytics.resilience import Levels
from twin.domain.errors import ConfigurationError, UsageError
from twin.experiments.comparison import Terms, compare_designs
from twin.experiments.intervals import Interval, paired_difference
from twin.experiments.multiplicity import bonferroni_level
from twin.experiments.replication import Build, Design
from twin.experiments.results import kpis_of, measures_of
from twin.experiments.saturation import saturated_designs
from twin.experiments.stress import Trial, stress_results
from twin.experiments.study import LONGEST_NAME, refuse_if_too_many_failed, run_replications

ON_TIME, COST = "on_time_delivery_rate", "cost_per_order"
STANDARD_OUTAGE = "largest_node_down"
RESILIENCE_MARGIN_DAYS = 0.25
"""Days of service that an outage may cost more without a node, before that speaks for it."""
OF_A_NODE = ("orders_delivered", "utilization", "cost_per_order")

Without = Callable[[frozenset[str]], Design]
"""Makes the design that is left when some nodes are taken away; raises `ConfigurationError` where none is."""


class Advice(StrEnum):
    """What to do with a node."""

    KEEP = "keep"
    WATCH = "watch"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Change:
    """How a measure changes when a node is closed: in the mean, with its interval."""

    mean: float
    interval: Interval


@dataclass(frozen=True, slots=True)
class Scorecard:
    """One node: what it does, and what changes on each measure when it is closed.

    `changes` are by KPI; `service_lost` is the change of the days of service that the standard outage costs, None where
    that was not tried. All intervals of a column hold at once.
    """

    node: str
    orders_per_day: float
    utilization: float
    cost_per_order: float
    changes: Mapping[str, Change]
    service_lost: Change | None
    advice: Advice
    because: str


def name_without(nodes: Collection[str], whole: str) -> str:
    """Return the name of a design without some nodes: that of the whole network where none is missing."""
    if not nodes:
        return whole
    name = f"without_{'_'.join(sorted(nodes))}"
    if len(name) > LONGEST_NAME - 24:  # room for the name of an outage
        name = f"without_{len(nodes)}_{sha256(name.encode()).hexdigest()[:8]}"
    return name


def removable(whole: Design, without: Without, wanted: Sequence[str] = ()) -> tuple[list[str], dict[str, str]]:
    """Return the nodes that can be taken away, and of the others why not; of some that are wanted, or of all.

    Raises `UsageError` for a name that is no open node, and where no node can be taken away.
    """
    nodes = whole.config.network.nodes
    open_nodes = [name for name, node in nodes.items() if node.enabled and not node.standby]
    for name in wanted:
        if name not in open_nodes:
            raise UsageError(f"--nodes: no open node {name!r}\n  expected: some of {', '.join(open_nodes)}")
    found, kept = [], {}
    for name in wanted or open_nodes:
        try:
            without(frozenset([name]))
        except ConfigurationError as error:
            first = error.problems[0]
            kept[name] = f"{first.where}: {first.found}"
        else:
            found.append(name)
    if not found:
        raise UsageError(f"no node can be taken away: {'; '.join(f'{name}, {why}' for name, why in kept.items())}")
    return found, kept


@dataclass(frozen=True, slots=True)
class Survey:
    """A network, what makes it without some of its nodes, and what lives through designs that are not lived yet."""

    folder: Path
    whole: Design
    without: Without
    live: Callable[[Sequence[Design]], object]

    @property
    def numbers(self) -> range:
        """The replications of each design."""
        return range(self.whole.config.study.replications)

    def costs(self, designs: Sequence[Design]) -> pd.DataFrame:
        """Return the cost per order by replication (rows) and design (columns), lived through where it is missing."""
        self.live(designs)
        kpis = kpis_of(self.folder, designs, self.numbers, kpi=COST)
        return kpis.pivot(index="replication", columns="design", values="value")  # noqa: PD010  (pivot_table would average)


def living(folder: Path, build: Build, jobs: int, *, new: bool) -> Callable[[Sequence[Design]], object]:
    """Return what lives through designs in a folder; with `new` each of them once from the beginning."""
    begun: set[str] = set()

    def live(designs: Sequence[Design]) -> None:
        fresh = [one for one in designs if one.name not in begun]
        begun.update(one.name for one in fresh)
        if fresh:
            refuse_if_too_many_failed(fresh, run_replications(folder, fresh, build, jobs, new=new))

    return live


def scorecards(survey: Survey, nodes: Sequence[str], outage: Callable[[Design], Design] | None) -> list[Scorecard]:
    """Return the scorecard of each node, the one whose closing saves the most first.

    `outage` makes a design meet the standard outage; without it nobody's resilience is tried.
    """
    whole, folder, study = survey.whole, survey.folder, survey.whole.config.study
    left = {node: survey.without(frozenset([node])) for node in nodes}
    designs = [whole, *left.values()]
    trials = [] if outage is None else [Trial(one.name, STANDARD_OUTAGE, one, outage(one)) for one in designs]
    survey.live([*designs, *(trial.disturbed for trial in trials)])
    kpis = kpis_of(folder, designs, survey.numbers)
    compared = compare_designs(kpis, whole.name, measures_of(study), Terms(study.alpha))
    rows = compared.set_index(["design", "kpi"])[["difference", "low", "high", "level"]].to_dict("index")
    margin = study.measures[ON_TIME].matters_from if ON_TIME in study.measures else 0.0
    lost = _service_lost(folder, whole, left, trials, bonferroni_level(study.alpha, len(left)))
    full = saturated_designs(folder, designs, survey.numbers)
    does = kpis_of(folder, [whole], survey.numbers, group="node").groupby(["member", "kpi"])["value"].mean()
    cards = []
    for node, design in left.items():
        changes = {kpi: _change(rows, design.name, kpi) for kpi in study.measures}
        known = {kpi: change for kpi, change in changes.items() if change is not None}
        advice, because = advise(known.get(COST), known.get(ON_TIME), lost.get(node), margin)
        if design.name in full:
            advice, because = Advice.WATCH, f"not judged: {full[design.name]}"
        orders, used, cost = (float(does.get((node, kpi), nan)) for kpi in OF_A_NODE)
        cards.append(Scorecard(node, orders / study.measured_days, used, cost, known, lost.get(node), advice, because))
    return sorted(cards, key=lambda one: one.changes[COST].mean if COST in one.changes else 0.0)


def advise(cost: Change | None, on_time: Change | None, lost: Change | None, margin: float) -> tuple[Advice, str]:
    """Return what to do with a node, and why.

    Close: the network is surely cheaper without it, surely not later by more than `margin`, and surely loses no more
    service in the standard outage than a margin. Keep: it is surely dearer without it, or surely later by more than
    the margin, or surely loses more service. Watch: anything else.
    """
    against = [
        words
        for words, is_sure in (
            ("closing it costs more", cost is not None and cost.interval.low > 0),
            ("closing it makes orders late", on_time is not None and on_time.interval.high < -margin),
            ("an outage costs more service without it",
             lost is not None and lost.interval.low > RESILIENCE_MARGIN_DAYS),
        )
        if is_sure
    ]  # fmt: skip
    if against:
        return Advice.KEEP, " and ".join(against)
    doubts = [
        words
        for words, holds in (
            ("whether closing it saves", cost is not None and cost.interval.high < 0),
            ("whether orders stay on time", on_time is None or on_time.interval.low >= -margin),
            ("what an outage costs without it", lost is None or lost.interval.high <= RESILIENCE_MARGIN_DAYS),
        )
        if not holds
    ]
    if doubts:
        return Advice.WATCH, f"not sure {' and '.join(doubts)}"
    return Advice.CLOSE, "closing it saves, and costs no service"


def _change(rows: Mapping[Hashable, Mapping[Hashable, float]], design: str, kpi: str) -> Change | None:
    row = rows[design, kpi]
    if not isfinite(row["difference"]):
        return None
    return Change(row["difference"], Interval(row["low"], row["high"], row["level"]))


def _service_lost(
    folder: Path, whole: Design, left: Mapping[str, Design], trials: Sequence[Trial], level: float
) -> dict[str, Change]:
    """Return by how many days of service more the outage costs without each node."""
    if not trials:
        return {}
    results = stress_results(folder, trials, Levels())
    lost = results.pivot(index="replication", columns="design", values="loss_area_days")  # noqa: PD010
    found = {}
    for node, design in left.items():
        pairs = lost[[whole.name, design.name]].dropna()
        if len(pairs) > 1:
            one = paired_difference(pairs[whole.name], pairs[design.name], level)
            found[node] = Change(one.mean, one.interval)
    return found
