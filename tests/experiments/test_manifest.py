"""The fingerprint of a replication: equal for what is equal, another where anything that it reads has changed."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest

from tests.assemble.tiny import Tiny
from twin import paths
from twin.config import ScenarioConfig, parse
from twin.experiments import files
from twin.experiments.manifest import fingerprint, inputs
from twin.policies.routing import catalogue

OURS = """
from dataclasses import dataclass

@dataclass(frozen=True)
class Never:
    def decide(self, order, network):
        raise NotImplementedError
"""


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tiny:
    """Stand among the tables of a small scenario, and let Python's path be as it was afterwards."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    return Tiny(tmp_path)


def with_every_table(tiny: Tiny) -> ScenarioConfig:
    """Return a configuration that reads all tables there are."""
    for key in ("hours", "weekdays", "season", "orders", "order_lines"):
        tiny.set(f"demand.{key}", f"{key}.csv")
    tiny.set("demand.kind", "trace")
    tiny.set("network.stock", "stock.csv")
    return parse(tiny.values)


def test_equal_configurations_and_files_have_the_same_fingerprint(tiny: Tiny) -> None:
    assert fingerprint(parse(tiny.values), 0) == fingerprint(parse(tiny.values), 0)
    assert fingerprint(parse(tiny.values), 0) != fingerprint(parse(tiny.values), 1)


def test_titles_and_folders_do_not_change_a_fingerprint(tiny: Tiny) -> None:
    before = fingerprint(parse(tiny.values), 0)

    tiny.set("study.title", "Another")
    tiny.set("study.folder", "elsewhere")
    tiny.set("study.replications", 7)

    assert fingerprint(parse(tiny.values), 0) == before


@pytest.mark.parametrize("key", ["products", "rates", "carbon", "season", "stock", "order_lines"])
def test_a_changed_cell_of_any_table_changes_the_fingerprint(tiny: Tiny, key: str) -> None:
    config = with_every_table(tiny)
    before = fingerprint(config, 0)
    table = tiny.folder / f"{key}.csv"

    table.write_text(re.sub(r"\d(?=\D*$)", "9", table.read_text("utf-8")), encoding="utf-8")

    assert fingerprint(config, 0) != before


def test_every_table_that_building_reads_is_an_input(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    config = with_every_table(tiny)
    read: set[str] = set()
    find = paths.find_table
    monkeypatch.setattr("twin.assemble.rows.find_table", lambda name: (read.add(name), find(name))[1])

    tiny.build()

    assert len(read) == 16
    assert set(inputs(config)) == read


def test_a_table_that_is_named_but_not_there_is_no_input(tiny: Tiny) -> None:
    tiny.set("demand.orders", "nowhere.csv")

    assert "nowhere.csv" not in inputs(parse(tiny.values))


def test_the_code_of_a_policy_of_ones_own_is_part_of_the_fingerprint(tiny: Tiny) -> None:
    tiny.set("routing", {"kind": "python:ours_here:Never"})
    (tiny.folder / "ours_here.py").write_text(OURS, encoding="utf-8")
    config = parse(tiny.values)
    before = fingerprint(config, 0)

    (tiny.folder / "ours_here.py").write_text(OURS.replace("NotImplementedError", "ValueError"), encoding="utf-8")

    assert fingerprint(config, 0) != before
    assert catalogue.source_of("python:ours_here:Never") == tiny.folder / "ours_here.py"


def test_the_log_that_is_replayed_is_part_of_the_fingerprint(tiny: Tiny) -> None:
    log = tiny.folder / "log.jsonl"
    log.write_text("", encoding="utf-8")
    tiny.set("routing", {"kind": "replay", "log": str(log)})
    config = parse(tiny.values)
    before = fingerprint(config, 0)

    log.write_text("\n", encoding="utf-8")

    assert fingerprint(config, 0) != before


def test_a_file_is_read_once_until_it_changes(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    config = parse(tiny.values)
    read: list[str] = []
    digest = files.digest
    monkeypatch.setattr(files, "digest", lambda path: (read.append(path.name), digest(path))[1])

    for replication in range(20):
        fingerprint(config, replication)
    os.utime(tiny.folder / "rates.csv", ns=(1, 1))
    fingerprint(config, 0)

    assert sorted(read) == sorted([*inputs(config), "rates.csv"])
