"""`criteria_rank` decides as Fluent's sourcing strategies and fulfillmenttools' fences and ratings do."""

from __future__ import annotations

from math import inf
from pathlib import Path

import pytest
import yaml

from tests.policies.worlds import SnapshotView, Way, an_order, ways_from, what, who_ships_what
from twin.domain.errors import ConfigurationError
from twin.policies.decision import Reason
from twin.policies.routing import load
from twin.policies.routing.criteria_rank import (
    Channels,
    CriteriaRank,
    Criterion,
    Groups,
    MaxMiles,
    MinStock,
    OnTime,
    Strategy,
)
from twin.policies.routing.explain import explain

NODES = ("akron", "dayton", "lima")
MUGS = {node: {"mug": 9} for node in NODES}
CONF = Path(__file__).resolve().parents[3] / "conf/routing/criteria_rank.yaml"


def one(*criteria: Criterion, **special) -> CriteriaRank:
    """A policy of one strategy."""
    return CriteriaRank((Strategy("only", criteria=criteria, **special),), ())


def nodes(policy: CriteriaRank, view: SnapshotView, **wanted: int) -> list[str]:
    return list(who_ships_what(policy.decide(an_order(**wanted or {"mug": 27}), view)))


FENCED = SnapshotView(
    ways_from(*NODES),
    {"akron": {"mug": 4}, "dayton": {"mug": 5}, "lima": {"mug": 6}},
    miles_to={"akron": 99.0, "dayton": 100.0, "lima": inf},
    kinds={"akron": "store"},
    groups={"dayton": frozenset({"ohio"})},
)


@pytest.mark.parametrize(
    ("fence", "inside", "reason"),
    [
        (Groups(any_of=("store", "ohio")), ["akron", "dayton"], Reason.OUTSIDE_GROUP),
        (Groups(none_of=("ohio",)), ["akron", "lima"], Reason.OUTSIDE_GROUP),
        (Groups(any_of=("dc",), none_of=("lima",)), ["dayton"], Reason.OUTSIDE_GROUP),
        (MaxMiles(100.0), ["akron", "dayton"], Reason.BEYOND_MAX_DISTANCE),
        (MaxMiles(100.0, "more_than"), ["akron"], Reason.BEYOND_MAX_DISTANCE),
        (MinStock(5), ["dayton", "lima"], Reason.BELOW_MIN_STOCK),
        (MinStock(5, "more_than"), ["lima"], Reason.BELOW_MIN_STOCK),
        (Channels(("shop",)), [], Reason.CHANNEL_NOT_ALLOWED),
        (Channels(("shop",), groups=("store",)), ["dayton", "lima"], Reason.CHANNEL_NOT_ALLOWED),
        (Channels(("shop", "web")), ["akron", "dayton", "lima"], None),
    ],
)
def test_a_fence_keeps_nodes_out_and_says_why(fence, inside: list[str], reason: Reason | None) -> None:
    policy, order = one(fences=(fence,)), an_order(mug=27)

    found = explain(order, policy.decide(order, FENCED), FENCED, policy)

    assert sorted(found.chosen) == inside
    assert set(found.rejected.values()) == ({reason} if reason else set())


@pytest.mark.parametrize(("basis", "inside"), [("available_to_promise", ["dayton"]), ("on_hand", ["akron", "dayton"])])
def test_a_fence_of_stock_counts_it_as_asked(basis, inside: list[str]) -> None:
    view = SnapshotView(ways_from(*NODES), {"akron": {"mug": 2}, "dayton": {"mug": 5}}, promised={"akron": {"mug": 3}})

    assert nodes(one(fences=(MinStock(5, basis=basis),)), view) == inside


def test_a_fence_of_stock_overlooks_products_a_node_does_not_have() -> None:
    view = SnapshotView(ways_from(*NODES), {"akron": {"mug": 5}, "dayton": {"mug": 9, "lamp": 1}, "lima": {"lamp": 5}})

    assert nodes(one(fences=(MinStock(5),)), view, mug=1, lamp=1) == ["akron", "lima"]


@pytest.mark.parametrize(("arrives_at", "inside"), [(48.0, ["akron"]), (48.1, [])])
def test_a_fence_of_time_lets_in_who_arrives_at_the_promise_itself(arrives_at: float, inside: list[str]) -> None:
    view = SnapshotView((Way("akron", arrives_at=arrives_at),), {"akron": {"mug": 1}})
    policy, order = one(fences=(OnTime(),)), an_order(mug=1)

    assert nodes(policy, view, mug=1) == inside
    assert policy.why_not("akron", order, view) is (None if inside else Reason.CANNOT_MEET_PROMISE)


MEASURED = SnapshotView(
    (Way("akron", 4.0, arrives_at=50.0), Way("dayton", 5.0, arrives_at=30.0), Way("lima", 6.0, arrives_at=60.0)),
    {"akron": {"mug": 1}, "dayton": {"mug": 2}, "lima": {"mug": 3}},
    priorities={"akron": 2, "dayton": 3, "lima": 1},
    miles_to={"akron": 30.0, "dayton": 10.0, "lima": 20.0},
    backlogs={"akron": 8.0, "dayton": 2.0, "lima": 4.0},
)


RANKINGS = {
    "distance": "dayton lima akron", "missing": "lima dayton akron", "priority": "lima akron dayton",
    "cost": "akron dayton lima", "lateness": "dayton akron lima", "arrival": "dayton akron lima",
    "backlog": "dayton lima akron",
}  # fmt: skip


@pytest.mark.parametrize(("by", "ranking"), RANKINGS.items())
def test_a_criterion_ranks_from_the_least_to_the_most(by, ranking: str) -> None:
    assert nodes(one(Criterion(by)), MEASURED, mug=6) == ranking.split()


def test_a_criterion_measures_in_the_unit_it_says() -> None:
    # four station-hours at two stations are two hours behind
    found = [Criterion(by).value("lima", an_order(mug=6), MEASURED) for by in RANKINGS]

    assert found == [20.0, 0.5, 1, 6.0, 12.0, 60.0, 2.0]


def test_stock_below_zero_is_no_less_than_none() -> None:
    view = SnapshotView((), {"akron": {"mug": 2, "lamp": -1}})

    assert Criterion("missing").value("akron", an_order(mug=2, lamp=2), view) == 0.5


def test_nobody_is_early_enough_to_be_less_than_in_time() -> None:
    assert Criterion("lateness").value("dayton", an_order(mug=1), MEASURED) == 0.0


def test_what_nobody_can_send_has_no_known_cost_or_arrival() -> None:
    view = SnapshotView((), {"akron": {"mug": 1}})

    assert [Criterion(by).value("akron", an_order(mug=1), view) for by in ("cost", "arrival", "lateness")] == [inf] * 3


def test_the_next_criterion_breaks_ties_and_then_the_tie_rule() -> None:
    view = SnapshotView(
        ways_from(*NODES), MUGS, priorities={"akron": 2, "dayton": 1, "lima": 1}, miles_to=dict.fromkeys(NODES, 5.0)
    )

    assert nodes(one(Criterion("distance"), Criterion("priority")), view) == ["dayton", "lima", "akron"]
    assert nodes(one(), view) == ["dayton", "lima", "akron"]
    by_name = CriteriaRank((Strategy("only"),), (), ties="name")
    assert nodes(by_name, view) == ["akron", "dayton", "lima"]


@pytest.mark.parametrize(
    ("threshold", "ranking"),
    [("at_least", ["lima", "akron", "dayton"]), ("more_than", ["akron", "lima", "dayton"])],
)
def test_bands_make_coarse_ties_and_their_edge_belongs_to_the_nearer(threshold, ranking: list[str]) -> None:
    view = SnapshotView(
        ways_from(*NODES),
        MUGS,
        priorities={"akron": 2, "dayton": 3, "lima": 1},
        miles_to={"akron": 10.0, "dayton": 51.0, "lima": 50.0},
    )
    policy = one(Criterion("distance", bands=(50.0, 500.0), threshold=threshold), Criterion("priority"))

    assert nodes(policy, view) == ranking


def test_an_unknown_distance_lies_beyond_the_last_band() -> None:
    view = SnapshotView(
        ways_from(*NODES), MUGS, priorities={"akron": 1, "dayton": 2}, miles_to={"akron": inf, "dayton": 9999.0}
    )

    assert nodes(one(Criterion("distance", bands=(50.0,))), view, mug=18) == ["lima", "dayton"]
    assert nodes(one(Criterion("distance")), view) == ["lima", "dayton", "akron"]


def test_nodes_at_an_unknown_distance_can_be_left_out() -> None:
    view = SnapshotView(ways_from(*NODES), MUGS, miles_to={"akron": inf})
    policy = CriteriaRank((Strategy("only"),), (), unlocated="exclude")

    assert nodes(policy, view) == ["dayton", "lima"]
    assert policy.why_not("akron", an_order(mug=27), view) is Reason.BEYOND_MAX_DISTANCE


@pytest.mark.parametrize(
    ("by", "limit", "inside", "reason"),
    [
        ("distance", 20.0, ["dayton", "lima"], Reason.BEYOND_MAX_DISTANCE),
        ("missing", 2 / 3, ["dayton", "lima"], Reason.BELOW_MIN_STOCK),
        ("priority", 2.0, ["akron", "lima"], Reason.OUTSIDE_GROUP),
        ("cost", 5.0, ["akron", "dayton"], Reason.MARGIN_FLOOR),
        ("lateness", 2.0, ["akron", "dayton"], Reason.CANNOT_MEET_PROMISE),
        ("arrival", 50.0, ["akron", "dayton"], Reason.CANNOT_MEET_PROMISE),
        ("backlog", 2.0, ["dayton", "lima"], Reason.ORDER_LIMIT),
    ],
)
def test_a_criterion_excludes_what_lies_beyond_its_limit(by, limit: float, inside: list[str], reason: Reason) -> None:
    policy, order = one(Criterion(by, exclude_beyond=limit)), an_order(mug=6)

    found = explain(order, policy.decide(order, MEASURED), MEASURED, policy)

    assert sorted(found.chosen) == inside
    assert list(found.rejected.values()) == [reason]


def test_the_limit_itself_can_be_excluded_too() -> None:
    policy = one(Criterion("distance", exclude_beyond=20.0, threshold="more_than"))

    assert nodes(policy, MEASURED, mug=6) == ["dayton"]


def test_weighted_ratings_are_added_up() -> None:
    # distance rates akron 0, dayton 1, lima 0.5; priority rates them 0.5, 0 and 1
    distance, priority = Criterion("distance"), Criterion("priority")
    heavy = Criterion("distance", weight=3.0)

    assert nodes(one(distance, priority, combine="in_turn"), MEASURED, mug=6)[0] == "dayton"
    assert nodes(one(distance, priority, combine="weighted"), MEASURED, mug=6) == ["lima", "dayton", "akron"]
    assert nodes(one(heavy, priority, combine="weighted"), MEASURED, mug=6) == ["dayton", "lima", "akron"]


def test_ratings_are_normalised_over_the_candidates_not_over_those_kept_out() -> None:
    view = SnapshotView(
        ways_from(*NODES, "toledo"),
        {**MUGS, "toledo": {"mug": 9}},
        priorities={"akron": 1, "dayton": 3, "lima": 2},
        miles_to={"akron": 300.0, "dayton": 100.0, "lima": 190.0, "toledo": 9999.0},
    )
    criteria = (Criterion("distance"), Criterion("priority"))
    fenced = one(*criteria, fences=(MaxMiles(500.0),), combine="weighted")

    # lima gets 0.55 and 0.5, akron 0 and 1, dayton 1 and 0
    assert nodes(fenced, view, mug=1) == ["lima"]
    assert nodes(one(*criteria, combine="weighted"), view, mug=1) == ["akron"]


SPREAD = SnapshotView(
    ways_from(*NODES),
    {"akron": {"mug": 1}, "dayton": {"mug": 2}, "lima": {"mug": 3}},
    priorities={"akron": 1, "dayton": 2, "lima": 3},
)


@pytest.mark.parametrize(
    ("max_split", "shippers"), [(None, ["akron", "dayton"]), (1, ["akron", "dayton"]), (0, ["lima"])]
)
def test_max_split_n_allows_n_more_shipments_than_one(max_split: int | None, shippers: list[str]) -> None:
    assert nodes(one(Criterion("priority"), max_split=max_split), SPREAD, mug=3) == shippers


def test_what_the_limit_on_splits_leaves_is_said() -> None:
    policy, order = one(Criterion("priority"), max_split=0), an_order(mug=6)

    plan = policy.decide(order, SPREAD)

    assert who_ships_what(plan) == {"lima": {"mug": 3}}
    assert set(explain(order, plan, SPREAD, policy).rejected.values()) == {Reason.MAX_SPLITS}


def test_the_first_strategy_that_sends_everything_decides() -> None:
    near = Strategy("near", fences=(Groups(any_of=("akron",)),))
    two = Strategy("two", fences=(Groups(any_of=("akron", "dayton")),))
    whole = Strategy("whole", max_split=0)
    policy = CriteriaRank((near, two), (whole,))

    assert nodes(policy, SPREAD, mug=1) == ["akron"]
    assert nodes(policy, SPREAD, mug=2) == ["akron", "dayton"]
    assert nodes(policy, SPREAD, mug=3) == ["akron", "dayton"]
    assert nodes(CriteriaRank((near,), (whole,)), SPREAD, mug=3) == ["lima"]


def test_where_none_can_the_fullest_plan_ships_or_nothing() -> None:
    near, far = (
        Strategy("near", fences=(Groups(any_of=("akron",)),)),
        Strategy("far", fences=(Groups(any_of=("lima",)),)),
    )
    order = an_order(mug=4)

    plan = CriteriaRank((near,), (far,)).decide(order, SPREAD)

    assert who_ships_what(plan) == {"lima": {"mug": 3}}
    assert what(plan.unfilled) == {"mug": 1}
    assert CriteriaRank((near,), (far,), allow_partial=False).decide(order, SPREAD).shipments == ()


def test_reasons_are_those_of_the_strategy_that_decided() -> None:
    near = Strategy("near", fences=(MaxMiles(1.0),))
    stores = Strategy("stores", fences=(Groups(any_of=("lima", "dayton")),), max_split=0)
    policy, order = CriteriaRank((near,), (stores,)), an_order(mug=3)

    found = explain(order, policy.decide(order, SPREAD), SPREAD, policy)

    assert found.chosen == ("lima",)
    assert found.rejected == {"akron": Reason.OUTSIDE_GROUP, "dayton": Reason.INCOMPLETE_FOR_SINGLE}


@pytest.mark.parametrize(
    ("condition", "meant"),
    [
        ({"channels": ("web",)}, True),
        ({"service_levels": ("standard",)}, True),
        ({"service_levels": ("express",)}, False),
        ({"regions": ("midwest", "west")}, True),
        ({"regions": ("west",)}, False),
        ({"channels": ("web",), "regions": ("west",)}, False),
    ],
)
def test_a_strategy_is_tried_for_the_orders_it_is_meant_for(condition, meant: bool) -> None:
    policy = CriteriaRank((Strategy("some", **condition),), (Strategy("all", fences=(Groups(any_of=("lima",)),)),))

    assert nodes(policy, SPREAD, mug=1) == (["akron"] if meant else ["lima"])


def test_an_order_that_no_strategy_is_meant_for_waits() -> None:
    policy, order = one(channels=("shop",)), an_order(mug=1)

    decision = policy.decide(order, SPREAD)

    assert decision.shipments == ()
    assert set(explain(order, decision, SPREAD, policy).rejected.values()) == {Reason.OUTSIDE_GROUP}


def test_only_the_best_nodes_are_combined_for_the_limits_sake() -> None:
    stock = {"akron": {"mug": 1}, "dayton": {"mug": 1}, "lima": {"mug": 2}, "toledo": {"mug": 2}}
    view = SnapshotView(ways_from(*stock), stock, priorities={"akron": 1, "dayton": 2, "lima": 3, "toledo": 4})
    strategy, order = Strategy("only", criteria=(Criterion("priority"),), max_split=1), an_order(mug=3)

    wide = CriteriaRank((strategy,), (), search_nodes=3).decide(order, view)
    narrow = CriteriaRank((strategy,), (), search_nodes=2)

    assert who_ships_what(wide) == {"akron": {"mug": 1}, "lima": {"mug": 2}}
    assert who_ships_what(narrow.decide(order, view)) == {"akron": {"mug": 1}, "dayton": {"mug": 1}}
    assert narrow.why_not("lima", order, view) is Reason.MAX_SPLITS


def test_what_nobody_has_is_not_blamed_on_the_search() -> None:
    view, order = SnapshotView(ways_from(*NODES), {"akron": {"mug": 2}, "dayton": {"mug": 1}}), an_order(mug=2, book=1)
    policy = CriteriaRank((Strategy("only", criteria=(Criterion("missing"),), max_split=5),), (), search_nodes=1)

    assert list(who_ships_what(policy.decide(order, view))) == ["akron"]
    assert policy.why_not("dayton", order, view) is None


@pytest.mark.parametrize(("unit", "left"), [("unit", 1), ("line", 3), ("order", 4)])
def test_what_must_stay_together_does(unit, left: int) -> None:
    view = SnapshotView(ways_from(*NODES), {"akron": {"mug": 2}, "dayton": {"lamp": 1}})
    policy = CriteriaRank((Strategy("only"),), (), unit=unit)

    decision = policy.decide(an_order(mug=3, lamp=1), view)

    assert sum(what(decision.unfilled).values()) == left


def test_by_default_one_node_in_time_goes_before_few_and_few_before_a_late_one() -> None:
    ways = (Way("akron", arrives_at=96.0), Way("dayton", usd=9.0), Way("lima"))
    stock = {"akron": {"mug": 9, "lamp": 9}, "dayton": {"mug": 9}, "lima": {"lamp": 9}}
    view = SnapshotView(ways, stock, miles_to={"akron": 1.0})

    assert nodes(CriteriaRank(), view, mug=1) == ["dayton"]
    assert nodes(CriteriaRank(), view, mug=1, lamp=1) == ["dayton", "lima"]
    assert nodes(CriteriaRank(), view, mug=10, lamp=9) == ["akron", "dayton"]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: CriteriaRank((), ()), r"at least one name and each only once, got \[\]"),
        (lambda: CriteriaRank((Strategy("a"),), (Strategy("a"),)), r"each only once, got \['a', 'a'\]"),
        (lambda: CriteriaRank(search_nodes=0), r"search_nodes must be at least 1, got 0"),
        (lambda: Strategy("near", max_split=-1), r"strategy 'near': max_split must not be negative, got -1"),
        (lambda: Criterion("speed"), r"by must be one of distance, missing, .*, got 'speed'"),
        (lambda: Criterion("cost", bands=(5.0, 1.0)), r"bands must rise and be finite, got \[5.0, 1.0\]"),
        (lambda: Criterion("cost", weight=0.0), r"weight must be finite and above zero, got 0.0"),
        (lambda: Criterion("cost", exclude_beyond=inf), r"exclude_beyond must be finite, got inf"),
        (lambda: MaxMiles(-1.0), r"miles must be finite and not negative, got -1.0"),
        (lambda: MinStock(-1), r"units must not be negative, got -1"),
    ],
)
def test_what_makes_no_sense_is_refused(make, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    ("strategy", "message"),
    [
        ({"name": "a", "fences": [{"kind": "moat"}]}, r"(?s)routing.strategies\[0\].fences\[0\].*'moat'"),
        ({"name": "a", "criteria": [{"by": "speed"}]}, r"(?s)routing.strategies\[0\].criteria\[0\].by.*'speed'"),
        ({"name": "a", "max_splits": 1}, r"unknown field `max_splits`"),
    ],
)
def test_what_a_configuration_gets_wrong_is_told_with_its_path(strategy, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        load({"kind": "criteria_rank", "strategies": [strategy]})


def test_the_shipped_part_holds_the_defaults() -> None:
    given = yaml.safe_load(CONF.read_text("utf-8"))

    assert load(given) == CriteriaRank()
    assert given.keys() - {"kind"} == set(CriteriaRank.__dataclass_fields__)
