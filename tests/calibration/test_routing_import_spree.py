"""The order routing rules of a channel of Spree become a stack of rules."""

from __future__ import annotations

import pytest

from tests.calibration.routing_exports import SPREE, changed, imported
from twin.domain.errors import ConfigurationError

FIRST = ("data", 0)


def test_the_rules_stand_in_the_order_of_their_positions(tmp_path) -> None:
    found = imported(tmp_path, "spree", SPREE)

    assert found.left_out == []
    rules = [{"kind": "most_lines"}, {"kind": "default_location", "location": "columbus"}]
    assert found.routing == {"kind": "rule_stack", "rules": rules}


@pytest.mark.parametrize(
    ("to", "why"),
    [
        ({"active": False}, "not active"),
        ({"type": "preferred_location"}, "takes the location from each order"),
        ({"type": "Spree::OrderRouting::Rules::PreferredLocation"}, "takes the location from each order"),
        ({"type": "refrigerated"}, "a rule of an extension"),
    ],
)
def test_rules_without_a_counterpart_are_listed(tmp_path, to, why: str) -> None:
    found = imported(tmp_path, "spree", changed(SPREE, *FIRST, **to))

    assert found.routing["rules"] == [{"kind": "most_lines"}]
    (only,) = found.left_out
    assert only.where == "data[0]"
    assert why in only.why


def test_a_default_that_the_export_does_not_name_is_listed(tmp_path) -> None:
    found = imported(tmp_path, "spree", changed(SPREE, stock_locations=None))

    assert "does not say which location is the default" in found.left_out[0].why


def test_preferences_of_a_rule_are_listed(tmp_path) -> None:
    found = imported(tmp_path, "spree", changed(SPREE, *FIRST, preferences={"radius": 5}))

    assert [str(one) for one in found.left_out] == ["data[0].preferences.radius: 5: the twin does not know this key"]


def test_a_location_that_is_not_active_is_listed(tmp_path) -> None:
    found = imported(tmp_path, "spree", changed(SPREE, "stock_locations", 1, active=False))

    assert [one.where for one in found.left_out] == ["stock_locations[1].active"]


def test_a_page_of_a_longer_list_is_refused(tmp_path) -> None:
    with pytest.raises(ConfigurationError, match=r"meta\.pages: 3\n  expected: 1: the whole list"):
        imported(tmp_path, "spree", changed(SPREE, "meta", pages=3))


def test_a_channel_without_rules_to_carry_over_is_refused(tmp_path) -> None:
    with pytest.raises(ConfigurationError, match="expected: at least one active rule that can be carried over"):
        imported(tmp_path, "spree", {"data": [{"type": "preferred_location"}]})
