"""The pages of the kinds of node say what their presets say."""

from __future__ import annotations

import pytest
import yaml

from scripts.make_node_pages import CHECKOUT, KINDS, Parameter, page, parameters


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_holds_the_values_of_its_preset(kind: str) -> None:
    written = (CHECKOUT / "docs" / "nodes" / f"{kind}.md").read_text(encoding="utf-8")

    assert written == page(kind), "run scripts/make_node_pages.py"
    assert "## What is modeled" in written
    assert "## What is not" in written


@pytest.mark.parametrize("kind", KINDS)
def test_no_value_of_a_preset_is_left_out(kind: str) -> None:
    text = (CHECKOUT / "conf" / "node" / f"{kind}.yaml").read_text(encoding="utf-8")

    found = {parameter.key: yaml.safe_load(parameter.value) for parameter in parameters(text)}

    assert found == dict(_leaves(yaml.safe_load(text), found))


def test_a_comment_belongs_to_its_line_or_to_the_lines_below_it() -> None:
    text = """
departures:  # usual practice
  ground: {cutoff: "17:00"}
  courier: {cutoff: "13:30"}  # assumption: early
costs:
  # Two parts,
  # added up.
  fixed_usd_per_day: 25  # of them
"""

    assert list(parameters(text)) == [
        Parameter("departures.ground", '{cutoff: "17:00"}', "usual practice"),
        Parameter("departures.courier", '{cutoff: "13:30"}', "assumption: early"),
        Parameter("costs.fixed_usd_per_day", "25", "Two parts, added up. of them"),
    ]


def test_the_end_of_a_key_says_its_unit() -> None:
    units = [Parameter(key, "1", "").unit for key in ("a.minutes_per_unit", "b.staffed_rate", "c.pay_rate", "d.kind")]

    assert units == ["min a unit", "share", "times the wage", ""]


def _leaves(values: dict, known: dict, path: tuple[str, ...] = ()) -> list[tuple[str, object]]:
    """Return the values of a preset by dotted key, a mapping on one line as one value."""
    found: list[tuple[str, object]] = []
    for key, value in values.items():
        here = (*path, str(key))
        if isinstance(value, dict) and ".".join(here) not in known:
            found += _leaves(value, known, here)
        else:
            found.append((".".join(here), value))
    return found
