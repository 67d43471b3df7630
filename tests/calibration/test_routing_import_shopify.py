"""The order routing rules of Shopify become a stack of rules."""

from __future__ import annotations

import pytest

from tests.calibration.routing_exports import SHOPIFY, changed, imported
from twin.domain.errors import ConfigurationError


def test_the_rules_stand_in_the_order_of_their_priorities(tmp_path) -> None:
    found = imported(tmp_path, "shopify", list(reversed(SHOPIFY)))

    assert found.left_out == []
    assert found.routing == {
        "kind": "rule_stack",
        "rules": [
            {"kind": "minimize_splits"},
            {"kind": "stay_in_market"},
            {"kind": "ranked_locations", "locations": ["reno", "columbus"]},
            {"kind": "closest"},
        ],
    }


def test_a_list_of_names_ranks_as_it_stands(tmp_path) -> None:
    found = imported(tmp_path, "shopify", [{"rule": "ranked_locations", "locations": ["reno", "columbus"]}])

    assert found.routing["rules"] == [{"kind": "ranked_locations", "locations": ["reno", "columbus"]}]


def test_locations_of_equal_rank_are_listed(tmp_path) -> None:
    locations = [{"name": "reno", "rank": 1}, {"name": "columbus", "rank": 1}]

    found = imported(tmp_path, "shopify", changed(SHOPIFY, 2, locations=locations))

    assert [one.where for one in found.left_out] == [f"rules[2].locations[{number}].rank" for number in (0, 1)]


@pytest.mark.parametrize(
    ("to", "why"),
    [
        ({"enabled": False}, "switched off"),
        ({"rule": "Our own app"}, "rules of an app are code"),
        ({"rule": "Minimize splits"}, "only once"),
    ],
)
def test_rules_without_a_counterpart_are_listed(tmp_path, to, why: str) -> None:
    found = imported(tmp_path, "shopify", changed(SHOPIFY, 1, **to))

    assert len(found.routing["rules"]) == 3
    (only,) = found.left_out
    assert only.where == "rules[1]"
    assert why in only.why


def test_a_list_without_known_rules_is_refused(tmp_path) -> None:
    with pytest.raises(ConfigurationError, match="expected: at least one of the rules minimize_splits"):
        imported(tmp_path, "shopify", [{"rule": "Our own app"}])


def test_a_ranking_without_locations_is_refused(tmp_path) -> None:
    with pytest.raises(ConfigurationError, match=r"rules\[0\]\.locations: nothing\n  expected: a list of locations"):
        imported(tmp_path, "shopify", [{"rule": "ranked locations"}])


def test_a_location_without_a_name_is_refused(tmp_path) -> None:
    with pytest.raises(ConfigurationError, match=r"locations\[0\]\.name: nothing\n  expected: the name of a facility"):
        imported(tmp_path, "shopify", [{"rule": "ranked locations", "locations": [{"rank": 1}]}])
