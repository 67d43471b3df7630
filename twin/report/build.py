"""From a study folder to its report: the page, the memo and the tables of every number drawn."""

from __future__ import annotations

from pathlib import Path

from twin.domain.errors import TwinError
from twin.experiments.files import write_text
from twin.report.answer import Answer
from twin.report.choice import choose, drawn_designs
from twin.report.csv_export import write_csv
from twin.report.history import find_runs
from twin.report.judgments import read_could_be_best, read_judgments
from twin.report.kpis import read_kpis
from twin.report.markup import Html, tag
from twin.report.memo import header, memo, memo_markdown
from twin.report.page import Section, page
from twin.report.provenance import provenance_section
from twin.report.sections_maps import difference_section, flows_section
from twin.report.sections_numbers import cost_section, forest_section, pareto_section
from twin.report.sections_stories import stories_section
from twin.report.sections_times import backlog_section, nodes_section, times_section
from twin.report.study import read_study


def build_report(study_folder: Path) -> Path:
    """Write report.html, memo.md and csv/ into a study folder, from what lies in it, and return the page's path."""
    answer = read_answer(study_folder)
    sections = sections_of(answer)
    for section in sections:
        for name, table in section.tables.items():
            write_csv(table, study_folder / "csv" / f"{name}.csv")
    write_text(study_folder / "memo.md", memo_markdown(answer))
    path = study_folder / "report.html"
    write_text(path, page(answer.study.title, header(answer), memo(answer), sections, _footer()))
    return path


def read_answer(study_folder: Path) -> Answer:
    """Read a study folder and decide what its page recommends.

    Raises `TwinError` where a design delivered nothing at all: there is nothing to say of its orders.
    """
    study = read_study(study_folder)
    runs = find_runs(study)
    kpis = read_kpis(runs)
    for design in study.designs:
        if kpis.mean("orders_delivered", design.name) == 0:
            raise TwinError(
                f"{study.folder}: {design.name} delivered no order in the measured days\n"
                "  expected: orders, and stock to fill them\n  to mend:  look at demand, network.stock and "
                "replenishment, or leave the design out; `twin table` shows what was measured"
            )
    judgments = read_judgments(study)
    choice = choose(study, judgments)
    drawn = drawn_designs(study, choice, judgments)
    return Answer(study, runs, kpis, judgments, choice, drawn, read_could_be_best(study))


def sections_of(answer: Answer) -> list[Section]:
    """Return the sections of the page in their order, without those that have nothing to say."""
    found = [
        flows_section(answer),
        difference_section(answer),
        forest_section(answer),
        cost_section(answer),
        times_section(answer),
        nodes_section(answer),
        backlog_section(answer),
        pareto_section(answer),
        stories_section(answer),
        provenance_section(answer.study, answer.runs, [f"{j}" for j in _thresholds(answer)]),
    ]
    return [section for section in found if section is not None]


def _thresholds(answer: Answer) -> list[str]:
    """Say from which difference on each measure matters."""
    words = []
    for measure in answer.study.measures:
        judgment = answer.judgment(measure.kpi)
        if measure.relative:
            text = f"{100 * measure.matters_from:g}%"
            text += f" ({judgment.threshold_text})" if judgment is not None else ""
        else:
            text = judgment.threshold_text if judgment is not None else f"{measure.matters_from:g} {measure.unit}"
        words.append(f"{measure.title}: {text}{', decides' if measure.primary else ''}")
    return words


def _footer() -> Html:
    return tag("footer", "State outlines: us-atlas (ISC), US Census Bureau. This page needs no network.")
