"""What shadow mode found, as text for the terminal: the verdict, how decisions differ, what that costs."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, floor

from twin.calibration.shadow_files import Replayed, Shadowed
from twin.calibration.shadow_findings import regret_usd
from twin.calibration.shadow_results import Compared, Difference
from twin.calibration.shadow_summary import FEWEST, GATE, Change, Share, Summary
from twin.policies.contract import DecisionMessage

CLASSES = {
    Difference.SAME: "the same plan",
    Difference.SAME_NODES_OTHER_SERVICE: "the same nodes, by another service",
    Difference.OTHER_NODE: "the same parts, from another node",
    Difference.OTHER_SPLIT: "the order is divided otherwise",
    Difference.OURS_FILLED_ONLY: "we would fill more units",
    Difference.PROD_FILLED_ONLY: "production fills more units",
    Difference.PROD_PLAN_INFEASIBLE: "production's plan cannot be carried out on its picture",
}
MEASURES = {
    "cost_usd": ("cost, $", 1.0, "+.2f"),
    "shipments": ("shipments", 1.0, "+.4f"),
    "late_rate": ("late, % points", 100.0, "+.2f"),
    "units": ("units filled", 1.0, "+.4f"),
}
WORST_SHOWN = 5
CENT = 0.01
TOP_SHOWN = 5
PERMILLE = 1000


def shadow_text(shadowed: Shadowed, where: str) -> str:
    """Return the whole account; `where` is the folder with the files."""
    step = shadowed.one_step
    lines = [
        verdict(step.summary), "",
        f"One step: {shadowed.policy} on the pictures that production saw, {shadowed.log}",
        *_replay(step),
    ]  # fmt: skip
    if shadowed.rolling is not None:
        lines += ["", "Rolling: the same orders, with the stock as our decisions would have left it"]
        lines += [f"  {_agreement(shadowed.rolling.summary)}", *_replay(shadowed.rolling)]
    return "\n".join([*lines, "", f"Results: {where}"])


def verdict(summary: Summary) -> str:
    """Return in a sentence whether the policy is production's."""
    if summary.gate == "passed":
        return f"The same policy as production: {_agreement(summary)}"
    needed = f"{_percent(GATE)} would be needed."
    differing = summary.decisions - summary.classes[Difference.SAME]
    if not differing:
        more = f" Alike as far as can be told; it takes {FEWEST:,} orders to know."
        return f"Not decided whether it is the same policy as production: {_agreement(summary)} {needed}{more}"
    key, count = next(iter(summary.first_keys.items()), ("", 0))
    where = f" Most decisions differ first at {key} ({count:,} of {differing:,})." if key else ""
    said = "Not the same policy as" if summary.gate == "failed" else "Not decided whether it is the same policy as"
    return f"{said} production: {_agreement(summary)} {needed}{where}"


def _agreement(summary: Summary) -> str:
    share = summary.agreement
    orders = "orders" if summary.decisions == summary.orders else "orders, with all their decisions,"
    return f"{_rate(share)} of {share.of:,} {orders} agree ({_between(share)})."


def _replay(replayed: Replayed) -> Iterator[str]:
    summary = replayed.summary
    yield ""
    for one, count in summary.classes.items():
        if count or one is Difference.SAME:
            yield f"  {count:>9,}  {one:25} {CLASSES[one]}"
    yield f"  the same nodes: {_rate(summary.same_nodes)} ({_between(summary.same_nodes)})"
    yield from _changes(summary)
    yield from _tops(summary)
    yield from _worst(replayed)


def _changes(summary: Summary) -> Iterator[str]:
    yield ""
    yield f"  Ours minus production's, per {summary.per}, with 95 % intervals"
    for name, (title, factor, form) in MEASURES.items():
        change = summary.changes.get(name)
        yield f"    {title:14} {'nothing to compare' if change is None else _change(change, factor, form)}"


def _change(change: Change, factor: float, form: str) -> str:
    interval, pairs = change.interval, f"{change.pairs:,} pairs"
    if interval is None:
        return f"{factor * change.mean:{form}}  (no interval from a single order; {pairs})"
    low, high = factor * interval.low, factor * interval.high
    return f"{factor * change.mean:{form}}  ({low:{form}} to {high:{form}}; {pairs})"


def _tops(summary: Summary) -> Iterator[str]:
    for title, top in (("nodes", summary.top_nodes), ("products", summary.top_skus)):
        if top:
            said = ", ".join(f"{name} {count:,}" for name, count in list(top.items())[:TOP_SHOWN])
            yield f"  {title} in most differences: {said}"


def _worst(replayed: Replayed) -> Iterator[str]:
    """Yield the plans of production's that cost more than ours, then those that cannot be compared."""
    ranked = ((one, regret_usd(one)) for one in replayed.found.worst)
    worst = [(one, regret) for one, regret in ranked if regret is None or regret >= CENT][:WORST_SHOWN]
    if worst:
        yield ""
        yield "  The worst, by what production's plan costs more than ours"
    for one, regret in worst:
        costs = "costs cannot be compared" if regret is None else f"${regret:,.2f} more"
        yield f"    order {one.request.order.order_number}, line {one.line}: {costs}, {_what(one)}"


def _what(one: Compared) -> str:
    if one.said:
        return one.said
    return f"{one.difference} at {one.first_key}: {_nodes(one.production)}, ours {_nodes(one.ours)}"


def _nodes(decision: DecisionMessage) -> str:
    named = sorted((shipment.node, shipment.service) for shipment in decision.shipments)
    return " + ".join(f"{node} by {service}" for node, service in named) or "nothing"


def _rate(share: Share) -> str:
    return _percent(share.rate)


def _between(share: Share) -> str:
    high = ceil(share.interval.high * PERMILLE - 1e-9) / 10
    return f"{_percent(share.interval.low).removesuffix(' %')} to {high:.1f} %"


def _percent(rate: float) -> str:
    """Return a share rounded down, so that what misses a threshold never looks as if it met it."""
    return f"{floor(rate * PERMILLE + 1e-9) / 10:.1f} %"
