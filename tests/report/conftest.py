"""A made-up study and its report, made once per worker."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.report.a_history import write_study
from tests.report.a_study import Size
from twin.report.answer import Answer
from twin.report.build import build_report, read_answer, sections_of
from twin.report.page import Section

SMALL = Size(replications=6, orders_per_day=250)


@pytest.fixture(scope="session")
def study_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four designs, six replications; the page is not built yet."""
    return write_study(tmp_path_factory.mktemp("study"), SMALL)


@pytest.fixture(scope="session")
def answer(study_folder: Path) -> Answer:
    """What the page of the study knows."""
    return read_answer(study_folder)


@pytest.fixture(scope="session")
def sections(answer: Answer) -> dict[str, Section]:
    """The sections of its page by anchor."""
    return {section.anchor: section for section in sections_of(answer)}


@pytest.fixture(scope="session")
def report(study_folder: Path) -> Path:
    """The page of the study."""
    return build_report(study_folder)
