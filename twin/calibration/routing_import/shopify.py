"""Reads the order routing rules of Shopify, written down as a list: the shop's settings show it, no export holds it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from twin.calibration.routing_import.names import Names
from twin.calibration.routing_import.parts import Part, Parts
from twin.calibration.routing_import.reading import Reader, in_turn

NAMES = ("id", "name", "label", "description", "createdAt", "updatedAt")
KINDS: Mapping[str, str] = {
    "minimizesplitfulfillments": "minimize_splits",
    "minimizesplits": "minimize_splits",
    "staywithinthedestinationmarket": "stay_in_market",
    "staywithindestinationmarket": "stay_in_market",
    "stayinmarket": "stay_in_market",
    "shipfromclosestlocations": "closest",
    "shipfromtheclosestlocation": "closest",
    "closest": "closest",
    "userankedlocations": "ranked_locations",
    "rankedlocations": "ranked_locations",
}
"""The rules by their titles, whatever the case, spaces and underscores."""


def read(shop: Reader, names: Names) -> Parts:
    """Return the rules that are switched on as a stack, the first of them first."""
    rules: list[Part] = []
    for reader in in_turn(shop.children("rules"), "priority", "position"):
        rule = _rule(reader, names)
        if rule == {"kind": "minimize_splits"} and rule in rules:
            reader.leave_out_this("it can stand only once: a second one has no ties to break")
        elif rule is not None:
            rules.append(rule)
    if not rules:
        shop.problem("rules", f"at least one of the rules {', '.join(KINDS.values())}", "switch one on, or name it so")
    return Parts({"kind": "rule_stack", "rules": rules})


def _rule(reader: Reader, names: Names) -> Part | None:
    """Return a rule as the twin writes it, None where it is off or of another kind."""
    reader.pass_over(*NAMES, "priority", "position")
    if not all([reader.flag("enabled", default=True), reader.flag("active", default=True)]):
        reader.leave_out_all("the rule is switched off")
        return None
    title = reader.text("rule") or reader.text("type")
    kind = KINDS.get(re.sub(r"[^a-z]", "", title.lower()))
    if kind is None:
        reader.leave_out_this("no rule of the twin; rules of an app are code, and locations have no metafields here")
        return None
    if kind != "ranked_locations":
        return {"kind": kind}
    return {"kind": kind, "locations": _ranked(reader, names)}


def _ranked(reader: Reader, names: Names) -> list[str]:
    """Return the locations of a rule, the best rank first."""
    listed = reader.values.get("locations")
    if isinstance(listed, list) and listed and not any(isinstance(one, dict) for one in listed):
        return names.all_of(reader, "locations")
    locations = in_turn(reader.children("locations"), "rank")
    for location in locations:
        location.pass_over("id", "rank")
    if not locations:
        reader.problem("locations", "a list of locations, the best first", "write their names down")
    ranked = [location for location in locations if location.values.get("rank") is not None]
    ranks = [location.number("rank") for location in ranked]
    for location, rank in zip(ranked, ranks, strict=True):
        if ranks.count(rank) > 1:
            location.leave_out("rank", "equal ranks stand one after the other here")
    return list(dict.fromkeys(names.one_of(location, "name") for location in locations))
