"""The page of shadow mode: from a log written by hand."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tests.calibration.shadow_world import AIR, GROUND, a_picture, a_plan, logged, shelf, ships
from twin.calibration.decision_log import LoggedDecision, write_log
from twin.calibration.shadow_files import Shadowed, shadow
from twin.calibration.shadow_findings import UNFILLED
from twin.calibration.shadow_results import Difference
from twin.policies.routing.min_cost import MinCost
from twin.report.markup import safe
from twin.report.shadow_figures import (
    MOST_NODES,
    OTHERS,
    confusion_sentence,
    confusion_table,
    regret_bars,
    regret_sentence,
)
from twin.report.shadow_page import shadow_page

STALE = a_picture({"columbus": {"mug": 1}})
OURS = a_plan(ships("columbus"))


def held_against(folder: Path, *log: LoggedDecision, roll: bool = False) -> Shadowed:
    file = folder / "production.jsonl"
    write_log(file, log)
    return shadow(file, MinCost(), "min_cost", shelf(), roll=roll)


def the_page(found: Shadowed) -> str:
    return shadow_page(found, MinCost(), shelf())


@pytest.fixture
def mixed(tmp_path: Path) -> Shadowed:
    """One the same, one by air, one from Reno, one that could not be carried out."""
    return held_against(
        tmp_path,
        logged(OURS),
        logged(a_plan(ships("columbus", AIR), number=2)),
        logged(a_plan(ships("reno", GROUND), number=3)),
        logged(a_plan(ships("reno"), number=4), STALE),
        roll=True,
    )


def test_the_verdict_is_the_title_of_the_page(mixed) -> None:
    page = the_page(mixed)

    assert "<h1>Not the same policy as production: 25.0 % of 4 orders agree (" in page
    assert "99.5 % would be needed" in page


def test_every_class_is_counted(mixed) -> None:
    page = the_page(mixed)

    assert "3 of 4 decisions differ" in page
    for one in Difference:
        assert f"<small>{one}</small>" in page


def test_production_stands_beside_ours_in_every_order_that_opens(mixed) -> None:
    page = the_page(mixed)

    assert page.count("<details>") == 3
    assert page.count("<h4>Production</h4>") == page.count("<h4>Ours</h4>") == 3
    assert "<b>reno</b> sends 1 mug by parcel_ground" in page
    assert "reno → ours columbus" in page


def test_a_plan_that_cannot_be_carried_out_is_shown_as_logged_with_its_reason(mixed) -> None:
    page = the_page(mixed)

    (infeasible,) = [one for one in mixed.one_step.found.worst if one.difference is Difference.PROD_PLAN_INFEASIBLE]
    assert infeasible.said
    assert f'<p class="worse">{safe(infeasible.said)}</p>' in page
    assert "<li>reno by parcel_ground: 1 mug</li>" in page


def test_what_would_have_followed_is_a_section_only_where_it_was_asked_for(mixed, tmp_path: Path) -> None:
    assert "with the stock as our own decisions would have left it" in the_page(mixed)
    assert "with the stock as our own" not in the_page(held_against(tmp_path, logged(OURS)))


def test_where_all_agree_there_is_nothing_to_open(tmp_path: Path) -> None:
    page = the_page(held_against(tmp_path, logged(OURS)))

    assert "All 1 decisions are the same" in page
    assert "No decision differs" in page
    assert "No order to look at" in page
    assert "<details>" not in page


def test_the_page_asks_nobody_and_runs_nothing(mixed) -> None:
    page = the_page(mixed)

    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")


def regrets(*found: tuple[str, float | None]) -> pd.DataFrame:
    return pd.DataFrame(found, columns=["difference", "regret_usd"]).astype({"regret_usd": float})


def test_other_plans_at_the_same_cost_are_told_apart_from_real_regret() -> None:
    table = regrets(
        (Difference.SAME, 0.0), (Difference.OTHER_NODE, 0.004), (Difference.OTHER_NODE, 3.0),
        (Difference.OTHER_SPLIT, 4.5), (Difference.OTHER_NODE, -0.3), (Difference.PROD_PLAN_INFEASIBLE, None),
    )  # fmt: skip

    bars = regret_bars(table)

    assert regret_sentence(table) == (
        "Of 5 decisions that differ, 1 cost the same either way; 2 were dearer in production "
        "and would have cost $7.50 less our way"
    )
    assert _count(bars, "production $2.00-5.00 dearer") == "2"
    assert _count(bars, "another plan at the same cost") == "1"
    assert _count(bars, "ours $0.25-0.50 dearer") == "1"
    assert _count(bars, "costs cannot be compared") == "1"


@pytest.mark.parametrize(
    ("regret", "where"),
    [(0.01, "under $0.25"), (0.25, "$0.25-0.50"), (10.0, "$10.00 and more"), (1e6, "$10.00 and more")],
)
def test_an_amount_at_an_edge_belongs_to_the_larger_size(regret: float, where: str) -> None:
    assert _count(regret_bars(regrets((Difference.OTHER_NODE, regret))), f"production {where} dearer") == "1"


def flows(*rows: tuple[str, str, int]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["production_node", "our_node", "units"])


def test_the_diagonal_is_muted_and_the_rest_is_shaded_by_units() -> None:
    table = confusion_table(flows(("reno", "reno", 90), ("reno", "atlanta", 10), ("atlanta", UNFILLED, 2)))

    assert '<td class="same">90</td>' in table
    assert '<td style="background:rgb(179,71,11);color:#fff">10</td>' in table
    assert table.index(">atlanta<") < table.index(">reno<") < table.index(f">{UNFILLED}<")


def test_the_largest_flow_is_named() -> None:
    said = confusion_sentence(flows(("reno", "reno", 90), ("reno", "atlanta", 10), ("atlanta", "reno", 2)))

    assert said == "12 of 102 units would come from elsewhere, most of them atlanta instead of reno (10)"
    assert confusion_sentence(flows(("reno", "reno", 90))) == "All 90 units come from the same node"


def test_of_many_nodes_those_that_differ_most_are_named_and_no_unit_is_lost() -> None:
    many = flows(*((f"node-{number:02}", "reno", number) for number in range(1, 40)))

    table = confusion_table(many)

    assert ">node-39<" in table
    assert ">node-01<" not in table
    assert table.count('scope="row"') == MOST_NODES + 1
    assert f">{sum(range(1, 40 - MOST_NODES + 1)):,}<" in table
    assert f">{OTHERS}<" in table


def _count(bars: str, words: str) -> str:
    """Return the number at the end of a bar."""
    rest = bars.partition(f">{words}</span>")[2].partition('class="number">')[2]
    return rest.partition("<")[0]
