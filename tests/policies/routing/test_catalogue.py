"""Policies are found by their kind: a file, a plug-in, or a team's own class."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field, replace
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from msgspec import Struct

from tests.policies.worlds import SnapshotView, an_order
from twin.domain.errors import ConfigurationError
from twin.domain.orders import Order
from twin.policies.decision import Decision
from twin.policies.routing import catalogue, kinds, load
from twin.policies.routing.min_cost import MinCost
from twin.policies.routing.roles import LEARNED
from twin.policies.routing.ship_complete import ShipComplete
from twin.policies.view import NetworkView


@dataclass(frozen=True, slots=True)
class NothingToday:
    """A policy of a team's own that never ships."""

    note: str = ""

    def decide(self, order: Order, network: NetworkView) -> Decision:
        return Decision(order.number, (), order.lines)


@dataclass
class Changing:
    """Not frozen, so a run could change it."""

    def decide(self, order: Order, network: NetworkView) -> Decision:
        return Decision(order.number, (), order.lines)


@dataclass(frozen=True)
class Undecided:
    """Frozen, but without `decide`."""


OWN_MODULE = """
from dataclasses import dataclass

@dataclass(frozen=True)
class Never:
    def decide(self, order, network):
        raise NotImplementedError
"""


def plain_function() -> None:
    """No class at all."""


@pytest.fixture
def own_code(monkeypatch):
    """A module of a team's own that Python can import."""
    module = ModuleType("our_routing")
    module.NothingToday, module.Changing, module.Undecided = NothingToday, Changing, Undecided
    module.plain_function = plain_function
    monkeypatch.setitem(sys.modules, "our_routing", module)


@pytest.fixture
def plugins(monkeypatch, own_code):
    """Another package that registers two policies, one of which cannot be loaded."""
    group = catalogue.ENTRY_POINTS
    found = EntryPoints([
        EntryPoint("ours", "our_routing:NothingToday", group),
        EntryPoint("broken", "our_routing:Missing", group),
    ])  # fmt: skip
    monkeypatch.setattr(catalogue, "entry_points", lambda group: found.select(group=group))


def test_every_file_with_a_policy_is_a_kind() -> None:
    files = {file.stem for file in Path(catalogue.__file__).parent.glob("*.py")}

    assert {"min_cost", "ship_complete"} <= set(kinds()) <= files
    assert not {"catalogue", "roles", "walk", "explain"} & set(kinds())


def test_a_kind_is_made_with_its_parameters() -> None:
    assert load({"kind": "min_cost", "late_usd": 4, "allow_partial": False}) == MinCost(4.0, allow_partial=False)
    assert load({"kind": "ship_complete"}) == ShipComplete()


def test_a_teams_own_class_is_loaded_by_its_path(own_code) -> None:
    policy = load({"kind": "python:our_routing:NothingToday", "note": "closed"})

    assert policy == NothingToday("closed")
    assert policy.decide(an_order(mug=1), SnapshotView((), {})).shipments == ()


@pytest.fixture
def beside(tmp_path, monkeypatch):
    """Stand in a folder with a module that only lies there, with Python's path and modules as they were afterwards."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "modules", dict(sys.modules))
    (tmp_path / "lying_beside.py").write_text(OWN_MODULE, encoding="utf-8")
    return tmp_path


def test_a_module_where_the_user_stands_is_found_and_only_when_it_is_asked_for(beside: Path) -> None:
    load({"kind": "min_cost"})
    before = list(sys.path)

    policy = load({"kind": "python:lying_beside:Never"})

    assert type(policy).__name__ == "Never"
    assert str(beside) not in before
    assert sys.path == [*before, str(beside)]


def test_the_source_of_a_teams_own_policy_is_its_module(beside: Path) -> None:
    assert catalogue.source_of("python:lying_beside:Never") == beside / "lying_beside.py"


@pytest.mark.parametrize("kind", ["min_cost", "ours_not", "python:nowhere_at_all:X", "python::X", "python:sys:X"])
def test_what_lies_in_no_file_of_ones_own_has_no_source(beside: Path, kind: str) -> None:
    assert catalogue.source_of(kind) is None


def test_the_source_of_a_plug_in_is_its_module(beside: Path, monkeypatch) -> None:
    found = EntryPoints([EntryPoint("ours", "lying_beside:Never", catalogue.ENTRY_POINTS)])
    monkeypatch.setattr(catalogue, "entry_points", lambda group: found.select(group=group))
    sys.path.append(str(beside))

    assert catalogue.source_of("ours") == beside / "lying_beside.py"


def test_a_module_that_is_nowhere_is_refused_with_where_it_was_looked_for_and_what_to_do(beside: Path) -> None:
    assert refused(kind="python:ours.nowhere:Policy") == (
        "routing.kind: 'python:ours.nowhere:Policy'\n"
        "  expected: python:package.module:Class, or a plug-in, that can be imported\n"
        f"  to mend:  No module named 'ours' in {beside} or among the installed packages: "
        "put ours.py there, or install what it is part of"
    )


def test_an_installed_plug_in_is_loaded_by_its_name(plugins) -> None:
    assert load({"kind": "ours"}) == NothingToday()


def refused(**parameters: Any) -> str:
    with pytest.raises(ConfigurationError) as error:
        load(parameters)
    return str(error.value)


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("min_cots", "routing policy 'min_cots'\n  expected: a known kind\n  to mend:  did you mean 'min_cost'?"),
        ("xyz", f"known: {', '.join(kinds())} Your own: python:"),
        ("", "routing policy ''"),
    ],
)  # fmt: skip
def test_an_unknown_kind_is_refused_with_the_nearest_name(kind: str, message: str) -> None:
    assert message in refused(kind=kind)


def test_a_plug_in_is_offered_as_the_nearest_name_too(plugins) -> None:
    assert "did you mean 'ours'?" in refused(kind="our")


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("python:nowhere_at_all:Policy", "No module named 'nowhere_at_all'"),
        ("python:our_routing:Missing", "no attribute 'Missing'"),
        ("python:our_routing", "no attribute ''"),
        ("python::Policy", "Empty module name"),
        ("python:.relative:Policy", "package"),
        ("broken", "no attribute 'Missing'"),
    ],
)
def test_code_that_cannot_be_imported_is_refused(plugins, kind: str, message: str) -> None:
    said = refused(kind=kind)

    assert said.startswith(f"routing.kind: {kind!r}\n  expected: python:package.module:Class")
    assert message in said


@pytest.mark.parametrize("name", ["Changing", "Undecided", "plain_function"])
def test_what_is_not_a_frozen_dataclass_that_decides_is_refused(own_code, name: str) -> None:
    assert "expected: a frozen dataclass with a method decide(order, network)" in refused(
        kind=f"python:our_routing:{name}"
    )


def test_an_unknown_parameter_is_refused_with_the_nearest_name() -> None:
    said = refused(kind="min_cost", late_us=3)

    assert said == (
        "routing.late_us: late_us = 3\n  expected: a parameter of min_cost\n  to mend:  did you mean 'late_usd'?"
    )


@pytest.mark.parametrize(
    ("kind", "name", "value", "expected"),
    [
        ("min_cost", "late_usd", "eight", "a finite number"),
        ("min_cost", "late_usd", float("nan"), "a finite number"),
        ("min_cost", "split_usd", float("inf"), "a finite number"),
        ("min_cost", "late_usd", True, "a finite number"),
        ("min_cost", "max_shipments", 2.5, "a whole number"),
        ("min_cost", "allow_partial", "no", "true or false"),
        ("priority_split", "max_shipments", "many", "a whole number or null"),
        ("ship_complete", "rank_by", "weight", "one of cost, distance, priority"),
    ],
)
def test_a_value_of_another_type_is_refused(kind: str, name: str, value: object, expected: str) -> None:
    said = refused(kind=kind, **{name: value})

    assert said == f"routing.{name}: {name} = {value!r}\n  expected: {expected}\n  to mend:  mend the value"


def test_all_wrong_parameters_are_named_at_once() -> None:
    said = refused(kind="min_cost", late_us=3, split_usd="much")

    assert "late_us = 3" in said
    assert "split_usd = 'much'" in said


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"kind": "min_cost", "max_shipments": 0}, "max_shipments must be at least 1, got 0"),
        ({"kind": "min_cost", "late_usd": -1.0}, "late_usd, late_usd_per_day, split_usd must not be negative"),
        ({"kind": "min_cost", "search_parts": 0}, "search_parts at least 1"),
        ({"kind": "fewest_splits", "search_nodes": 0}, "search_nodes must be at least 1, got 0"),
        ({"kind": "fewest_splits", "max_shipments": 0}, "max_shipments must be at least 1, got 0"),
        ({"kind": "priority_split", "max_shipments": 0}, "max_shipments must be at least 1, got 0"),
        ({"kind": "distance_split", "max_shipments": -1}, "max_shipments must be at least 1, got -1"),
    ],
)
def test_what_a_policy_refuses_is_a_problem_of_the_configuration(parameters, message: str) -> None:
    said = refused(**parameters)

    assert said.startswith(f"routing: {parameters['kind']} with ")
    assert message in said


def test_a_ranking_that_does_not_exist_is_refused_in_code_too() -> None:
    with pytest.raises(ValueError, match="rank_by must be one of cost, distance, priority, got 'weight'"):
        replace(ShipComplete(), rank_by="weight")


class Rule(Struct, frozen=True, forbid_unknown_fields=True):
    """A rule with a limit."""

    node: str
    units: int = 1


@dataclass(frozen=True)
class Ruled:
    """A policy with rules, and with something learned."""

    rules: tuple[Rule, ...] = ()
    learned: tuple[float, ...] = field(default=(), metadata=LEARNED)

    def decide(self, order: Order, network: NetworkView) -> Decision:
        return Decision(order.number, (), order.lines)


def test_rules_of_a_configuration_become_values(monkeypatch, own_code) -> None:
    monkeypatch.setattr(sys.modules["our_routing"], "Ruled", Ruled, raising=False)

    policy = load({"kind": "python:our_routing:Ruled", "rules": [{"node": "akron", "units": 3}, {"node": "lima"}]})

    assert policy == Ruled((Rule("akron", 3), Rule("lima")))
    assert hash(policy)


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        (
            [{"node": "akron"}, {"node": "lima", "units": "3"}],
            "routing.rules[1].units: '3'\n  expected: Expected `int`, got `str`",
        ),
        ([{"units": 3}], "routing.rules[0]: {'units': 3}\n  expected: Object missing required field `node`"),
        (
            [{"node": "akron", "unit": 1}],
            "routing.rules[0]: {'node': 'akron', 'unit': 1}\n  expected: Object contains unknown",
        ),
        ({"node": "akron"}, "routing.rules: {'node': 'akron'}\n  expected: Expected `array`, got `object`"),
    ],
)
def test_a_rule_that_does_not_fit_is_named_with_its_place(monkeypatch, own_code, rules, message) -> None:
    monkeypatch.setattr(sys.modules["our_routing"], "Ruled", Ruled, raising=False)

    assert message in refused(kind="python:our_routing:Ruled", rules=rules)


def test_what_a_policy_learns_cannot_be_configured(monkeypatch, own_code) -> None:
    monkeypatch.setattr(sys.modules["our_routing"], "Ruled", Ruled, raising=False)

    assert "routing.learned: learned = [1.0]" in refused(kind="python:our_routing:Ruled", learned=[1.0])
