"""Reads the order routing rules of a channel of Spree 5.5 and later, as its admin service lists them."""

from __future__ import annotations

from twin.calibration.routing_import.names import Names
from twin.calibration.routing_import.parts import Part, Parts
from twin.calibration.routing_import.reading import Reader, in_turn

RULE_NAMES = ("id", "name", "label", "description", "channel_id", "created_at", "updated_at")
LOCATION_NAMES = ("id", "admin_name", "created_at", "updated_at")
KINDS = "minimize_splits, default_location"
FROM_THE_ORDER = "the original takes the location from each order; orders of the twin prefer none"
NO_DEFAULT = "the export does not say which location is the default; add stock_locations with name and default"


def read(channel: Reader, names: Names) -> Parts:
    """Return the active rules of a channel as a stack, in the order of their positions."""
    default = _default_location(channel, names)
    if meta := channel.child("meta"):
        _refuse_pages(meta)
    rules: list[Part] = []
    for reader in in_turn(channel.children("data", "order_routing_rules"), "position"):
        reader.pass_over(*RULE_NAMES, "position")
        kind = reader.text("type").rpartition("::")[2]
        if not reader.flag("active", default=True):
            reader.leave_out_all("the rule is not active")
            continue
        reader.child("preferences")  # the kinds carried over have none: whatever stands there is left out
        if kind in ("minimize_splits", "MinimizeSplits"):
            rules.append({"kind": "most_lines"})
        elif kind in ("default_location", "DefaultLocation") and default:
            rules.append({"kind": "default_location", "location": default})
        else:
            reader.leave_out_this(_why_not(kind))
    if not rules:
        channel.problem("data", f"at least one active rule that can be carried over ({KINDS})", "activate one")
    return Parts({"kind": "rule_stack", "rules": rules})


def _why_not(kind: str) -> str:
    if kind in ("preferred_location", "PreferredLocation"):
        return FROM_THE_ORDER
    if kind in ("default_location", "DefaultLocation"):
        return NO_DEFAULT
    return "a rule of an extension is code, which the twin does not have"


def _default_location(channel: Reader, names: Names) -> str:
    """Return the node of the default location, nothing where the export names none."""
    default = ""
    for location in channel.children("stock_locations"):
        location.pass_over(*LOCATION_NAMES, "name")
        if not location.flag("active", default=True):
            location.leave_out("active", "which nodes there are is said in the network; take this one out of it")
        if location.flag("default", default=False):
            default = names.one_of(location, "name")
    return default


def _refuse_pages(meta: Reader) -> None:
    """Refuse a page of a longer list."""
    meta.pass_over("page", "limit", "count", "from", "to", "in", "previous", "next")
    if meta.number("pages", default=1) > 1:
        meta.problem("pages", "1: the whole list", "ask for all rules at once")
