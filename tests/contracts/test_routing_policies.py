"""What every routing policy must obey, whichever it is: each kind and each file of conf/routing is found and tried."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import FrozenInstanceError, dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.policies.worlds import HERE, STANDARD, SnapshotView, Way
from twin.domain.orders import Lines, Order, OrderLine
from twin.policies.decision import Decision, Reason
from twin.policies.routing import kinds, load
from twin.policies.routing.explain import explain
from twin.policies.routing.roles import BatchPolicy
from twin.policies.routing.validate import validate
from twin.policies.view import Without

CHECKOUT = Path(__file__).resolve().parents[2]
PARTS = {file.stem: yaml.safe_load(file.read_text("utf-8")) for file in CHECKOUT.glob("conf/routing/*.yaml")}
CONFIGURED = {
    name: given for name, given in PARTS.items() if given["kind"] not in ("http", "replay")
}  # a service, a log
DEFAULTS = {kind: {"kind": kind} for kind in kinds()}
PARTICULAR = {
    "one whole shipment, nearest": {"kind": "ship_complete", "rank_by": "distance"},
    "one whole shipment, by priority": {"kind": "ship_complete", "rank_by": "priority"},
    "min_cost, all or nothing": {"kind": "min_cost", "allow_partial": False},
    "min_cost, one shipment": {"kind": "min_cost", "max_shipments": 1},
    "fewest splits of two nodes": {"kind": "fewest_splits", "search_nodes": 2, "allow_partial": False},
    "priority, two shipments": {"kind": "priority_split", "max_shipments": 2, "allow_partial": False},
    "distance, whole lines": {"kind": "distance_split", "unit": "line", "ties": "name", "unlocated": "exclude"},
    "high stock, whole orders": {"kind": "high_stock_split", "unit": "order", "pickup_node": "lima"},
    "packages by category and weight": {
        "kind": "on_hand_first",
        "splitters": [{"kind": "category", "apart": "all"}, {"kind": "weight", "max_lb": 2.0}],
    },
    "Spree's rules": {
        "kind": "rule_stack",
        "rules": [
            {"kind": "preferred_location", "location": "lima"},
            {"kind": "most_lines"},
            {"kind": "default_location", "location": "akron"},
        ],
    },
    "ranked, then few splits": {
        "kind": "rule_stack",
        "search_nodes": 2,
        "rules": [{"kind": "ranked_locations", "locations": ["xenia", "akron"]}, {"kind": "minimize_splits"}],
    },
}
NAMED = DEFAULTS | {f"conf: {name}": given for name, given in CONFIGURED.items()} | PARTICULAR
DIFFERENT = {load(given): name for name, given in reversed(NAMED.items())}  # equal policies decide alike: one is tried
EVERY = {name: NAMED[name] for name in reversed(DIFFERENT.values())}
EACH_POLICY = pytest.mark.parametrize("parameters", EVERY.values(), ids=EVERY)
TRIES = settings(max_examples=25)

NODES = ("akron", "dayton", "lima", "toledo", "xenia")
SKUS = ("book", "lamp", "mug")
CLOSED = (Reason.NODE_DISABLED, Reason.NODE_CLOSED, Reason.ORDER_LIMIT)


@dataclass(frozen=True)
class Case:
    """A network, an order, and the nodes that have declined it already."""

    snapshot: SnapshotView
    order: Order
    declined: frozenset[str]

    @property
    def view(self) -> Without:
        """The network without those that declined."""
        return Without(self.snapshot, self.declined)


ways = st.builds(
    Way,
    node=st.sampled_from(NODES),
    usd=st.sampled_from([4.0, 5.0, 6.5]),
    arrives_at=st.sampled_from([24.0, 48.0, 72.0, 96.0]),
    service=st.sampled_from(["parcel_ground", "parcel_air"]),
    usd_per_unit=st.sampled_from([0.0, 1.0]),
)
quantities = st.dictionaries(st.sampled_from(SKUS), st.integers(1, 4), min_size=1)
snapshots = st.builds(
    SnapshotView,
    ways=st.lists(ways, max_size=8, unique_by=lambda way: (way.node, way.service)).map(tuple),
    stock=st.dictionaries(st.sampled_from(NODES), st.dictionaries(st.sampled_from(SKUS), st.integers(0, 4))),
    closed=st.dictionaries(st.sampled_from(NODES), st.sampled_from(CLOSED), max_size=2),
    priorities=st.dictionaries(st.sampled_from(NODES), st.integers(1, 3)),
    miles_to=st.dictionaries(st.sampled_from(NODES), st.sampled_from([10.0, 200.0, 200.0, 900.0])),
    box_usd=st.sampled_from([0.0, 0.5]),
    most_units=st.sampled_from([2, 5, 99]),
)
orders = st.builds(
    lambda lines, promised_by: Order(7, 0.0, "web", HERE, STANDARD, lines, promised_by, (), 0.0),
    quantities.map(lambda wanted: tuple(OrderLine(sku, units) for sku, units in wanted.items())),
    st.sampled_from([24.0, 60.0, 200.0]),
)
cases = st.builds(Case, snapshots, orders, st.frozensets(st.sampled_from(NODES), max_size=2))


def units(*parts: Lines) -> Counter[str]:
    found: Counter[str] = Counter()
    for lines in parts:
        for line in lines:
            found[line.sku] += line.quantity
    return found


def shipped(decision: Decision) -> list[str]:
    return [shipment.offer.node for shipment in decision.shipments]


def test_every_kind_has_a_part_in_conf() -> None:
    assert {given["kind"] for given in PARTS.values()} == {*kinds(), "http"}


@EACH_POLICY
@TRIES
@given(case=cases)
def test_a_decision_is_legal_and_loses_no_unit(parameters: Mapping[str, Any], case: Case) -> None:
    decision = load(parameters).decide(case.order, case.view)

    validate(case.order, decision, case.view)
    parts = [shipment.lines for shipment in decision.shipments]
    assert units(*parts, decision.unfilled) == units(case.order.lines)
    assert decision.order_number == case.order.number


@TRIES
@given(case=cases)
def test_an_order_alone_is_decided_as_in_a_batch_of_one(case: Case) -> None:
    policies = [policy for policy in map(load, NAMED.values()) if isinstance(policy, BatchPolicy)]

    assert policies
    for policy in policies:
        assert list(policy.decide_batch([case.order], case.view)) == [policy.decide(case.order, case.view)]


@EACH_POLICY
@TRIES
@given(case=cases)
def test_a_node_ships_once_and_only_where_it_is_open_and_was_not_asked_before(parameters, case: Case) -> None:
    nodes = shipped(load(parameters).decide(case.order, case.view))

    assert len(set(nodes)) == len(nodes)
    assert not set(nodes) & {*case.snapshot.closed, *case.declined}


@EACH_POLICY
@TRIES
@given(case=cases)
def test_each_shipment_goes_by_an_offer_for_exactly_what_is_in_it(parameters, case: Case) -> None:
    for shipment in load(parameters).decide(case.order, case.view).shipments:
        parcels = case.view.parcels(shipment.lines)
        assert shipment.parcels == parcels
        assert shipment.offer in case.view.offers(case.order.destination, case.order.service_level, parcels)
        assert shipment.arrives_at == case.view.arrives_at(shipment.offer)


@EACH_POLICY
@TRIES
@given(case=cases)
def test_the_same_question_gets_the_same_answer_and_changes_nothing(parameters, case: Case) -> None:
    policy, before = load(parameters), deepcopy(case)

    first = policy.decide(case.order, case.view)

    assert policy.decide(deepcopy(case.order), deepcopy(case).view) == first
    assert case == before


@EACH_POLICY
@TRIES
@given(case=cases)
def test_the_answer_depends_on_what_the_view_says_not_on_what_it_is(parameters, case: Case) -> None:
    policy = load(parameters)

    direct = policy.decide(case.order, case.snapshot)
    wrapped = policy.decide(case.order, Without(case.snapshot, frozenset()))

    assert direct == wrapped


@EACH_POLICY
@TRIES
@given(case=cases)
def test_the_order_in_which_nodes_are_listed_decides_nothing(parameters, case: Case) -> None:
    mirrored = Mirrored(**{field.name: getattr(case.snapshot, field.name) for field in fields(SnapshotView)})

    assert load(parameters).decide(case.order, mirrored) == load(parameters).decide(case.order, case.snapshot)


class Mirrored(SnapshotView):
    """The same network with its nodes listed the other way round."""

    @cached_property
    def nodes(self):
        """Every node, the last name first."""
        return dict(reversed(super().nodes.items()))


@EACH_POLICY
@TRIES
@given(case=cases)
def test_every_node_is_in_the_plan_or_out_for_one_reason(parameters, case: Case) -> None:
    decision = load(parameters).decide(case.order, case.view)

    found = explain(case.order, decision, case.view, load(parameters), "full")

    assert sorted([*found.chosen, *found.rejected]) == sorted(case.snapshot.nodes)
    assert list(found.chosen) == shipped(decision)
    assert found.details.keys() == found.rejected.keys()
    assert all(found.details.values())


@EACH_POLICY
def test_a_policy_is_a_value(parameters: Mapping[str, Any]) -> None:
    policy = load(parameters)

    again = load(dict(reversed(parameters.items())))

    assert policy == again
    assert hash(policy) == hash(again)
    assert pickle.loads(pickle.dumps(policy)) == policy  # noqa: S301  (our own bytes)
    with pytest.raises(FrozenInstanceError):
        setattr(policy, fields(policy)[0].name, None)


def test_policies_need_nothing_that_production_would_not_want() -> None:
    heavy = "{'simpy', 'pandas', 'hydra', 'omegaconf', 'plotly', 'scipy', 'pydantic', 'duckdb', 'pyarrow'}"
    code = (
        "import sys; from twin.policies.routing import kinds, load\n"
        "[load({'kind': kind}) for kind in kinds()]\n"
        f"print(sorted({heavy} & set(sys.modules)), 'twin.simulation' in sys.modules)"
    )

    said = subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, check=True)

    assert said.stdout.split() == ["[]", "False"]
