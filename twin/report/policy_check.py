"""What a policy was found to be, as a table for the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from twin.experiments.policy_check import PolicyCheck
from twin.policies.conformance import Verdict


def table(name: str, found: PolicyCheck) -> str:
    """Return a line for each rule, the smallest failing order under it, and how long a decision takes."""
    lines = [f"{name}: {found.cases:,} decisions of a simulated run", ""]
    for verdict in found.verdicts:
        lines += _lines(verdict)
    latency = ", ".join(f"P{percent} {us:,.0f}" for percent, us in found.latency_us.items())
    lines += ["", f"A decision took {latency} microseconds on this machine." if latency else "No order was placed."]
    lines.append("Passed." if found.passed else "Failed: the policy must not route orders as it is.")
    return "\n".join(lines)


def _lines(verdict: Verdict) -> Iterator[str]:
    passed = "pass" if not verdict.failed else "FAIL"
    yield f"  {passed}  {verdict.check:42} {verdict.cases - verdict.failed:>7,} of {verdict.cases:,}"
    if verdict.smallest is not None:
        order = verdict.smallest.order
        wanted = ", ".join(f"{line.quantity} of {line.sku}" for line in order.lines)
        yield f"        order {order.number} ({wanted} to {order.destination}, {order.service_level}):"
        yield f"        {verdict.smallest.said}"
