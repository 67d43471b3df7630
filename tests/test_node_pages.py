"""The pages about nodes name every key of the configuration that they are about."""

from __future__ import annotations

from pathlib import Path

import pytest

from twin.config.fields import Shape
from twin.config.network import MoreOrdersConfig, NodeConfig, NodeCostsConfig, OpensConfig
from twin.config.returns import ReturnsDeskConfig
from twin.config.stores import LocalDeliveryConfig, PickupConfig, PickupDeskConfig, ShelfConfig
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

PAGES = Path(__file__).parents[1] / "docs" / "nodes"
ELSEWHERE = {"kind", "zip3", "label", "enabled", "priority", "closed_on_holidays", "departures", "assortment", "groups"}
INSIDE = [
    NodeConfig, NodeCostsConfig, BatchConfig, BreakConfig, CrewConfig, InboundConfig, LearningConfig,
    MachinesConfig, OvertimeConfig, ReworkConfig, ShiftConfig, StageConfig,
    MoreOrdersConfig, OpensConfig, ReturnsDeskConfig,
]  # fmt: skip


ON_PAGES = [("inside", shape) for shape in INSIDE] + [
    ("store", shape) for shape in (ShelfConfig, PickupConfig, PickupDeskConfig, LocalDeliveryConfig)
]


@pytest.mark.parametrize(("page", "shape"), ON_PAGES, ids=lambda one: getattr(one, "__name__", one))
def test_every_key_is_on_its_page(page: str, shape: type[Shape]) -> None:
    text = (PAGES / f"{page}.md").read_text("utf-8")

    words = {word for line in text.splitlines() if line.startswith("|") for word in _names(line)}

    assert set(shape.model_fields) - ELSEWHERE <= words


def _names(line: str) -> set[str]:
    spelled = "".join(
        sign if sign.isalnum() or sign == "_" else " " for sign in line.partition("|")[2].partition("|")[0]
    )
    return set(spelled.split())
