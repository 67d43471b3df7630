import pytest

from tests.conftest import write_files
from twin.hydra_glue import completions

pytestmark = pytest.mark.usefixtures("standing")


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["sc"], ["scenario="]),
        (["scenario="], ["scenario=calm", "scenario=storm"]),
        (["scenario=st"], ["scenario=storm"]),
        (["scenario=calm,st"], ["scenario=calm,storm"]),
        (["scenario=storm", "study.s"], ["study.seed="]),
        (["network.nodes."], ["network.nodes.reno."]),
        (["nothing"], []),
        (["a=(", "sc"], []),
        (
            [],
            [
                "network",
                "network.",
                "node=",
                "node_kinds.",
                "routing.",
                "routing=",
                "scenario=",
                "study.",
                "study=",
            ],
        ),
    ],
)
def test_tab_offers_groups_parts_and_keys(words, offered):
    assert completions(words) == offered


def test_tab_offers_own_scenarios(standing):
    write_files(standing, {"scenarios/mine.yaml": "{}"})

    assert completions(["scenario=m"]) == ["scenario=mine"]


def test_tab_stays_silent_when_a_part_is_broken(standing):
    write_files(standing.parent / "shipped", {"conf/routing/min_cost.yaml": "kind: [\n"})

    assert completions(["study.s"]) == []
