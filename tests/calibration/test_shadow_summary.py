"""A replay in numbers: agreement, differences with intervals, the worst orders, and who would have shipped what."""

from __future__ import annotations

from math import nan

import numpy as np
import pytest
from scipy import stats

from tests.calibration.shadow_world import AIR, PLENTY, a_picture, a_plan, logged, numbered, shelf, ships
from twin.calibration import shadow_summary
from twin.calibration.decision_log import LoggedDecision
from twin.calibration.rolling import RollingReplay
from twin.calibration.shadow import one_step
from twin.calibration.shadow_findings import WORST, Findings, collect, regret_usd
from twin.calibration.shadow_results import Difference
from twin.calibration.shadow_summary import TOP, mean_change, summarize, wilson
from twin.domain.errors import UsageError
from twin.policies.routing.min_cost import MinCost

SAME = logged(a_plan(ships("columbus")))
SOLD_OUT = a_picture({**PLENTY, "columbus": {"mug": 0}})


def alike(number: int) -> LoggedDecision:
    """An order on which both agree."""
    return logged(a_plan(ships("columbus"), number=number))


def found(*log: LoggedDecision) -> Findings:
    """Shadow a log with `min_cost`."""
    return collect(one_step(numbered(*log), MinCost(), shelf()))


@pytest.mark.parametrize(("count", "of"), [(0, 10), (10, 10), (1, 3), (996, 1000), (3999, 4000)])
def test_wilson_s_interval_is_the_textbook_s(count, of) -> None:
    expected = stats.binomtest(count, of).proportion_ci(method="wilson")

    interval = wilson(count, of)

    assert (interval.low, interval.high) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_agreement_counts_equal_plans_and_same_nodes_also_other_services() -> None:
    others = [logged(a_plan(ships("columbus", AIR), number=3)), logged(a_plan(ships("reno"), number=4))]
    summary = summarize(found(alike(1), alike(2), *others))

    assert (summary.agreement.count, summary.agreement.of, summary.agreement.rate) == (2, 4, 0.5)
    assert (summary.same_nodes.count, summary.same_nodes.of) == (3, 4)
    assert summary.agreement.interval == wilson(2, 4)
    assert (summary.decisions, summary.orders, summary.per) == (4, 4, "decision")


def test_an_order_agrees_only_if_all_its_decisions_do() -> None:
    summary = summarize(found(alike(1), logged(a_plan(ships("columbus", AIR))), alike(2), alike(2)))

    assert (summary.agreement.count, summary.same_nodes.count, summary.agreement.of) == (1, 2, 2)


def test_every_class_is_counted_those_that_do_not_occur_too() -> None:
    log = [SAME, logged(a_plan(ships("columbus")), SOLD_OUT), logged(a_plan(mug=1)), logged(a_plan(ships("reno")))]

    classes = summarize(found(*log)).classes

    assert list(classes) == list(Difference)
    assert {one: count for one, count in classes.items() if count} == {
        Difference.SAME: 1,
        Difference.OTHER_NODE: 1,
        Difference.OURS_FILLED_ONLY: 1,
        Difference.PROD_PLAN_INFEASIBLE: 1,
    }


@pytest.mark.parametrize(
    ("decisions", "others", "gate"),
    [(765, 0, "passed"), (764, 0, "open"), (765, 1, "open"), (200, 1, "open"), (200, 2, "open"), (200, 4, "failed")],
)
def test_the_gate_is_at_995_of_a_thousand_and_the_whole_interval_must_pass_it(decisions, others, gate) -> None:
    log = [alike(number) for number in range(decisions - others)]
    log += [logged(a_plan(ships("reno"), number=1000 + number)) for number in range(others)]

    summary = summarize(found(*log))

    assert summary.gate == gate
    ends = summary.agreement.interval
    assert (ends.low >= 0.995, ends.high < 0.995) == (gate == "passed", gate == "failed")


def test_differences_are_ours_minus_production_s() -> None:
    log = [alike(1), logged(a_plan(ships("columbus", AIR), number=2))]

    changes = summarize(found(*log)).changes

    # the same mug costs $5 by ground and $15 by air
    assert changes["cost_usd"].mean == pytest.approx(-5.0)
    assert (changes["cost_usd"].interval.low, changes["cost_usd"].interval.high) == pytest.approx((-10.0, 0.0))
    assert changes["shipments"].mean == changes["late_rate"].mean == changes["units"].mean == 0.0


def test_splits_and_late_arrivals_are_compared_too() -> None:
    split = logged(a_plan(ships("columbus"), ships("columbus", lamp=1), number=1), mug=1, lamp=1)
    late = logged(a_plan(ships("columbus"), number=2), a_picture(arrives_at=150.0))
    log = [split, late, logged(a_plan(ships("columbus", AIR), number=3))]

    changes = summarize(found(*log)).changes

    assert changes["shipments"].mean == pytest.approx(-1 / 3)
    assert changes["late_rate"].mean == 0.0


def test_production_may_be_late_where_we_are_not() -> None:
    ground_is_late = a_picture()
    for node in ground_is_late.nodes.values():
        node.arrives_at["parcel_ground"] = dict.fromkeys(map(str, range(6)), 150.0)

    changes = summarize(found(logged(a_plan(ships("columbus")), ground_is_late), alike(2))).changes

    assert changes["late_rate"].mean == pytest.approx(-0.5)


def test_costs_are_compared_only_where_as_much_is_shipped_by_plans_that_can_be_carried_out() -> None:
    nothing = logged(a_plan(number=2, mug=1))
    stale = logged(a_plan(ships("columbus"), number=3), SOLD_OUT)

    changes = summarize(found(alike(1), nothing, stale)).changes

    assert changes["cost_usd"].pairs == changes["shipments"].pairs == changes["late_rate"].pairs == 1
    assert changes["units"].pairs == 2
    assert changes["units"].mean == pytest.approx(0.5)


def test_without_anything_to_compare_there_is_no_difference() -> None:
    assert summarize(found(logged(a_plan(ships("columbus")), SOLD_OUT))).changes == {}


def test_one_order_tells_nothing_of_how_others_vary() -> None:
    assert mean_change([1, 1], [2.0, 4.0]).interval is None
    assert mean_change([1, 2], [2.0, 4.0]).interval is not None


def test_what_is_no_number_is_left_out() -> None:
    change = mean_change([1, 2, 3], [1.0, nan, 2.0])

    assert (change.mean, change.pairs) == (1.5, 2)
    assert mean_change([1], [nan]) is None


def test_the_bootstrap_covers_a_known_mean_as_often_as_it_says() -> None:
    random = np.random.default_rng(7)
    covered = 0
    for _ in range(100):
        change = mean_change(np.arange(60), random.exponential(2.0, 60))
        covered += change.interval.low <= 2.0 <= change.interval.high

    assert 87 <= covered <= 99


def test_many_different_orders_are_drawn_in_blocks_of_bounded_size(monkeypatch) -> None:
    orders, values = np.arange(50), np.random.default_rng(2).normal(size=50)
    whole = mean_change(orders, values)

    monkeypatch.setattr(shadow_summary, "NUMBERS_AT_ONCE", 50 * 300)

    assert mean_change(orders, values) == whole


def test_whole_orders_are_drawn_so_that_retries_are_no_further_evidence() -> None:
    values = np.random.default_rng(1).normal(size=40)

    once = mean_change(np.arange(40), values)
    five_times = mean_change(np.repeat(np.arange(40), 5), np.repeat(values, 5))

    assert five_times.pairs == 200
    assert five_times.mean == pytest.approx(once.mean)
    assert five_times.interval.half_width == pytest.approx(once.interval.half_width, rel=1e-9)


def test_the_same_log_gives_the_same_intervals() -> None:
    log = [alike(1), logged(a_plan(ships("reno"), number=2)), logged(a_plan(ships("columbus", AIR), number=3))]

    assert summarize(found(*log)) == summarize(found(*log))


def test_an_empty_log_says_so() -> None:
    with pytest.raises(UsageError, match="the decision log is empty: expected a line of JSON for each decision"):
        summarize(found())


def test_the_worst_orders_come_first_and_those_without_a_price_last() -> None:
    log = [
        logged(a_plan(ships("reno"), number=1)),
        logged(a_plan(ships("columbus"), number=2), SOLD_OUT),
        alike(3),
        logged(a_plan(ships("reno", AIR), number=4)),
    ]

    worst = found(*log).worst

    assert [one.line for one in worst] == [4, 1, 2]
    assert [regret_usd(one) for one in worst] == [pytest.approx(24.0 - 5.0), pytest.approx(8.0 - 5.0), None]


def test_of_an_order_only_the_worst_decision_is_shown() -> None:
    worst = found(logged(a_plan(ships("reno"))), logged(a_plan(ships("reno", AIR)))).worst

    assert [one.line for one in worst] == [2]


def test_of_many_orders_the_worst_are_kept() -> None:
    log = [logged(a_plan(ships("reno"), number=number)) for number in range(3 * WORST)]
    log += [logged(a_plan(ships("reno", AIR), number=1000 + number)) for number in range(10)]

    worst = found(*log).worst

    assert len(worst) == WORST
    assert [one.request.order.order_number for one in worst[:11]] == [*range(1000, 1010), 0]


def test_products_and_nodes_of_differing_parts_are_counted_by_decision() -> None:
    summary = summarize(
        found(
            logged(a_plan(ships("reno"), ships("columbus", lamp=1), number=1), mug=1, lamp=1),
            logged(a_plan(ships("reno", mug=2), number=2), mug=2),
            alike(3),
        )
    )

    assert summary.top_nodes == {"columbus": 2, "reno": 2}
    assert summary.top_skus == {"mug": 2, "lamp": 1}
    assert summary.first_keys == {"shipments[0].lines[1]": 1, "shipments[0].node": 1}


def test_only_the_most_frequent_are_listed() -> None:
    findings = found(SAME)
    findings.skus.update({f"sku-{number:02}": 30 - number for number in range(30)})

    top = summarize(findings).top_skus

    assert len(top) == TOP
    assert list(top)[:2] == ["sku-00", "sku-01"]


def test_the_confusion_counts_units_by_production_s_node_and_ours() -> None:
    table = found(
        logged(a_plan(ships("columbus", mug=3), number=1), mug=3),
        logged(a_plan(ships("reno", mug=2), number=2), mug=2),
        logged(a_plan(ships("columbus"), number=3, mug=1), mug=2),
        logged(a_plan(ships("columbus", mug=9), number=4), SOLD_OUT, mug=9),
    ).confusion

    assert table.to_numpy().tolist() == [
        ["columbus", "columbus", 4],
        ["reno", "columbus", 2],
        ["unfilled", "columbus", 1],
    ]


def test_units_from_the_same_node_are_matched_first() -> None:
    there = {"columbus": {"mug": 2}, "reno": {"mug": 2}}
    table = found(logged(a_plan(ships("columbus"), ships("reno", mug=2)), a_picture(there), mug=3)).confusion

    assert table.set_index(["production_node", "our_node"])["units"].loc[("columbus", "columbus")] == 1
    assert table["units"].sum() == 3


def test_a_rolling_replay_is_summed_up_by_orders_as_they_ended() -> None:
    there = {"columbus": {"mug": 1}, "reno": {"mug": 1}}
    replay = RollingReplay(MinCost(), shelf())
    log = [
        logged(a_plan(ships("reno"), number=1), a_picture(there)),
        logged(a_plan(ships("columbus"), number=2), a_picture({"columbus": {"mug": 1}, "reno": {"mug": 0}}, 11.0)),
    ]
    findings = collect(replay.replay(numbered(*log)))

    summary = summarize(findings, replay.totals())

    assert summary.per == "order"
    assert summary.changes["cost_usd"].mean == 0.0
    assert summary.changes["cost_usd"].pairs == 2
    assert summary.changes["cost_usd"].interval.low < 0 < summary.changes["cost_usd"].interval.high


def test_orders_whose_plan_could_not_be_carried_out_are_left_out_of_the_totals() -> None:
    replay = RollingReplay(MinCost(), shelf())
    findings = collect(replay.replay(numbered(alike(1), logged(a_plan(ships("columbus"), number=2), SOLD_OUT))))

    assert summarize(findings, replay.totals()).changes["units"].pairs == 1
