"""One-step replay: every logged decision beside ours on the same picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest
from msgspec import structs

from tests.calibration.shadow_world import (
    AIR,
    GROUND,
    PLENTY,
    At,
    a_picture,
    a_plan,
    an_order,
    in_batch,
    lines,
    logged,
    numbered,
    shelf,
    ships,
)
from tests.factories import RENO
from twin.assemble import build
from twin.calibration.deciding import BrokenRule
from twin.calibration.decision_log import LoggedDecision, numbered_log, read_log
from twin.calibration.shadow import difference, first_key, one_step
from twin.calibration.shadow_results import Compared, Difference
from twin.config import parse
from twin.domain.errors import ConfigurationError, UsageError
from twin.domain.orders import Order
from twin.experiments.decision_log import write_own_log
from twin.hydra_glue import compose
from twin.policies.conformance import Shelf
from twin.policies.contract import DecisionMessage, DecisionRequest, LineMessage
from twin.policies.decision import Decision, Reason
from twin.policies.forecast import Forecast
from twin.policies.routing.batch_reoptimise import BatchReoptimise
from twin.policies.routing.min_cost import MinCost
from twin.policies.routing.roles import LEARNED
from twin.policies.snapshot import Snapshot
from twin.policies.view import NetworkView

BOTH = (ships("columbus"), ships("reno", lamp=1))


def one(line: LoggedDecision) -> Compared:
    """Shadow a log of one line with `min_cost`."""
    (found,) = one_step(numbered(line), MinCost(), shelf())
    return found


@pytest.mark.parametrize(
    ("production", "ours", "found"),
    [
        (a_plan(ships("reno")), a_plan(ships("reno")), Difference.SAME),
        (a_plan(), a_plan(mug=1), Difference.SAME),
        (a_plan(*BOTH), a_plan(*reversed(BOTH)), Difference.SAME),
        (a_plan(ships("reno", mug=1, lamp=1)), a_plan(ships("reno", lamp=1, mug=1)), Difference.SAME),
        (a_plan(ships("reno")), a_plan(ships("reno", AIR)), Difference.SAME_NODES_OTHER_SERVICE),
        (a_plan(ships("reno")), a_plan(ships("columbus")), Difference.OTHER_NODE),
        (a_plan(ships("reno")), a_plan(ships("columbus", AIR)), Difference.OTHER_NODE),
        (a_plan(*BOTH), a_plan(ships("reno"), ships("columbus", lamp=1)), Difference.OTHER_NODE),
        (a_plan(*BOTH), a_plan(ships("reno", mug=1, lamp=1)), Difference.OTHER_SPLIT),
        (
            a_plan(ships("columbus", mug=2), ships("reno", lamp=2)),
            a_plan(ships("columbus", mug=2, lamp=1), ships("reno")),
            Difference.OTHER_SPLIT,
        ),
        (a_plan(ships("reno"), lamp=1), a_plan(ships("reno", lamp=1), mug=1), Difference.OTHER_SPLIT),
        (a_plan(ships("reno"), lamp=1), a_plan(*BOTH), Difference.OURS_FILLED_ONLY),
        (a_plan(ships("reno")), a_plan(mug=1), Difference.PROD_FILLED_ONLY),
    ],
)
def test_two_plans_differ_in_one_way(production, ours, found) -> None:
    assert difference(production, ours) is found


@pytest.mark.parametrize(
    ("production", "ours", "key"),
    [
        (a_plan(*BOTH), a_plan(*reversed(BOTH)), ""),
        (a_plan(ships("reno")), a_plan(ships("columbus", AIR)), "shipments[0].node"),
        (a_plan(ships("reno")), a_plan(ships("reno", AIR)), "shipments[0].service"),
        (a_plan(ships("reno", mug=2)), a_plan(ships("reno", mug=3)), "shipments[0].lines[0].quantity"),
        (a_plan(ships("reno", mug=2, lamp=1)), a_plan(ships("reno", mug=2)), "shipments[0].lines[0].sku"),
        (a_plan(ships("columbus")), a_plan(*BOTH), "shipments[1]"),
        (a_plan(ships("reno")), a_plan(mug=1), "status"),
        (a_plan(ships("reno"), lamp=1), a_plan(ships("reno"), lamp=2), "unfilled[0].quantity"),
    ],
)
def test_the_first_key_that_differs_is_named_by_its_path(production, ours, key) -> None:
    assert first_key(production, ours) == key


def test_what_production_thinks_a_plan_costs_is_no_difference() -> None:
    dear = structs.replace(ships("columbus"), cost_usd=99.0, arrives_at=1.0)

    found = one(logged(a_plan(dear)))

    assert (found.difference, found.first_key, found.said) == (Difference.SAME, "", "")
    assert found.production_figures == found.our_figures


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (logged(a_plan(ships("columbus"))), Difference.SAME),
        (logged(a_plan(ships("columbus", AIR))), Difference.SAME_NODES_OTHER_SERVICE),
        (logged(a_plan(ships("reno"))), Difference.OTHER_NODE),
        (logged(a_plan(*BOTH), mug=1, lamp=1), Difference.OTHER_SPLIT),
        (logged(a_plan(mug=1)), Difference.OURS_FILLED_ONLY),
    ],
)
def test_our_decision_is_taken_on_the_logged_picture(line, found) -> None:
    assert one(line).difference is found


def test_production_may_fill_what_our_policy_does_not() -> None:
    line = logged(a_plan(*BOTH), a_picture({"columbus": {"mug": 1}, "reno": {"lamp": 1}}), mug=1, lamp=1)

    (found,) = one_step(numbered(line), MinCost(max_shipments=1), shelf())

    assert found.difference is Difference.PROD_FILLED_ONLY
    assert found.first_key == "status"


def test_a_plan_made_on_an_older_picture_cannot_be_carried_out_on_this_one() -> None:
    sold_out = a_picture({**PLENTY, "columbus": {"mug": 0}})

    found = one(logged(a_plan(ships("columbus")), sold_out))

    assert found.difference is Difference.PROD_PLAN_INFEASIBLE
    assert found.said == "order 1: node 'columbus' cannot ship 1 of mug: not enough stock to promise"
    assert found.ours.shipments[0].node == "reno"


def test_a_product_on_two_lines_cannot_promise_the_same_unit_twice() -> None:
    twice = (LineMessage("mug", 1), LineMessage("mug", 1))
    production = a_plan(structs.replace(ships("columbus"), lines=twice))
    order = structs.replace(an_order(1), lines=twice)
    picture = a_picture({"columbus": {"mug": 1}, "reno": {"mug": 5}})

    found = one(LoggedDecision(DecisionRequest(order, picture), production))

    assert found.difference is Difference.PROD_PLAN_INFEASIBLE
    assert found.said == "order 1: node 'columbus' cannot ship 2 of mug: not enough stock to promise"
    assert [(shipment.node, shipment.lines) for shipment in found.ours.shipments] == [
        ("reno", (LineMessage("mug", 2),))
    ]


def test_a_plan_by_a_way_that_the_network_does_not_have_has_no_price() -> None:
    found = one(logged(a_plan(ships("columbus", "drone"))))

    assert found.difference is Difference.PROD_PLAN_INFEASIBLE
    assert found.said == "order 1: node 'columbus' cannot send 1 of mug to 432 by 'drone'"
    assert found.production_figures is None
    assert found.our_figures is not None


def test_a_plan_for_another_order_is_no_answer() -> None:
    line = LoggedDecision(DecisionRequest(an_order(1), a_picture()), a_plan(ships("columbus"), number=2))

    found = one(line)

    assert found.difference is Difference.PROD_PLAN_INFEASIBLE
    assert found.said == "order 1: the decision is for order 2"


def test_a_node_that_has_declined_is_not_ours_either() -> None:
    declined = a_picture(columbus=At(closed=Reason.PREVIOUSLY_REJECTED))

    found = one(logged(a_plan(ships("reno")), declined))

    assert found.difference is Difference.SAME


def test_lines_count_from_one_and_keep_their_order() -> None:
    log = [logged(a_plan(ships("columbus"), number=number)) for number in (5, 3, 8)]

    found = list(one_step(numbered(*log), MinCost(), shelf()))

    assert [(row.line, row.request.order.order_number) for row in found] == [(1, 5), (2, 3), (3, 8)]


def refused(line: LoggedDecision) -> str:
    """What is said about the second line of a log."""
    with pytest.raises(ConfigurationError) as caught:
        list(one_step(numbered(logged(a_plan(ships("columbus"))), line), MinCost(), shelf()))
    return str(caught.value)


def test_a_line_without_a_picture_says_what_to_do() -> None:
    said = refused(LoggedDecision(DecisionRequest(an_order()), a_plan(ships("reno"))))

    assert said == (
        "decision log, line 2: request.snapshot: no picture\n"
        "  expected: the network as production saw it when it decided\n"
        "  to mend:  `twin import decisions` makes pictures from a stock table; to repeat decisions without them and "
        "compare whole runs use routing=replay"
    )


def test_the_name_of_a_picture_is_not_enough() -> None:
    said = refused(LoggedDecision(DecisionRequest(an_order(), snapshot_id="noon"), a_plan(ships("reno"))))

    assert "decision log, line 2: request.snapshot: only the name of a picture, 'noon'" in said


def test_a_picture_of_another_network_is_refused_with_its_nodes() -> None:
    nodes = a_picture().nodes
    elsewhere = Snapshot(1.0, {"columbus": nodes["columbus"], "boston": nodes["reno"]})

    said = refused(logged(a_plan(ships("columbus")), elsewhere))

    assert "decision log, line 2: request.snapshot.nodes: the snapshot is of another network than 'tests'" in said
    assert "missing reno; unknown boston" in said
    assert "name the network that the log is of: scenario=... or network=..." in said


def test_everything_that_an_order_names_and_nobody_knows_is_said_at_once() -> None:
    order = structs.replace(an_order(destination="999", level="standrad"), lines=lines(mugg=1, zebra=1))

    said = refused(LoggedDecision(DecisionRequest(order, a_picture()), a_plan()))

    assert "line 2: request.order.destination: '999'\n  expected: a destination of the network" in said
    assert "line 2: request.order.service_level: 'standrad'" in said
    assert "did you mean 'standard'?" in said
    assert "line 2: request.order.lines: 'mugg'\n  expected: a product of the network\n  to mend:  did you mean" in said
    assert "'zebra'\n  expected: a product of the network\n  to mend:  name the network that the log is of" in said


@dataclass(frozen=True)
class Forgetful:
    """Loses the order."""

    def decide(self, order: Order, network: NetworkView) -> Decision:
        return Decision(order.number, ())


def test_a_policy_of_ours_that_breaks_the_rules_is_named_with_the_line() -> None:
    with pytest.raises(BrokenRule) as caught:
        list(one_step(numbered(logged(a_plan(ships("columbus")))), Forgetful(), shelf()))

    assert str(caught.value) == (
        "decision log, line 1: our own policy Forgetful gives no plan that can be carried out: order 1: ordered "
        "{'mug': 1}, but shipped and unfilled add up to {}\n"
        "  to mend:  hold it against the rules with twin policy check"
    )


@dataclass(frozen=True)
class Pupil:
    """Learns."""

    refresh_days: float = 1.0
    taught: bool = field(default=False, metadata=LEARNED)

    def refresh(self, network: NetworkView, forecast: Forecast) -> Pupil:
        return replace(self, taught=True)

    def decide(self, order: Order, network: NetworkView) -> Decision:
        return MinCost().decide(order, network)


def test_a_policy_that_learns_cannot_be_a_shadow() -> None:
    with pytest.raises(UsageError, match="the policy Pupil learns from a forecast of the whole network, which a log"):
        list(one_step(numbered(logged(a_plan(ships("columbus")))), Pupil(), shelf()))


def test_services_are_told_apart_by_their_names() -> None:
    found = one(logged(a_plan(ships("columbus", AIR))))

    assert found.production_figures.services == (AIR,)
    assert found.our_figures.services == (GROUND,)
    assert found.production_figures.cost_usd > found.our_figures.cost_usd


ONE_UNIT_HERE = {"columbus": {"mug": 1}, "reno": {"mug": 2}}
NEXT = {"columbus": {"mug": 0}, "reno": {"mug": 2}}


def test_a_policy_that_decides_on_many_orders_at_once_takes_those_of_one_instant_together() -> None:
    log = [
        logged(a_plan(ships("columbus"), number=1), a_picture(ONE_UNIT_HERE), to=RENO.zip3),
        logged(a_plan(ships("reno"), number=2), a_picture(NEXT)),
        logged(a_plan(ships("columbus"), number=3), a_picture(ONE_UNIT_HERE, taken_at=11.0), to=RENO.zip3),
    ]

    alone = list(one_step(numbered(*log), MinCost(), shelf()))
    found = list(one_step(numbered(*log), BatchReoptimise(), shelf()))

    assert [nodes(one.ours) for one in alone] == [["reno"], ["reno"], ["reno"]]
    assert [nodes(one.ours) for one in found] == [["reno"], ["columbus"], ["reno"]]
    assert [one.request for one in found] == [line.request for line in log]


def test_an_order_that_comes_twice_at_one_instant_is_not_decided_together_with_itself() -> None:
    line = logged(a_plan(ships("columbus")), a_picture(ONE_UNIT_HERE))

    found = list(one_step(numbered(line, line), BatchReoptimise(), shelf()))

    assert [nodes(one.ours) for one in found] == [["columbus"], ["columbus"]]


def test_batches_of_one_instant_are_decided_one_after_the_other() -> None:
    line = logged(a_plan(ships("columbus"), number=1), a_picture(ONE_UNIT_HERE))
    other = logged(a_plan(ships("columbus"), number=2), a_picture(ONE_UNIT_HERE))

    found = list(one_step(numbered(in_batch(line, 1), in_batch(other, 2)), BatchReoptimise(), shelf()))

    assert [nodes(one.ours) for one in found] == [["columbus"], ["columbus"]]


def test_a_node_that_declined_one_order_is_open_to_those_decided_with_it() -> None:
    declined = a_picture(ONE_UNIT_HERE, columbus=At(closed=Reason.PREVIOUSLY_REJECTED))
    log = [
        logged(a_plan(ships("reno"), number=1), declined),
        logged(a_plan(ships("columbus"), number=2), a_picture(ONE_UNIT_HERE)),
    ]

    found = list(one_step(numbered(*log), BatchReoptimise(), shelf()))

    assert [nodes(one.ours) for one in found] == [["reno"], ["columbus"]]


@dataclass(frozen=True)
class Greedy:
    """Sends everything from Columbus, whoever else does."""

    def decide(self, order: Order, network: NetworkView) -> Decision:
        return MinCost().decide(order, network)

    def decide_batch(self, orders: Sequence[Order], network: NetworkView) -> Sequence[Decision]:
        return [self.decide(order, network) for order in orders]


def test_units_promised_twice_by_our_own_policy_are_refused_with_the_line() -> None:
    log = [logged(a_plan(ships("columbus"), number=number), a_picture(ONE_UNIT_HERE)) for number in (1, 2)]

    with pytest.raises(BrokenRule, match=r"line 1: our own policy Greedy .* is to ship 2 of mug to several orders"):
        list(one_step(numbered(*log), Greedy(), shelf()))


@pytest.mark.parametrize("dom", ["runs", "replan"])
def test_a_batch_policy_is_the_same_as_itself(tmp_path, dom: str) -> None:
    days = ["study.warmup_days=0", "study.measured_days=1", "study.cooldown_days=0", "demand.orders_per_day=200"]
    composition = compose([*days, "replenishment.opening_days_of_cover=1", f"dom={dom}"], "tutorial")
    model = replace(build(parse(composition.values, composition.origin)), routing=BatchReoptimise())
    write_own_log(model, tmp_path / "log.jsonl", 3)
    prices = Shelf(model.shelves.book, model.shelves.packer)

    found = list(one_step(numbered_log(tmp_path / "log.jsonl"), BatchReoptimise(), prices))

    assert len({line.batch for line in read_log(tmp_path / "log.jsonl")}) > 10
    assert {one.difference for one in found} == {Difference.SAME}


def nodes(decision: DecisionMessage) -> list[str]:
    return [shipment.node for shipment in decision.shipments]
