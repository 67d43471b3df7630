"""A few orders of a run, told: one that somebody asks for by its number, or three that a rule picks for the report."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path
from typing import Any, Literal

import msgspec

from twin.calibration.decision_log import LoggedDecision, write_log
from twin.domain.errors import ConfigurationError, Problem, UsageError
from twin.policies.conformance import Recorded, Shelf
from twin.policies.contract import decision_from, order_from
from twin.policies.routing.roles import RoutingPolicy
from twin.policies.routing.story import Story, story
from twin.simulation.run import Outcome, Run, quiet_collector
from twin.simulation.world import Model

HOURS_PER_DAY = 24.0
LOOKED_AT = 2000
"""Whole orders priced at most to find an example; where stock never runs out there is no end to them."""
FILE = "stories.jsonl"
ENDLESS = frozenset({"miles", "orders_left", "arrives_at", "late_hours", "late_usd"})
"""What may be infinite, which JSON writes as null."""

Rule = Literal["whole", "split", "passed_over"]
RULES: tuple[Rule, ...] = ("whole", "split", "passed_over")


@dataclass(frozen=True, slots=True)
class Told:
    """One decision on an order: which of them (1 is the first), how long after the first, and its story."""

    attempt: int
    hours_later: float
    story: Story


class ToldDecision(LoggedDecision, frozen=True, kw_only=True):
    """A logged decision that was picked for the report, with the rule that picked it and its story."""

    rule: Rule
    story: dict[str, Any]


class _Enough(Exception):  # noqa: N818  (no error: what was wanted is there)
    """The order has been decided, and nothing more is to come."""


def tell_order(model: Model, number: int, seed: int, further_hours: float = HOURS_PER_DAY) -> tuple[Told, ...]:
    """Simulate until an order has been decided and some hours on, and return each decision on it, the first one first.

    Raises `UsageError` for a number that no order of the run has.
    """
    told: list[Told] = []
    if number < 0:
        raise UsageError(f"no order has the number {number}; the first order of a run is 0")

    def keep(case: Recorded) -> None:
        picture = case.request.snapshot
        assert picture is not None, "a recorded case has its picture"
        if told and picture.taken_at > told[0].story.now_hours + further_hours:
            raise _Enough
        if case.request.order.order_number == number:
            found = story_of(case, run.policy, shelf)
            first = told[0].story.now_hours if told else found.now_hours
            told.append(Told(len(told) + 1, found.now_hours - first, found))

    shelf = Shelf(model.shelves.book, model.shelves.packer)
    with tempfile.TemporaryDirectory() as folder:
        run = Run(replace(model, record=keep, explain="off"), Path(folder), seed, 0)
        with suppress(_Enough):
            run.live()
    if not told:
        raise UsageError(_never_came(number, run.orders.orders))
    return tuple(told)


def story_of(case: Recorded, policy: RoutingPolicy, shelf: Shelf) -> Story:
    """Tell a recorded decision from its picture."""
    assert case.request.snapshot is not None, "a recorded case has its picture"
    order, view = order_from(case.request.order), shelf.view(case.request.snapshot)
    return story(order, decision_from(case.answer, order, view), view, policy)


def _never_came(number: int, orders: int) -> str:
    numbers = f"has the orders 0 to {orders - 1:,}" if orders else "has no orders"
    return f"order {number:,} was never routed: the run {numbers}; name one of them, or let study.measured_days be more"


class Picker:
    """Watches a run and keeps the first order for each rule that was decided at or after `from_hours`.

    `whole`: a whole order from the node that is cheapest for it. `split`: an order in several shipments, nothing left
    behind. `passed_over`: a whole order that the cheapest node could not take. The run's policy is given as a question:
    one that learns is another after each lesson.
    """

    def __init__(self, policy: Callable[[], RoutingPolicy], shelf: Shelf, from_hours: float) -> None:
        self._policy, self._shelf, self._from_hours = policy, shelf, from_hours
        self._found: dict[Rule, tuple[Recorded, Story]] = {}
        self._looked_at = 0

    def keep(self, case: Recorded) -> None:
        """Look at a decision; this is what `Model.record` calls."""
        rules = self._open_rules(case)
        if not rules:
            return
        found = story_of(case, self._policy(), self._shelf)
        rule = _rule_of(found)
        if rule in rules:
            self._found[rule] = (case, found)

    def write(self, folder: Path) -> int:
        """Write what was picked, in the order of the rules, and return how many stories that are."""
        return write_log(folder / FILE, [_line(rule, *self._found[rule]) for rule in RULES if rule in self._found])

    def _open_rules(self, case: Recorded) -> tuple[Rule, ...]:
        """Return the rules that a decision could be the example for, by what can be seen without pricing anything."""
        picture, answer = case.request.snapshot, case.answer
        if answer.status != "FULL" or picture is None or picture.taken_at < self._from_hours:
            return ()
        wanted: tuple[Rule, ...] = ("split",) if len(answer.shipments) > 1 else ("whole", "passed_over")
        missing = tuple(rule for rule in wanted if rule not in self._found)
        if missing and "split" not in missing:
            self._looked_at += 1
            return missing if self._looked_at <= LOOKED_AT else ()
        return missing


def simulate_and_tell(model: Model, folder: Path, seed: int, replication: int, from_hours: float) -> Outcome:
    """Run one replication as `simulate` does and leave beside its tables the stories of a few of its orders."""
    picker = Picker(lambda: run.policy, Shelf(model.shelves.book, model.shelves.packer), from_hours)
    run = Run(replace(model, record=picker.keep), folder, seed, replication)
    with quiet_collector():
        outcome = run.live()
    picker.write(folder)
    return outcome


def _rule_of(found: Story) -> Rule | None:
    if len(found.plan) > 1:
        return "split"
    best = found.cheapest_for_all
    if best is None or best.chosen:
        return "whole" if best is not None else None
    return "passed_over" if best.can_send != found.order.lines else None


def _line(rule: Rule, case: Recorded, found: Story) -> ToldDecision:
    return ToldDecision(request=case.request, decision=case.answer, rule=rule, story=msgspec.to_builtins(found))


def read_stories(file: Path) -> dict[Rule, Story]:
    """Return the stories of a run by rule; none where the run kept none.

    Raises `ConfigurationError` for a file that holds something else.
    """
    if not file.is_file():
        return {}
    decoder = msgspec.json.Decoder(ToldDecision)
    try:
        lines = [decoder.decode(line) for line in file.read_bytes().splitlines() if line.strip()]
        return {line.rule: msgspec.convert(_endless(line.story), Story) for line in lines}
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        cure = "delete the replication's folder and run the study again"
        raise ConfigurationError([Problem(str(file), str(error), "stories as the twin writes them", cure)]) from None


def _endless(value: Any) -> Any:  # noqa: ANN401  (plain JSON)
    """Put infinity back where JSON has null for it."""
    if isinstance(value, dict):
        return {
            key: inf if inner is None and key in ENDLESS else _endless(inner)
            for key, inner in value.items()
        }  # fmt: skip
    return [_endless(one) for one in value] if isinstance(value, list) else value
