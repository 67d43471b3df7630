"""Several parts of one group in one design."""

from __future__ import annotations

import pytest

from tests.conftest import write_files
from twin.domain.errors import ConfigurationError
from twin.hydra_glue import compose

STORM = "events:\n  storm: {scope: region, targets: [west], starts_day: 1, duration: 5}\n"


def problems_of(*overrides: str) -> list[str]:
    with pytest.raises(ConfigurationError) as raised:
        compose(overrides)
    return [str(problem) for problem in raised.value.problems]


def test_disruptions_of_several_parts_are_all_there() -> None:
    values = compose(["disruptions=[storm_northeast,demand_surge]"]).values

    assert set(values["disruptions"]["events"]) == {"storm", "viral"}


def test_a_key_of_any_of_the_parts_is_traced_to_its_file() -> None:
    composition = compose(["disruptions=[storm_northeast,demand_surge]"])

    assert composition.origin("disruptions.events.viral.ramp_hours").startswith(
        "conf/disruptions/demand_surge.yaml, line"
    )
    assert composition.origin("disruptions.events.storm.severity").startswith(
        "conf/disruptions/storm_northeast.yaml, line"
    )


def test_two_parts_that_set_one_key_are_refused(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_files(tmp_path / "conf" / "disruptions", {"west.yaml": STORM})

    (problem,) = problems_of("disruptions=[storm_northeast,west]")

    assert "conf/disruptions/west.yaml, events.storm: a key that" in problem
    assert "storm_northeast.yaml sets too\n  expected: parts of disruptions that do not overlap" in problem
    assert "rename it in one of them, or choose only one" in problem


def test_a_part_chosen_twice_is_refused() -> None:
    (problem,) = problems_of("disruptions=[demand_surge,demand_surge]")

    assert problem == (
        "disruptions=[demand_surge,demand_surge]: 'demand_surge' twice\n  expected: each part once\n"
        "  to mend:  drop one of them"
    )


def test_parts_that_a_scenario_lists_are_held_against_each_other_too(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_files(tmp_path / "conf" / "disruptions", {"west.yaml": STORM})
    both = "defaults:\n  - override /disruptions: [storm_northeast, west]\n"
    write_files(tmp_path / "scenarios", {"both.yaml": both})

    (problem,) = problems_of("scenario=both")

    assert "conf/disruptions/west.yaml, events.storm: a key that" in problem


def test_a_part_that_does_not_exist_is_named() -> None:
    (problem,) = problems_of("disruptions=[demand_surge,demand_serge]")

    assert "did you mean 'demand_surge'?" in problem
