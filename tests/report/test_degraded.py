"""A report says where others decided in place of a routing service."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from twin.report.answer import Answer
from twin.report.degraded import degraded_words
from twin.report.history import Runs
from twin.report.memo import memo, memo_markdown


def runs_of(answer: Answer, folder: Path, **degraded: tuple[bool | None, ...]) -> Runs:
    """Runs by design; None is a run whose policy asks no service."""
    folders: dict[str, dict[int, Path]] = {}
    for design, found in degraded.items():
        for number, one in enumerate(found):
            place = folder / design / f"rep-{number:04d}"
            place.mkdir(parents=True)
            service = {} if one is None else {"asked": 5000, "degraded": one}
            (place / "manifest.json").write_text(json.dumps({"service": service}), "utf-8")
            folders.setdefault(design, {})[number] = place
    return replace(answer.runs, folders=folders)


def test_runs_in_which_the_service_decided_are_not_mentioned(answer, tmp_path) -> None:
    assert degraded_words(runs_of(answer, tmp_path, **{answer.study.baseline: (False, None)})) == ""


def test_a_manifest_of_an_older_twin_says_nothing(answer) -> None:
    assert degraded_words(answer.runs) == ""


def test_degraded_runs_are_counted_by_design(answer, tmp_path) -> None:
    names = [design.name for design in answer.study.designs]
    found = runs_of(answer, tmp_path, **{names[0]: (False, True, True), names[1]: (True,), names[2]: (False,)})

    titles = [design.title for design in answer.study.designs]
    assert degraded_words(found) == (
        f"Degraded: in 2 of 3 runs of {titles[0]} and 1 of 1 runs of {titles[1]}, another than the routing service "
        "decided more than one order in a thousand. These numbers are not the service's alone."
    )


def test_degraded_runs_are_the_first_thing_the_memo_says(answer, tmp_path) -> None:
    degraded = replace(answer, runs=runs_of(answer, tmp_path, **dict.fromkeys(answer.runs.folders, (True,))))

    assert memo(degraded).index('class="warning">Degraded: in 1 of 1 runs') < memo(degraded).index("<h1>")
    assert memo_markdown(degraded).index("**Degraded: in 1 of 1 runs") < memo_markdown(degraded).index("| Measure |")
