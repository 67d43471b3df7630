"""The pilot: its verdict on networks whose winner is known, its terms before the run, its money to the cent."""

from __future__ import annotations

import json
from collections.abc import Sequence
from math import inf
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from tests.experiments.test_study import a_design
from twin.assemble import build
from twin.cli.app import app
from twin.config.pilot import KillConfig, PilotConfig
from twin.domain.errors import UsageError
from twin.experiments.intervals import Interval
from twin.experiments.pilot import (
    PILOT,
    TODAY,
    Decision,
    Difference,
    Guardrail,
    Money,
    Payback,
    State,
    Verdict,
    _decision,
    _payback,
    judged,
    keep_terms,
    named,
    new_nodes,
    ramp_months,
    refuse_if_no_pilot,
)
from twin.experiments.pilot_watch import _is_stopped, _watched, refuse_unknown_kills, watched
from twin.experiments.replication import Design
from twin.experiments.results import kpis_of
from twin.experiments.study import run_study
from twin.report.pilot_memo import pilot_memo
from twin.report.pilot_page import pilot_page
from twin.report.pilot_words import PilotAnswer, headline

DAYS = ["study.warmup_days=21", "study.measured_days=14", "study.replications=3", "demand.orders_per_day=150"]
TERMS = ("+pilot={title: Reno, incumbent: ['network.nodes.reno.enabled=false'], launch: 2025-09-08, one_off_usd: %s,"
         " payback_months: %s, guardrails: {on_time_delivery_rate: {worse_by: %s}},"
         " kill: {on_time_from_new_nodes: {below: 0.01, weeks: 2}}}")  # fmt: skip
OPENS = "network.nodes.reno.opens={launch: 2025-09-08, goods_days_before: 5, best_sellers: [300]}"


def two(folder: Path, terms: str, extra: Sequence[str] = ()) -> list[Design]:
    """Return the network of today, without Reno, and the pilot, in which Reno opens after a week."""
    words = [*DAYS, OPENS, terms, *extra]
    today = a_design(folder, TODAY, [*words, "network.nodes.reno.enabled=false"])
    return [named(one, "reno") for one in (today, a_design(folder, PILOT, words))]


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Design]]:
    """Live through a pilot once."""
    folder = tmp_path_factory.mktemp("pilot")
    designs = two(folder, TERMS % (1000, 24, 0.05))
    return run_study(designs, build, 0, new=False, command=""), designs


def verdict_of(lived: tuple[Path, list[Design]], terms: str) -> Verdict:
    """Judge the runs by other terms."""
    folder, _ = lived
    designs = two(folder.parent, terms)
    return judged(folder, designs, [build(one.config, one.name).network for one in designs])


def test_a_node_that_saves_is_a_go_and_one_that_costs_too_much_is_none(lived: tuple[Path, list[Design]]) -> None:
    cheap, dear = (verdict_of(lived, TERMS % (usd, 24, 0.05)) for usd in (1000, 10**8))

    assert cheap.decision is Decision.GO
    assert cheap.payback.monthly.low > 0
    assert cheap.payback.earliest <= cheap.payback.months <= cheap.payback.latest < 24
    assert dear.decision is Decision.NO_GO
    assert dear.payback.state is State.FAILS


def test_the_saving_is_the_difference_of_what_the_measured_days_cost(lived: tuple[Path, list[Design]]) -> None:
    folder, designs = lived
    found = verdict_of(lived, TERMS % (1000, 24, 0.05)).payback
    cost = kpis_of(folder, designs, range(3), kpi="total_cost_usd").pivot(
        index="replication", columns="design", values="value"
    )

    assert found.monthly_usd == pytest.approx((cost[TODAY] - cost[PILOT]).mean() / 14 * 365 / 12)


def test_a_guardrail_that_surely_breaks_is_a_no_go_whatever_is_saved(lived: tuple[Path, list[Design]]) -> None:
    """More nodes split more: at most nothing is allowed here, and fewer units on hand by a wide margin."""
    terms = (TERMS % (1000, 24, 0.05)).replace("on_time_delivery_rate: {worse_by: 0.05}", "split_rate: {worse_by: 0}")

    found = verdict_of(lived, terms)

    assert found.guardrails[0].worse > 0
    assert (found.decision, found.guardrails[0].state) in {
        (Decision.NO_GO, State.FAILS), (Decision.INCONCLUSIVE, State.UNCLEAR),
    }  # fmt: skip


def test_terms_are_kept_before_the_run_and_may_not_change_after_it(lived: tuple[Path, list[Design]]) -> None:
    folder, _ = lived
    first = two(folder.parent, TERMS % (1000, 24, 0.05))
    digest = keep_terms(folder, first, new=False)
    told = json.loads((folder / "pilot-terms.json").read_text("utf-8"))

    with pytest.raises(
        UsageError, match=r"pilot\.one_off_usd was 1000\.0, is 2000\.0\n  expected: thresholds that were"
    ):
        keep_terms(folder, two(folder.parent, TERMS % (2000, 24, 0.05)), new=False)

    assert keep_terms(folder, first, new=False) == digest == told["sha256"]
    assert keep_terms(folder, two(folder.parent, TERMS % (2000, 24, 0.05)), new=True) != digest
    keep_terms(folder, first, new=True)


def test_terms_may_change_while_nothing_is_run(tmp_path: Path) -> None:
    keep_terms(tmp_path / "reno", two(tmp_path, TERMS % (1000, 24, 0.05)), new=False)

    assert keep_terms(tmp_path / "reno", two(tmp_path, TERMS % (2000, 24, 0.05)), new=False)


def money(ramp: float, monthly: float, noise: Sequence[float] = (0, 0, 0, 0)) -> Money:
    """Return what a design costs, the same in each run but for some noise in a month."""
    return Money(np.full(4, ramp), monthly + np.array(noise, dtype=float))


def terms_with(**special: object) -> PilotConfig:
    """Return terms of a pilot."""
    known = {"title": "x", "incumbent": ["a=b"], "launch": "2025-09-08", "one_off_usd": 1000.0, "payback_months": 12.0,
             "guardrails": {}}  # fmt: skip
    return PilotConfig.model_validate({**known, **special})


def test_payback_by_hand() -> None:
    """1,000 and 200 more in the ramp come back at 300 a month in 4 months, after a ramp of one."""
    found = _payback(money(0, 1000), money(200, 700), terms_with(), 1.0, Difference(0.95, True))

    assert found.invested_usd == pytest.approx(1200)
    assert found.monthly_usd == pytest.approx(300)
    assert (found.months, found.earliest, found.latest) == pytest.approx((5.0, 5.0, 5.0))
    assert (found.state, found.more_runs) == (State.HOLDS, 0)


def test_what_saves_nothing_never_pays_back() -> None:
    found = _payback(money(0, 1000), money(0, 1100), terms_with(), 1.0, Difference(0.95, True))

    assert (found.months, found.state) == (inf, State.FAILS)


def test_an_unclear_payback_says_how_many_runs_would_tell() -> None:
    noisy = money(0, 920, [-60, 60, -90, 90])

    found = _payback(money(0, 1000), noisy, terms_with(one_off_usd=800.0), 1.0, Difference(0.95, True))

    assert found.state is State.UNCLEAR
    assert found.more_runs > 10
    assert found.earliest < 12 < found.latest


def a_payback(state: State) -> Payback:
    """Return a payback in a state."""
    return Payback(1200.0, 300.0, Interval(250.0, 350.0, 0.95), 5.0, 4.5, 6.0, 12.0, state, 7)


def a_rail(state: State) -> Guardrail:
    """Return a guardrail in a state."""
    interval = Interval(-0.02, 0.0, 0.95)
    return Guardrail("split_rate", "Split orders", "rate", 0.1, 0.09, -0.01, interval, 0.005, state, 30)


@pytest.mark.parametrize(
    ("payback", "rails", "decision"),
    [
        (State.HOLDS, [State.HOLDS, State.HOLDS], Decision.GO),
        (State.HOLDS, [State.HOLDS, State.UNCLEAR], Decision.INCONCLUSIVE),
        (State.UNCLEAR, [State.HOLDS], Decision.INCONCLUSIVE),
        (State.UNCLEAR, [State.FAILS], Decision.NO_GO),
        (State.FAILS, [State.HOLDS], Decision.NO_GO),
        (State.HOLDS, [], Decision.GO),
    ],
)
def test_the_decision_follows_from_the_states(payback: State, rails: list[State], decision: Decision) -> None:
    assert _decision(a_payback(payback), [a_rail(state) for state in rails]) is decision


@pytest.mark.parametrize(
    ("payback", "rail", "said"),
    [
        (State.HOLDS, State.HOLDS, "GO: x pays back in 5.0 months (4.5 to 6.0), within 12, and its guardrail holds."),
        (State.FAILS, State.FAILS,
         "NO-GO: x pays back in 5.0 months (4.5 to 6.0), not within 12 and breaks the guardrail on split orders."),
        (State.UNCLEAR, State.UNCLEAR,
         ("INCONCLUSIVE: of x, payback within 12 months and split orders are not decided after 4 runs; "
          "about 30 more are needed.")),
        (State.HOLDS, State.UNCLEAR,
         "INCONCLUSIVE: of x, split orders is not decided after 4 runs; about 30 more are needed."),
    ],
)  # fmt: skip
def test_the_headline_says_the_decision_and_why(payback: State, rail: State, said: str) -> None:
    found, rails = a_payback(payback), (a_rail(rail),)
    verdict = Verdict(_decision(found, rails), found, rails, 4, True, 0.975)

    assert headline(PilotAnswer("Why?", terms_with(), "ab" * 32, verdict, (), (), 0.05, "twin pilot")) == said


def test_what_to_watch_and_when_to_stop(lived: tuple[Path, list[Design]]) -> None:
    folder, designs = lived
    networks = [build(one.config, one.name).network for one in designs]

    found, kills = watched(folder, designs, range(3), new_nodes(*networks))

    by_name = {one.measure: one for one in found}
    assert list(by_name) == ["on_time", "share_from_new_nodes", "on_time_from_new_nodes", "declined_by_new_nodes",
                             "utilization_of_new_nodes", "stocked_at_new_nodes"]  # fmt: skip
    stocked = by_name["stocked_at_new_nodes"].mean
    assert stocked[0] < 0.35
    assert stocked[-1] > 0.9
    assert len(stocked) == 4
    assert all(
        low <= mean <= high for one in found for low, mean, high in zip(one.low, one.mean, one.high, strict=True)
    )
    assert by_name["on_time"].before is not None
    assert kills[0].false_alarm_rate == 0


@pytest.mark.parametrize(
    ("one", "stopped"),
    [(KillConfig(below=0.5, weeks=2), True), (KillConfig(below=0.5, weeks=3), False),
     (KillConfig(above=0.85, weeks=1), True), (KillConfig(above=0.95, weeks=1), False)],
)  # fmt: skip
def test_a_rule_stops_where_it_is_broken_often_enough_in_a_row(one: KillConfig, stopped: bool) -> None:
    assert _is_stopped(np.array([0.9, 0.4, np.nan, 0.4, 0.3, 0.9]), one) is stopped


def test_control_limits_are_a_prediction_of_one_more_week() -> None:
    """Means .5, sd .1 over four runs: .5 +- t(3, .975) * .1 * sqrt(1.25) = .5 +- 3.182 * .1118 = .144 to .856."""
    runs = [np.array([value]) for value in (0.5 - 0.0866025, 0.5 - 0.0866025, 0.5 + 0.0866025, 0.5 + 0.0866025)]

    found = _watched("on_time", runs, None)

    assert found is not None
    assert (found.low[0], found.high[0]) == pytest.approx((0.144, 0.856), abs=0.001)


def test_the_memo_and_the_page_say_the_same(lived: tuple[Path, list[Design]]) -> None:
    folder, designs = lived
    networks = [build(one.config, one.name).network for one in designs]
    terms = designs[1].config.pilot
    assert terms is not None
    watch, kills = watched(folder, designs, range(3), new_nodes(*networks))
    verdict = judged(folder, designs, networks)
    answer = PilotAnswer("Reno?", terms, "cd" * 32, verdict, watch, kills, 0.05, "twin pilot scenario=x")

    memo, page = pilot_memo(answer), pilot_page(answer)

    assert memo.startswith("# GO: Reno pays back in ")
    assert headline(answer) in page
    for words in ("sha256 cdcdcdcdcdcdcdcd", "On-time delivery", "Shipments from new nodes on time: below 1%",
                  "0% of good pilots", "Demand lift: none assumed", "week 4", "twin pilot scenario=x"):  # fmt: skip
        assert words in memo
        assert words in page
    assert page.count("<polyline") == 7, "six measures, one of them with today's network beside it"
    assert len(memo.splitlines()) < 60, "one page"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "this scenario has no pilot"),
        ([(TERMS % (1, 1, 1)).replace("2025-09-08", "2025-09-25")], "pilot.launch: 2025-09-25, day 24 of the study"),
        ([TERMS % (1, 1, 1), "study.order_tables=false"], "study.order_tables: false"),
        ([(TERMS % (1, 1, 1)).replace("on_time_delivery_rate", "utilization")], "no KPI that can get worse"),
        ([(TERMS % (1, 1, 1)).replace("on_time_delivery_rate", "on_tyme")], "pilot.guardrails.on_tyme"),
    ],
)
def test_what_is_no_pilot_is_refused(tmp_path: Path, words: list[str], said: str) -> None:
    config = a_design(tmp_path, "x", [*DAYS, *words]).config

    with pytest.raises(UsageError) as refused:
        refuse_if_no_pilot(config)

    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("kill", "said"),
    [({"luck": KillConfig(below=1.0)}, r"pilot\.kill\.luck: not watched"),
     ({"on_time": KillConfig()}, "below None, above None"),
     ({"on_time": KillConfig(below=0.1, above=0.2)}, "expected: one of the two")],
)  # fmt: skip
def test_kill_criteria_that_cannot_be_are_refused(kill: dict[str, KillConfig], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        refuse_unknown_kills(terms_with().model_copy(update={"kill": kill}))


def test_terms_change_no_run(tmp_path: Path) -> None:
    from twin.experiments.manifest import fingerprint

    one, other = (two(tmp_path, TERMS % (usd, 24, 0.05))[1].config for usd in (1, 2))

    assert fingerprint(one, 0) == fingerprint(other, 0)
    assert ramp_months(one) == pytest.approx(14 / (365 / 12))


def test_the_command_leaves_its_memo_page_and_verdict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["pilot", "scenario=tutorial", *DAYS, "study.replications=2", OPENS, TERMS % (1000, 24, 0.05), "-j", "0"]

    said = CliRunner().invoke(app, words)

    assert said.exit_code == 0, said.output
    folder = tmp_path / "results" / "tutorial"
    told = json.loads((folder / "pilot.json").read_text("utf-8"))
    assert said.output.startswith(f"# {told['decision']}: ")
    assert (folder / "pilot.md").read_text("utf-8") in said.output
    assert told["terms_sha256"] == json.loads((folder / "pilot-terms.json").read_text("utf-8"))["sha256"]
    assert (folder / "pilot.html").is_file()
    assert (folder / "report.html").is_file()


def test_a_change_of_demand_is_compared_unpaired_and_its_orders_are_worth_their_margin(tmp_path: Path) -> None:
    lift = ["+demand.promotions.lift={starts_on: 2025-09-22, ends_on: 2025-10-05, factor: 1.2}"]
    terms = (TERMS % (1000, 24, 0.5)).replace(
        "title: Reno", "title: Reno, demand_lift: a fifth, margin_usd_per_order: 50"
    )
    words = [*DAYS, OPENS, terms]
    today = a_design(tmp_path, TODAY, [*words, "network.nodes.reno.enabled=false"])
    designs = [named(one, "lift") for one in (today, a_design(tmp_path, PILOT, [*words, *lift]))]
    folder = run_study(designs, build, 0, new=False, command="")
    networks = [build(one.config, one.name).network for one in designs]

    found = judged(folder, designs, networks)

    assert not found.paired
    assert found.payback.monthly_usd > 30 * 150 * 0.2 * 50 * 0.5, "a fifth of 150 orders a day at 50 dollars, and more"
