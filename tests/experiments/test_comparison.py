from math import inf, isnan, nan, sqrt

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from twin.domain.errors import TwinError
from twin.experiments.comparison import (
    COLUMNS,
    Measure,
    Terms,
    WorldsDifferError,
    compare_designs,
    refuse_if_worlds_differ,
)
from twin.experiments.verdicts import Materiality

COST = Measure("cost_per_order", "Cost per order", "USD", "lower", Materiality(0.005, relative=True), primary=True)
HOURS = Measure("click_to_deliver_hours_p50", "Median time", "h", "lower", Materiality(2))
ON_TIME = Measure("on_time_delivery_rate", "On time", "share", "higher", Materiality(0.0025))


def kpis_of(values, kpi="cost_per_order", first=0):
    """One KPI in the long form of the results, from lists of values by design."""
    return pd.DataFrame(
        [
            (design, replication, kpi, value)
            for design, found in values.items()
            for replication, value in enumerate(found, start=first)
        ],
        columns=["design", "replication", "kpi", "value"],
    )


def noisy(means, n=20, noise=0.1, seed=1):
    """Values by design that share their luck."""
    random = np.random.default_rng(seed)
    luck = random.normal(0, 0.5, n)
    return {design: mean + luck + random.normal(0, noise, n) for design, mean in means.items()}


def worlds(*rows):
    return pd.DataFrame(rows, columns=["design", "replication", "exogenous_sha256"])


def row_of(table, design, kpi="cost_per_order"):
    return table[(table["design"] == design) & (table["kpi"] == kpi)].iloc[0]


def test_a_comparison_worked_out_by_hand():
    # d = -1 -2 -1 -2: mean -1.5, sd sqrt(1/3), t(3, .975) = 3.182446; baseline mean 11.5, so 0.0575 matters
    kpis = kpis_of({"central": [10, 12, 11, 13], "regional": [9, 10, 10, 11]})

    table = compare_designs(kpis, "central", [COST])

    half = 3.182446 * sqrt(1 / 3) / 2
    assert list(table.columns) == COLUMNS
    assert len(table) == 1
    row = table.iloc[0]
    assert (row["design"], row["kpi"], row["name"], row["unit"], row["direction"]) == (
        "regional",
        "cost_per_order",
        "Cost per order",
        "USD",
        "lower",
    )
    assert (row["baseline_mean"], row["candidate_mean"], row["difference"]) == (11.5, 10, -1.5)
    assert (row["low"], row["high"]) == pytest.approx((-1.5 - half, -1.5 + half), abs=1e-6)
    assert (row["level"], row["n"], row["dropped_pairs"]) == (0.95, 4, 0)
    assert row["delta"] == pytest.approx(0.0575)
    assert row["relative_difference"] == pytest.approx(-1.5 / 11.5)
    assert (row["relative_low"], row["relative_high"]) == pytest.approx(
        ((-1.5 - half) / 11.5, (-1.5 + half) / 11.5), abs=1e-6
    )
    assert (row["correlation"], row["variance_reduction"]) == pytest.approx((1 / sqrt(10 / 9), 7))
    assert (row["verdict"], row["words"], row["warning"]) == ("better", "better", "")
    assert row["sentence"] == ("BETTER by 13 % (95 % CI 5-21 %), larger than the 0.5 % that matters. 4 paired runs.")


def test_every_candidate_and_measure_has_one_row_in_the_order_asked_for():
    designs = {"omnichannel": 17, "central": 16, "regional": 15}
    kpis = pd.concat([kpis_of(noisy(designs)), kpis_of(noisy(designs), HOURS.kpi), kpis_of(noisy(designs), "other")])

    table = compare_designs(kpis, "central", [HOURS, COST])

    assert list(zip(table["kpi"], table["design"], strict=True)) == [
        (HOURS.kpi, "omnichannel"),
        (HOURS.kpi, "regional"),
        (COST.kpi, "omnichannel"),
        (COST.kpi, "regional"),
    ]


def test_intervals_hold_for_all_candidates_at_once():
    values = noisy({"central": 16, "a": 15, "b": 16, "c": 17})

    table = compare_designs(kpis_of(values), "central", [COST], Terms(alpha=0.06))

    difference = DescrStatsW(values["b"] - values["central"])
    row = row_of(table, "b")
    assert list(table["level"]) == pytest.approx([0.98] * 3)
    assert (row["low"], row["high"]) == pytest.approx(difference.tconfint_mean(0.02))
    assert "(94 % CI" in row_of(table, "c")["sentence"]


def test_only_secondary_measures_are_exploratory_and_have_holms_p():
    values = noisy({"central": 79, "a": 78.95, "b": 79.1, "c": 79.0})
    kpis = pd.concat([kpis_of(values), kpis_of(values, HOURS.kpi)])

    table = compare_designs(kpis, "central", [COST, HOURS])

    primary, secondary = table[table["kpi"] == COST.kpi], table[table["kpi"] == HOURS.kpi]
    p_values = [DescrStatsW(values[name] - values["central"]).ttest_mean()[1] for name in "abc"]
    assert list(secondary["p_holm"]) == pytest.approx(multipletests(p_values, method="holm")[1])
    assert list(secondary["p_value"]) == pytest.approx(p_values)
    assert primary["p_holm"].isna().all()
    assert (primary["exploratory"].any(), secondary["exploratory"].all()) == (False, True)


def test_absolute_and_relative_materiality_judge_in_their_own_unit():
    kpis = pd.concat(
        [
            kpis_of(noisy({"central": 16.45, "spread": 14.77}, noise=0.02)),
            kpis_of(noisy({"central": 79, "spread": 78}, noise=0.2), HOURS.kpi),
            kpis_of({"central": [0.93, 0.94, 0.95], "spread": [0.97, 0.981, 0.99]}, ON_TIME.kpi),
        ]
    )
    kpis = kpis[kpis["replication"] < 3]

    table = compare_designs(kpis, "central", [COST, HOURS, ON_TIME])

    assert list(table["verdict"]) == ["better", "no_material_difference", "better"]
    assert list(table["delta"][1:]) == [2, 0.0025]
    assert "larger than the 0.25 pp that matters. 3 paired runs." in table["sentence"].iloc[2]


def test_a_rise_is_worse_where_lower_is_better_and_better_where_higher_is():
    values = {"central": [0.5, 0.51, 0.53], "spread": [0.6, 0.61, 0.635]}
    kpis = pd.concat([kpis_of(values, ON_TIME.kpi), kpis_of(values, "split_rate")])
    split = Measure("split_rate", "Split orders", "share", "lower", Materiality(0.005))

    table = compare_designs(kpis, "central", [ON_TIME, split])

    assert list(table["words"]) == ["better", "worse"]


def test_the_runs_needed_are_named_where_nothing_is_decided():
    # sd 1, half-width 0.25 wanted: (4 t)^2 runs, t(62)^2 * 16 = 63.93 > 63 and t(63)^2 * 16 = 63.89 <= 64
    differences = np.array([-1, 1, 0, -1, 1, 0, -1, 1, 0, 0]) * sqrt(9 / 6)
    values = {"central": np.zeros(10) + 40, "spread": 40 + differences}
    hours = Measure(HOURS.kpi, "Median time", "h", "lower", Materiality(0.5))

    row = compare_designs(kpis_of(values, HOURS.kpi), "central", [hours]).iloc[0]

    assert row["verdict"] == "not_decided"
    assert row["runs_needed"] == 54
    assert row["sentence"].endswith("About 54 more paired runs needed.")


def test_no_number_of_runs_is_named_where_every_difference_matters():
    measure = Measure(COST.kpi, "Cost", "USD", "lower", Materiality(0))

    row = compare_designs(kpis_of(noisy({"central": 16, "same": 16})), "central", [measure]).iloc[0]

    assert row["verdict"] == "not_decided"
    assert isnan(row["runs_needed"])
    assert "more" not in row["sentence"]


def test_runs_that_failed_in_one_design_are_left_out_in_both():
    values = noisy({"central": 16, "regional": 15}, n=60)
    kpis = kpis_of(values)
    kpis = kpis[~((kpis["design"] == "regional") & (kpis["replication"] == 7))]

    row = compare_designs(kpis, "central", [COST]).iloc[0]

    whole = np.arange(60) != 7
    assert (row["n"], row["dropped_pairs"]) == (59, 1)
    assert row["baseline_mean"] == pytest.approx(values["central"][whole].mean())
    assert row["difference"] == pytest.approx((values["regional"] - values["central"])[whole].mean())
    assert row["verdict"] == "better"  # 1 of 60 is less than 2 %


@pytest.mark.parametrize("lost", [nan, inf])
def test_more_than_2_percent_of_failed_runs_leave_nothing_to_judge(lost):
    values = noisy({"central": 16, "regional": 15}, n=20)
    values["regional"][3] = lost

    row = compare_designs(kpis_of(values), "central", [COST]).iloc[0]

    assert (row["verdict"], row["words"]) == ("not_judged", "not judged")
    assert row["sentence"] == "NOT JUDGED: 1 of 20 runs are missing, at most 2 % may be."
    assert row["difference"] == pytest.approx(-1, abs=0.1)


def test_exactly_2_percent_of_failed_runs_are_still_judged():
    values = noisy({"central": 16, "regional": 15}, n=50)
    values["central"][3] = nan

    assert compare_designs(kpis_of(values), "central", [COST])["verdict"].iloc[0] == "better"


def test_a_run_that_only_another_candidate_has_counts_as_failed():
    values = noisy({"central": 16, "regional": 15, "omnichannel": 17}, n=20)
    kpis = kpis_of(values)
    kpis = kpis[(kpis["design"] == "omnichannel") | (kpis["replication"] != 19)]

    row = row_of(compare_designs(kpis, "central", [COST]), "regional")

    assert (row["n"], row["dropped_pairs"], row["verdict"]) == (19, 1, "not_judged")


def test_a_candidate_without_a_value_does_not_disturb_holms_p_of_the_others():
    values = noisy({"central": 79, "a": 78.95, "b": 79.1})
    table = compare_designs(kpis_of(values | {"empty": [nan] * 20}, HOURS.kpi), "central", [HOURS])

    p_values = [DescrStatsW(values[name] - values["central"]).ttest_mean()[1] for name in "ab"]
    assert list(table["p_holm"][:2]) == pytest.approx(multipletests(p_values, method="holm")[1])
    assert isnan(row_of(table, "empty", HOURS.kpi)["p_holm"])


def test_designs_that_do_not_share_their_luck_are_warned_about():
    random = np.random.default_rng(2)
    luck = random.normal(0, 1, 20)
    values = {"central": 16 + luck, "regional": 15 - luck, "synchronized": 15 + luck + random.normal(0, 0.1, 20)}

    table = compare_designs(kpis_of(values), "central", [COST])

    assert row_of(table, "regional")["warning"] == "random streams are not synchronized"
    assert row_of(table, "synchronized")["warning"] == ""


def test_a_design_that_does_not_vary_is_not_warned_about():
    kpis = kpis_of({"central": [5, 5, 5], "regional": [4, 4.1, 3.9]})

    row = compare_designs(kpis, "central", [COST]).iloc[0]

    assert isnan(row["correlation"])
    assert row["variance_reduction"] == pytest.approx(1)
    assert row["warning"] == ""


def test_identical_designs_have_no_material_difference():
    values = noisy({"central": 16})["central"]

    row = compare_designs(kpis_of({"central": values, "twin": values}), "central", [COST]).iloc[0]

    assert (row["difference"], row["low"], row["high"], row["runs_needed"]) == (0, 0, 0, 0)
    assert row["variance_reduction"] == inf
    assert row["sentence"] == "NO MATERIAL DIFFERENCE: within ±0.5 % (95 %)."


def test_both_p_values_are_named_where_the_sign_flip_test_disagrees_with_the_interval():
    # one large difference widens the t interval past zero, yet all eight have the same sign: p = 2 / 256
    differences = np.array([0.1, 0.12, 0.11, 0.13, 0.1, 0.12, 0.11, 2.0])
    base = np.linspace(10, 20, 8)

    row = compare_designs(kpis_of({"central": base, "regional": base + differences}), "central", [COST]).iloc[0]

    assert row["sign_flip_p"] == pytest.approx(2 / 256)
    assert row["low"] < 0 < row["high"]
    assert row["warning"] == (
        "differences are skewed and the sign-flip test disagrees with the interval "
        f"(p = 0.00781, t test p = {row['p_value']:.3g})"
    )


def test_few_runs_are_said_to_be_too_few_for_the_sign_flip_test():
    base = np.linspace(10, 20, 4)
    after = base + np.array([5.0, 5.0, 5.0, 5.4])

    row = compare_designs(kpis_of({"central": base, "regional": after}), "central", [COST]).iloc[0]

    too_few = "4 runs are too few for a sign-flip test to confirm it (its p is at least 0.125)"
    assert row["warning"] == f"differences are skewed, and {too_few}"


def test_the_sign_flip_test_is_not_mentioned_where_it_agrees():
    differences = np.array([0.1, -0.12, 0.11, -0.13, 0.1, -0.12, 0.11, 2.0])
    base = np.linspace(10, 20, 8)

    row = compare_designs(kpis_of({"central": base, "regional": base + differences}), "central", [COST]).iloc[0]

    assert row["sign_flip_p"] > 0.05
    assert row["warning"] == ""


def test_unpaired_demand_is_compared_by_welch():
    random = np.random.default_rng(8)
    values = {"central": random.normal(16, 0.1, 20), "peak": random.normal(18, 0.4, 20)}

    row = compare_designs(kpis_of(values), "central", [COST], Terms(paired=False)).iloc[0]

    means = CompareMeans(DescrStatsW(values["peak"]), DescrStatsW(values["central"]))
    assert (row["low"], row["high"]) == pytest.approx(means.tconfint_diff(0.05, usevar="unequal"))
    assert (row["n"], row["verdict"], row["warning"]) == (20, "worse", "")
    assert isnan(row["correlation"])
    assert row["sentence"].endswith("20 runs of each design, unpaired demand.")


def test_unpaired_runs_are_kept_where_only_the_other_design_failed():
    values = noisy({"central": 16, "peak": 18}, n=60)
    values["peak"][4] = nan

    row = compare_designs(kpis_of(values), "central", [COST], Terms(paired=False)).iloc[0]

    assert (row["n"], row["dropped_pairs"]) == (59, 1)
    assert row["baseline_mean"] == pytest.approx(values["central"].mean())


def test_a_baseline_of_zero_has_no_relative_difference():
    kpis = kpis_of({"central": [0.0, 0, 0], "regional": [0.2, 0.25, 0.22]}, "split_rate")
    split = Measure("split_rate", "Split orders", "share", "lower", Materiality(0.05, relative=True))

    row = compare_designs(kpis, "central", [split]).iloc[0]

    assert isnan(row["relative_difference"])
    assert row["delta"] == 0
    assert row["sentence"].startswith("WORSE by 22.3 pp")


def test_percentages_of_a_negative_baseline_keep_the_sign_of_the_difference():
    kpis = kpis_of({"central": [-10.0, -12, -11], "regional": [-12.0, -14.1, -13]})

    row = compare_designs(kpis, "central", [COST]).iloc[0]

    assert row["delta"] == pytest.approx(0.055)
    assert row["relative_difference"] == pytest.approx(-6.1 / 33)


def test_a_single_design_compares_to_nothing():
    table = compare_designs(kpis_of({"central": [16, 17]}), "central", [COST])

    assert list(table.columns) == COLUMNS
    assert table.empty


def test_an_unknown_baseline_is_refused():
    with pytest.raises(TwinError, match="baseline 'centrel' has no KPIs; designs with KPIs: central, regional"):
        compare_designs(kpis_of({"central": [1, 2], "regional": [1, 2]}), "centrel", [COST])


def test_an_unknown_measure_is_refused_with_the_nearest_known():
    kpis = kpis_of({"central": [1, 2], "regional": [1, 2]}, "cost_per_ordr")

    with pytest.raises(
        TwinError, match=r"'cost_per_order' is no KPI of these runs\n.*\n  to mend:  did you mean 'cost_per_ordr'"
    ):
        compare_designs(kpis, "central", [COST])


def test_two_primary_measures_are_refused():
    also = Measure(HOURS.kpi, "Median time", "h", "lower", Materiality(2), primary=True)
    kpis = pd.concat([kpis_of({"a": [1, 2], "b": [1, 2]}, kpi) for kpi in (COST.kpi, HOURS.kpi)])

    with pytest.raises(TwinError, match="at most one primary measure, found cost_per_order, click_to_deliver"):
        compare_designs(kpis, "a", [COST, also])


def test_a_value_that_is_there_twice_is_refused():
    kpis = kpis_of({"central": [1, 2], "regional": [1, 2]})

    with pytest.raises(TwinError, match="design 'central', replication 0: expected one value of KPI 'cost_per_order'"):
        compare_designs(pd.concat([kpis, kpis.head(1)]), "central", [COST])


def test_runs_of_the_same_worlds_may_be_paired():
    refuse_if_worlds_differ(
        worlds(("central", 0, "aa"), ("regional", 0, "aa"), ("central", 1, "bb"), ("regional", 1, "bb"))
    )


def test_worlds_that_differ_are_named_by_replication_and_design():
    found = worlds(
        ("central", 0, "aa"),
        ("regional", 0, "aa"),
        ("central", 1, "1f3a5b7c9d"),
        ("omnichannel", 1, "1f3a5b7c9d"),
        ("regional", 1, "2e4c6a8b0d"),
    )

    with pytest.raises(
        WorldsDifferError,
        match=r"^replication 1: designs met different worlds: 'central', 'omnichannel' \(1f3a5b7c\) "
        r"against 'regional' \(2e4c6a8b\)\n  expected: the same exogenous_sha256 in every design",
    ):
        refuse_if_worlds_differ(found)


def test_more_replications_with_differing_worlds_are_counted():
    found = worlds(*[(design, r, f"{design}{r}") for r in (5, 3, 4) for design in ("central", "regional")])

    with pytest.raises(TwinError, match=r"^replication 3 \(and 2 more\): designs met different worlds"):
        refuse_if_worlds_differ(found)


def test_a_world_that_nobody_recorded_differs_from_one_that_is_known():
    with pytest.raises(WorldsDifferError, match="replication 0: designs met different worlds"):
        refuse_if_worlds_differ(worlds(("central", 0, "aa"), ("regional", 0, None)))
