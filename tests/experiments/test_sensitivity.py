"""Sensitivity: what moves the answer, where the ranking changes, and how much of the doubt is the inputs'."""

from __future__ import annotations

import json
from math import hypot, sqrt
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.experiments.test_study import TINY
from twin.cli.app import app
from twin.config.sensitivity import FactorConfig, SensitivityConfig
from twin.domain.errors import UsageError
from twin.experiments.intervals import Interval
from twin.experiments.sensitivity import Bar, Point, Tornado, _bar, _break_even, _flips, chosen, settings_at

VALUES = {
    "demand": {"orders_per_day": 200},
    "network": {"lanes": {"a": {"lead_time": {"mean_days": 4}}, "b": {"lead_time": {"mean_days": 6}}}},
    "carriers": {"price_factors": {}}, "routing": {"kind": "min_cost"},
}  # fmt: skip


def factor(**special: object) -> FactorConfig:
    """Return an input that may be a fifth off."""
    known = {"title": "Demand", "keys": ["demand.orders_per_day"], "times": [0.8, 1.2]}
    return FactorConfig.model_validate({**known, **special})


def point(x: float, mean: float, half: float = 0.1) -> Point:
    """Return a difference with its interval."""
    return Point(x, mean, Interval(mean - half, mean + half, 0.95))


@pytest.mark.parametrize(
    ("special", "x", "expected"),
    [
        ({}, 0.8, ["demand.orders_per_day=160"]),
        ({"keys": ["network.lanes.*.lead_time.mean_days"]}, 1.2,
         ["network.lanes.a.lead_time.mean_days=4.8", "network.lanes.b.lead_time.mean_days=7.2"]),
        ({"keys": ["carriers.price_factors.ground", "carriers.price_factors.air"], "times": None, "values": [0.9, 1.1]},
         1.1, ["carriers.price_factors.ground=1.1", "carriers.price_factors.air=1.1"]),
    ],
)  # fmt: skip
def test_an_input_becomes_overrides_for_all_its_keys(special: dict[str, object], x: float, expected: list[str]) -> None:
    assert settings_at(factor(**special), x, VALUES) == expected


@pytest.mark.parametrize(
    ("keys", "said"),
    [(["network.lanes.*.lead_time.mode_days"], "is None"), (["routing.kind"], "is 'min_cost'"),
     (["network.ships.*.speed"], "is nothing of this configuration"), (["demand.orders"], "is None")],
)  # fmt: skip
def test_a_key_that_is_no_number_is_refused(keys: list[str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        settings_at(factor(keys=keys), 0.8, VALUES)


@pytest.mark.parametrize(
    "special", [{"times": None}, {"values": [0.8, 1.2]}, {"times": [1.1, 1.2]}, {"times": [0.5, 0.9]}]
)
def test_a_range_lies_around_how_things_stand(special: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"either times or values|a range around 1"):
        factor(**special)


def test_the_break_even_lies_on_the_line_to_the_end_that_changes_sign() -> None:
    """From -2 at 1 to +1 at 1.3 the line crosses zero two thirds of the way: at 1.2."""
    assert _break_even((point(0.8, -3), point(1, -2), point(1.3, 1))) == pytest.approx(1.2)
    assert _break_even((point(0.8, -3), point(1, -2), point(1.2, -1))) is None
    assert _break_even((point(0.5, 2), point(1, -2), point(1.2, -1))) == pytest.approx(0.75)


@pytest.mark.parametrize(
    ("ends", "flips"),
    [((point(0.8, -1), point(1.2, 1)), "yes"), ((point(0.8, -1), point(1.2, 0.05)), "maybe"),
     ((point(0.8, -1), point(1.2, -0.05)), "maybe"), ((point(0.8, -1), point(1.2, -0.5)), "no")],
)  # fmt: skip
def test_the_ranking_changes_surely_possibly_or_not(ends: tuple[Point, Point], flips: str) -> None:
    assert _flips(point(1, -2), ends) == flips
    mirrored = tuple(Point(one.x, -one.mean, Interval(-one.interval.high, -one.interval.low, 0.95)) for one in ends)
    assert _flips(point(1, 2), (mirrored[0], mirrored[1])) == flips


def test_the_error_of_an_input_passes_through_its_slope() -> None:
    """A difference that moves by 2 over a range of 0.4 moves by 5 for each 1; an error of 0.1 is worth 0.5."""
    found = _bar("demand", factor(sd=0.1), (point(0.8, -3), point(1, -2), point(1.2, -1)), alone=False)

    assert found.swing == 2
    assert found.input_sd == pytest.approx(0.5)
    assert _bar("demand", factor(), (point(0.8, -3), point(1, -2), point(1.2, -1)), alone=False).input_sd is None


def test_inputs_and_chance_add_up_as_independent_errors() -> None:
    bars = tuple(Bar(name, name, point(0, 0), point(1, 1), None, "no", sd)
                 for name, sd in (("a", 0.3), ("b", 0.4), ("c", None)))  # fmt: skip

    found = Tornado("one", "other", point(1, -2), 1.2, bars, 0.95)

    assert found.input_error == pytest.approx(0.5)
    assert found.with_inputs.half_width == pytest.approx(1.959964 * hypot(1.2, 0.5))
    assert found.with_inputs.half_width == pytest.approx(1.959964 * sqrt(1.69))


def test_inputs_are_chosen_by_name() -> None:
    declared = SensitivityConfig(factors={"demand": factor(), "wages": factor(title="Wages")})

    assert list(chosen(declared, None)) == ["demand", "wages"]
    assert list(chosen(declared, "wages")) == ["wages"]
    with pytest.raises(UsageError, match="no input 'wage'\n  expected: some of demand, wages"):
        chosen(declared, "wage")
    with pytest.raises(UsageError, match="no input has a range"):
        chosen(SensitivityConfig(), None)


def run(folder: Path, monkeypatch: pytest.MonkeyPatch, *words: str) -> tuple[str, list[dict[str, object]], str]:
    """Run the command on the tutorial, and return what it says, its results and its page."""
    monkeypatch.chdir(folder)
    said = CliRunner().invoke(app, ["sensitivity", "scenario=tutorial", *TINY, *words, "study.name=s", "-j", "0"])
    assert said.exit_code == 0, said.output
    place = folder / "results" / "s-sensitivity"
    told, page = ((place / f"sensitivity.{kind}").read_text("utf-8") for kind in ("json", "html"))
    return said.output, json.loads(told), page


def test_rent_turns_the_ranking_where_it_eats_the_saving(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reno saves freight; its rent is made to cost nothing at the low end and far more than that at the high end."""
    rent = ("+sensitivity.factors.rent={title: Rent of Reno, keys: [network.nodes.reno.costs.fixed_usd_per_day], "
            "values: [0, 2000], base: 50, sd: 10}")  # fmt: skip

    said, told, page = run(tmp_path, monkeypatch, rent, "network.nodes.reno.costs.fixed_usd_per_day=50",
                           "network.nodes.reno.enabled=false,true", "--factors", "rent")  # fmt: skip

    (tornado,) = told
    (bar,) = tornado["bars"]
    base, low, high = tornado["base"]["mean"], bar["low"]["mean"], bar["high"]["mean"]
    assert low < base < 0 < high
    assert bar["flips"] == "yes"
    assert bar["break_even"] == pytest.approx(50 + 1950 * base / (base - high))
    assert "the ranking changes within that of rent of reno" in said
    assert tornado["input_error"] == pytest.approx((high - low) / 2000 * 10)
    for words in ("Rent of Reno", "Chance and inputs", "two standard errors"):
        assert words in page


def test_one_design_alone_is_held_against_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said, told, page = run(tmp_path, monkeypatch, "--factors", "wages,demand")

    bars = {bar["factor"]: bar for bar in told[0]["bars"]}
    assert "Cost per order of tutorial depends most on " in said
    assert bars["wages"]["low"]["mean"] < 0 < bars["wages"]["high"]["mean"]
    assert bars["demand"]["low"]["mean"] > 0 > bars["demand"]["high"]["mean"], "fixed costs on fewer orders"
    assert bars["wages"]["break_even"] is None
    assert page.count("<rect") >= 4


def test_one_replication_gives_no_interval(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["sensitivity", "scenario=tutorial", *TINY, "study.replications=1", "--factors", "wages", "-j", "0"]

    said = CliRunner().invoke(app, words)

    assert isinstance(said.exception, UsageError)
    assert "one replication gives no interval" in str(said.exception)
