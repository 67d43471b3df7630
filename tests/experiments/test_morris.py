"""The Morris screening: effects of straight lines are exact, and inputs that act together are told."""

from __future__ import annotations

import builtins
import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from tests.experiments.test_study import TINY
from twin.cli.app import app
from twin.config.sensitivity import FactorConfig
from twin.domain.extras import MissingExtra
from twin.experiments.morris import effects, overrides_at, settings_of

FACTORS = {
    name: FactorConfig.model_validate({"title": name.title(), "keys": [f"costs.{name}"], **limits})
    for name, limits in {
        "wages": {"times": [0.8, 1.2]}, "freight": {"values": [0, 10], "base": 5}, "rent": {"times": [0.5, 2]},
    }.items()
}  # fmt: skip


def test_a_trajectory_moves_one_input_at_a_time_through_its_range() -> None:
    found = settings_of(FACTORS, 5, 1)

    assert len(found) == 5 * (len(FACTORS) + 1)
    assert found == settings_of(FACTORS, 5, 1)
    assert all(FACTORS[name].range[0] <= x <= FACTORS[name].range[1] for one in found for name, x in one.items())
    for start in range(0, len(found), 4):
        steps = zip(found[start : start + 3], found[start + 1 : start + 4], strict=True)
        assert sorted(name for one, other in steps for name in one if one[name] != other[name]) == sorted(FACTORS)


def test_effects_of_straight_lines_are_slope_times_range_and_depend_on_nothing() -> None:
    settings = settings_of(FACTORS, 6, 2)
    outcomes = np.array([3 * one["wages"] - one["freight"] for one in settings])

    found = {one.factor: one for one in effects(FACTORS, settings, outcomes, 0.95, 2)}

    assert list(found) == ["freight", "wages", "rent"]
    assert found["wages"].mean == pytest.approx(3 * 0.4)
    assert found["freight"].mean == pytest.approx(10)
    assert found["rent"].mean == pytest.approx(0)
    assert not any(one.depends_on_others for one in found.values())


def test_inputs_that_multiply_each_other_depend_on_each_other() -> None:
    settings = settings_of(FACTORS, 20, 3)
    outcomes = np.array([(one["freight"] - 5) * (one["rent"] - 1.25) + one["wages"] for one in settings])

    found = {one.factor: one for one in effects(FACTORS, settings, outcomes, 0.95, 3)}

    assert found["freight"].depends_on_others
    assert found["rent"].depends_on_others
    assert not found["wages"].depends_on_others


def test_a_setting_becomes_overrides_of_all_inputs() -> None:
    values = {"costs": {"wages": 20.0, "freight": 1.0, "rent": 100}}

    found = overrides_at(FACTORS, {"wages": 1.1, "freight": 7.5, "rent": 0.5}, values)

    assert found == ["costs.wages=22", "costs.freight=7.5", "costs.rent=50"]


def test_without_salib_its_part_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def absent(name: str, *rest: object) -> object:
        if name.startswith("SALib"):
            raise ModuleNotFoundError(name="SALib")
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", absent)

    with pytest.raises(MissingExtra, match=r"pip install 'twin\[doe\]'"):
        settings_of(FACTORS, 2, 1)


def test_the_command_says_what_inputs_do_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["sensitivity", "scenario=tutorial", *TINY, "--factors", "wages,freight_in", "--morris", "2", "-j", "0",
             "study.name=s", "network.nodes.reno.enabled=true,false"]  # fmt: skip

    said = CliRunner().invoke(app, words)

    assert said.exit_code == 0, said.output
    place = tmp_path / "results" / "s-sensitivity"
    told = json.loads((place / "sensitivity.json").read_text("utf-8"))
    assert {one["factor"] for one in told[0]["morris"]} == {"wages", "freight_in"}
    assert "depends on others" in said.output
    assert "Inputs together" in (place / "sensitivity.html").read_text("utf-8")
    assert len(list(place.glob("*--morris-*"))) == 2 * 2 * 3
