"""The page about the inside of nodes names every key of the configuration that it is about."""

from __future__ import annotations

from pathlib import Path

import pytest

from twin.config.network import MoreOrdersConfig, NodeConfig, NodeCostsConfig
from twin.config.returns import ReturnsDeskConfig
from twin.config.work import (
    BatchConfig,
    BreakConfig,
    CrewConfig,
    InboundConfig,
    LearningConfig,
    MachinesConfig,
    OvertimeConfig,
    ReworkConfig,
    ShiftConfig,
    StageConfig,
)

PAGE = (Path(__file__).parents[1] / "docs" / "nodes" / "inside.md").read_text("utf-8")
ELSEWHERE = {"kind", "zip3", "label", "enabled", "priority", "closed_on_holidays", "departures", "assortment", "groups"}
SHAPES = [
    NodeConfig, NodeCostsConfig, BatchConfig, BreakConfig, CrewConfig, InboundConfig, LearningConfig,
    MachinesConfig, OvertimeConfig, ReworkConfig, ShiftConfig, StageConfig,
    MoreOrdersConfig, ReturnsDeskConfig,
]  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_every_key_is_on_the_page(shape) -> None:
    words = {word for line in PAGE.splitlines() if line.startswith("|") for word in _names(line)}

    assert set(shape.model_fields) - ELSEWHERE <= words


def _names(line: str) -> set[str]:
    spelled = "".join(
        sign if sign.isalnum() or sign == "_" else " " for sign in line.partition("|")[2].partition("|")[0]
    )
    return set(spelled.split())
