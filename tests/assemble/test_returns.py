"""Returns from their configuration, and every way in which it can be wrong."""

from __future__ import annotations

from typing import Any

import pytest

from twin.domain.returns import DropOff, ReturnsDesk
from twin.policies.returns import ReturnRoute

DESK = {"stations": 2, "minutes_per_unit": 3, "fee_usd": 1.5}
GOOD = {"restock": 0.9, "scrap": 0.1}


def returns(**special: Any) -> dict[str, Any]:
    return {
        "kind": "model",
        "rate": 0.1,
        "rates": {"home": 0.2},
        "channel_factors": {"web": 0.5},
        "reasons": {"FIT": {"share": 1.0, "delay": {"kind": "deterministic", "value_days": 7}, "grades": GOOD}},
        "label": {"service": "parcel_ground", "price_rate": 0.9},
        **special,
    }


def a_reason(share: float = 1.0, **grades: float) -> dict[str, Any]:
    return {"share": share, "delay": {"kind": "deterministic", "value_days": 7}, "grades": grades or GOOD}


@pytest.fixture
def taking(tiny):
    """The tiny scenario, whose Columbus takes returns."""
    tiny.set("network.nodes.columbus.returns", dict(DESK))
    tiny.set("returns", returns())
    return tiny


def test_without_a_word_nobody_sends_anything_back(tiny) -> None:
    assert tiny.build().returns is None


def test_minutes_and_days_become_hours_and_grades_stand_in_their_order(taking) -> None:
    taking.set("returns.refurbish_days", 3)
    taking.set("returns.drop_off", {"share": 0.3, "channels": {"web": 0.1}, "within_miles": 9, "co2e_kg": 0.4})
    taking.set("returns.route", {"kind": "center", "center": "columbus"})

    model = taking.build()

    assert model.network.nodes["columbus"].returns == ReturnsDesk(2, 0.05, 1.5)
    assert not model.network.nodes["reno"].takes_returns
    assert model.return_route == ReturnRoute("center", "columbus")
    assert model.returns is not None
    (reason,) = model.returns.reasons
    assert (reason.grades, reason.delay_hours.mean) == ((0.9, 0.0, 0.0, 0.1), 168.0)
    assert model.returns.refurbish_hours == 72
    assert model.returns.rate_of("home", "web") == pytest.approx(0.1)
    assert model.returns.rate_of("media", "web") == pytest.approx(0.05)
    assert model.returns.drop_off == DropOff(0.3, {"web": 0.1}, 9, 0.4)


def test_null_takes_the_returns_of_a_preset_away(taking) -> None:
    taking.set("node_kinds.store.returns", dict(DESK))
    taking.set("network.nodes.reno.returns", None)

    assert not taking.build().network.nodes["reno"].takes_returns


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        (
            "returns.rates",
            {"hoem": 0.2},
            "returns.rates.hoem: 'hoem'\n  expected: one of home, media\n  to mend:  name one that exists",
        ),
        (
            "returns.channel_factors",
            {"shop": 1.0},
            "returns.channel_factors.shop: 'shop'\n  expected: one of web",
        ),
        (
            "returns.drop_off",
            {"channels": {"shop": 1.0}},
            "returns.drop_off.channels.shop: 'shop'\n  expected: one of web",
        ),
        (
            "returns.channel_factors",
            {"web": 6.0},
            ("returns.channel_factors.web: 6, which makes 1.2 of the highest rate, 0.2\n"
            "  expected: a factor with which no more comes back than was sent"),
        ),
        (
            "returns.reasons",
            {"FIT": a_reason(0.5), "BROKEN": a_reason(0.4)},
            "returns.reasons: shares that add up to 0.9\n  expected: 1\n  to mend:  mend the shares",
        ),
        ("returns.reasons", {}, "returns.reasons: shares that add up to 0\n  expected: 1"),
        (
            "returns.reasons",
            {"FIT": a_reason(restock=0.9, scrap=0.2)},
            "returns.reasons.FIT.grades: shares that add up to 1.1\n  expected: 1",
        ),
        (
            "returns.route",
            {"kind": "center", "center": "akron"},
            ("returns.route.center: no node 'akron'\n  expected: one of columbus\n"
            "  to mend:  name one of these, or let the node take returns"),
        ),
        (
            "returns.route",
            {"kind": "center", "center": "reno"},
            "returns.route.center: 'reno', which takes no returns\n  expected: one of columbus",
        ),
        ("returns.route", {"kind": "center"}, "returns.route.center: no center\n  expected: one of columbus"),
        (
            "returns.route",
            {"kind": "origin", "center": "columbus"},
            ("returns.route.center: 'columbus' with returns.route.kind=origin\n  expected: null\n"
            "  to mend:  set returns.route.kind=center or drop the center"),
        ),
        (
            "returns.route",
            {"kind": "store"},
            "returns.route.kind: store\n  expected: a network with a store that takes returns, not columbus",
        ),
        (
            "network.nodes.columbus.returns",
            None,
            ("network.nodes: no open node that takes returns\n  expected: at least one\n"
            "  to mend:  give a node returns.stations"),
        ),
        (
            "returns.label",
            None,
            ("returns.label: no service\n  expected: a carrier service and its price\n"
            "  to mend:  set returns.label.service"),
        ),
        (
            "returns.label.service",
            "parcl_ground",
            "returns.label.service: 'parcl_ground'\n  expected: one of courier_same_day, parcel_ground",
        ),
        (
            "returns.label.service",
            "courier_same_day",
            ("returns.label.service: 'courier_same_day', which delivers on the day it collects\n"
            "  expected: a service that counts days"),
        ),
        ("returns.kind", "always", "returns.kind = 'always'\n  expected: 'none' or 'model'"),
        ("returns.rate", 1.5, "returns.rate = 1.5\n  expected: less than or equal to 1"),
        (
            "network.nodes.columbus.returns.stations",
            0,
            "network.nodes.columbus.returns.stations = 0\n  expected: greater than or equal to 1",
        ),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_cure(key: str, value: object, message: str, taking) -> None:
    taking.set(key, value)

    assert message in taking.said()
    assert len(taking.problems()) == 1


def test_a_mistake_says_in_which_file_it_stands(taking) -> None:
    taking.set("returns.route", {"kind": "center", "center": "akron"})

    (problem,) = taking.problems(lambda key: f"conf/returns/ours.yaml ({key})")

    assert problem.where == "conf/returns/ours.yaml (returns.route.center)"


def test_a_carton_too_heavy_for_the_label_is_found_before_the_run(taking) -> None:
    taking.cell("cartons.csv", 2, "max_weight_kg", "60")

    assert "returns.label.service: 'parcel_ground', which has no price in some zone for 1 boxes" in taking.said()


def test_a_measure_of_returns_needs_returns(tiny) -> None:
    measure = {"title": "Returns", "unit": "share", "better": "lower", "matters_from": 0.1}
    tiny.set("study.measures.return_rate", measure)

    assert "study.measures.return_rate: a KPI of returns with returns=none" in tiny.said()
