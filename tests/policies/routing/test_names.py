"""Names in the rules of a policy are held against the network."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from msgspec import Struct

from twin.policies.routing import kinds, load
from twin.policies.routing.names import CategoryNames, NodeName, NodeNames, unknown_names

KNOWN = {"nodes": ["akron", "lima"], "groups": ["akron", "dc", "east", "lima"], "categories": ["home"]}


class Rule(Struct, frozen=True):
    """A rule for some nodes."""

    groups: NodeNames = ()
    then: tuple[NodeName, ...] = ()
    category: CategoryNames | None = None


@dataclass(frozen=True)
class Ruled:
    """A policy with rules and a favorite."""

    rules: tuple[Rule, ...] = ()
    favorite: NodeName | None = None
    note: str = "anything"


def test_names_that_exist_are_fine() -> None:
    policy = Ruled((Rule(("dc", "akron"), category=("home",)), Rule(("east",))), "lima")

    assert list(unknown_names(policy, KNOWN, "routing")) == []


def test_every_unknown_name_comes_with_its_place_and_kind() -> None:
    policy = Ruled((Rule(("dc",)), Rule(("dcs", "east", "west"), category=("toys",))), "dc")

    assert list(unknown_names(policy, KNOWN, "routing")) == [
        ("routing.rules[1].groups", "dcs", "groups"),
        ("routing.rules[1].groups", "west", "groups"),
        ("routing.rules[1].category", "toys", "categories"),
        ("routing.favorite", "dc", "nodes"),
    ]


def test_kinds_of_names_that_nobody_listed_are_not_looked_at() -> None:
    assert list(unknown_names(Ruled((Rule(category=("toys",)),)), {"nodes": []})) == []


@pytest.mark.parametrize("kind", kinds())
def test_no_policy_names_anything_by_default_but_kinds_of_nodes(kind: str) -> None:
    known = {"groups": ["dc", "3pl", "store", "mfc", "distributor"], "nodes": [], "channels": [], "categories": []}

    assert list(unknown_names(load({"kind": kind}), known)) == []
