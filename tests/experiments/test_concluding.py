"""What stands at the end of a study: nobody is judged who cannot keep up, and who could be the best of all."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from tests.experiments.test_study import a_design
from twin.assemble import build
from twin.experiments.saturation import saturated_designs
from twin.experiments.study import run_study
from twin.report.build import build_report

FIXED = "network.nodes.reno.costs.fixed_usd_per_day"


def test_a_design_that_cannot_keep_up_gets_a_warning_instead_of_a_verdict(tmp_path: Path) -> None:
    words = ["study.measured_days=7", "demand.orders_per_day=200", "study.replications=2"]
    slow = "network.nodes.reno.stages.pick.lines_per_hour=9"
    designs = [a_design(tmp_path, "both", words), a_design(tmp_path, "slow", [*words, slow])]

    folder = run_study(designs, build, 0, new=False, command="twin compare ...")

    found = saturated_designs(folder, designs, [0, 1])
    rows = pd.read_parquet(folder / "comparison.parquet")
    memo = build_report(folder).with_name("memo.md").read_text("utf-8")
    assert list(found) == ["slow"]
    assert found["slow"].startswith("reno in slow works ")
    assert set(rows["verdict"]) == {"not_judged"}
    assert rows["difference"].notna().all(), "the numbers are there all the same"
    assert rows["sentence"].str.startswith("NOT JUDGED: reno in slow works ").all()
    assert "reno in slow works" in memo
    assert "where work only piles up, a figure depends on how long one watches" in memo


def test_the_best_of_three_is_told_with_those_who_could_be_it_too(tmp_path: Path) -> None:
    designs = [a_design(tmp_path, name, [f"{FIXED}={usd}", "study.replications=3"])
               for name, usd in (("dear", 900), ("cheap", 0), ("as_cheap", 0))]  # fmt: skip

    folder = run_study(designs, build, 0, new=False, command="twin compare ...")

    best = pd.read_parquet(folder / "best.parquet").set_index("design")
    memo = build_report(folder).with_name("memo.md").read_text("utf-8")
    assert best["could_be_best"].to_dict() == {"dear": False, "cheap": True, "as_cheap": True}
    assert best.loc["dear", "high"] > 0
    assert "**Could be the best** on cost per order:" in memo


def test_two_designs_need_no_best(tmp_path: Path) -> None:
    designs = [a_design(tmp_path, "both"), a_design(tmp_path, "one", ["network.nodes.reno.enabled=false"])]

    folder = run_study(designs, build, 0, new=False, command="")

    assert not (folder / "best.parquet").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [(["study.warmup_days=0"], "none: the study begins with its opening stock, and its first day counts"),
     ([], "1 days given; 3 days are too few for MSER-5 to judge them")],
)  # fmt: skip
def test_the_page_says_what_warm_up_there_was(tmp_path: Path, words: list[str], said: str) -> None:
    folder = run_study([a_design(tmp_path, "both", words)], build, 0, new=False, command="")

    assert said in build_report(folder).read_text("utf-8")


def test_a_warm_up_that_is_too_short_is_said_in_the_memo(tmp_path: Path) -> None:
    folder = run_study([a_design(tmp_path, "both")], build, 0, new=False, command="")
    told = json.loads((folder / "study.json").read_text("utf-8"))
    told["warmup_asked"] = [
        {"design": "both", "days": 21, "series": "stock on hand", "moves": -0.2, "too_short": False}
    ]
    (folder / "study.json").write_text(json.dumps(told), "utf-8")

    text = build_report(folder).read_text("utf-8")

    words = "21 days by its stock on hand, which moves its mean by \N{MINUS SIGN}20.0%"
    assert f"1 days given; MSER-5 asks for {words} (Two nodes)" in text
    assert "Warm-up too short:" in text
