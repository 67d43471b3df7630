"""What all tests share."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import settings

from twin import paths

settings.register_profile("twin", deadline=None)  # a slow machine is no failure
settings.load_profile("twin")

SHIPPED = {
    "conf/config.yaml": """
        defaults:
          - network: central_dc
          - routing: min_cost
          - study: default
          - node@node_kinds.dc: dc
          - node@node_kinds.3pl: 3pl
          - _self_
          - scenario: null
        """,
    "conf/network/central_dc.yaml": """
        title: Central
        nodes:
          reno:
            kind: dc
            stations: 2
        """,
    "conf/network/us/coasts.yaml": "{title: Coasts, nodes: {}}",
    "conf/routing/min_cost.yaml": "{kind: min_cost, late_penalty_usd: 8.0}",
    "conf/routing/nearest.yaml": "{kind: nearest, late_penalty_usd: 0.0}",
    "conf/node/dc.yaml": "fee_usd: 1.0",
    "conf/node/3pl.yaml": "fee_usd: ${routing.late_penalty_usd}",
    "conf/study/default.yaml": "{name: default, folder: results, seed: 1}",
    "conf/tables/us/zones.csv": "zone",
    "scenarios/calm.yaml": "study: {seed: 5}",
    "scenarios/storm.yaml": """
        # @package _global_
        defaults:
          - override /routing: nearest
        network:
          nodes:
            reno:
              stations: 3
        """,
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `pytest --bless` store new fingerprints instead of comparing with the stored ones."""
    parser.addoption("--bless", action="store_true", help="store the fingerprints of this run as the right ones")


@pytest.fixture(scope="session")
def bless(pytestconfig: pytest.Config) -> bool:
    """Whether fingerprints are to be stored rather than compared."""
    return bool(pytestconfig.getoption("--bless"))


def write_files(folder: Path, texts: Mapping[str, str]) -> None:
    """Write texts under their paths below a folder, without the indentation they have in the test."""
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(dedent(text).lstrip("\n"), encoding="utf-8")


@pytest.fixture
def standing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in an empty folder, with a small set of shipped parts and scenarios elsewhere."""
    write_files(tmp_path / "shipped", SHIPPED)
    (tmp_path / "standing").mkdir()
    monkeypatch.chdir(tmp_path / "standing")
    monkeypatch.setattr(paths, "data_root", lambda: tmp_path / "shipped")
    return tmp_path / "standing"
