import json
import re
import shutil
from html.parser import HTMLParser
from itertools import pairwise

import pandas as pd
import pytest

from tests.report.a_history import write_study
from tests.report.a_study import Size
from twin.report.build import build_report
from twin.report.numbers import MINUS

LARGEST_BYTES = 8_000_000
EVIL = "<script>alert(1)</script>"


class Page(HTMLParser):
    """The elements of a page and its text outside of scripts."""

    def __init__(self, text):
        super().__init__()
        self.elements = []
        self.words = []
        self.inside = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self.inside.append(tag)

    def handle_endtag(self, tag):
        if tag in self.inside:
            self.inside = self.inside[: len(self.inside) - 1 - self.inside[::-1].index(tag)]

    def handle_data(self, data):
        if not {"script", "style"} & set(self.inside):
            self.words.append(data)

    def named(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def page(report):
    return Page(report.read_text("utf-8"))


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """A study as small as possible, to be changed and built again."""
    return write_study(tmp_path_factory.mktemp("tiny"), Size(replications=2, orders_per_day=30))


def changed(tiny, place, change):
    """A copy of the tiny study with a changed study file, and its page."""
    folder = shutil.copytree(tiny, place / "study")
    content = json.loads((folder / "study.json").read_text("utf-8"))
    change(content)
    (folder / "study.json").write_text(json.dumps(content), encoding="utf-8")
    return folder


def test_one_file_holds_everything_and_is_not_too_large(report, page):
    assert report.stat().st_size < LARGEST_BYTES
    assert not page.named("link")
    assert not page.named("img")
    assert all("src" not in attributes for attributes in page.named("script"))


def test_nothing_but_our_own_scripts_may_run_or_be_fetched(page):
    policy = next(m["content"] for m in page.named("meta") if m.get("http-equiv") == "Content-Security-Policy")

    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe-inline" not in policy.split("style-src")[0]


def test_every_figure_has_a_name(page):
    figures = [attributes for _, attributes in page.elements if attributes.get("role") == "img"]

    assert len(figures) == 9
    assert all(attributes["aria-label"].strip() for attributes in figures)


def test_every_decorative_drawing_is_hidden_from_readers(page):
    assert all(attributes["aria-hidden"] == "true" for attributes in page.named("svg"))


def test_headings_come_in_order(page):
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))


def test_every_table_has_a_caption_and_scopes(page):
    tables = len(page.named("table"))

    assert len(page.named("caption")) == tables
    assert all("scope" in attributes for attributes in page.named("th"))


def test_the_page_says_what_language_it_speaks_and_lets_readers_skip(page):
    assert page.named("html") == [{"lang": "en"}]
    assert page.named("a")[0] == {"class": "skip", "href": "#memo"}


def test_wide_tables_can_be_reached_and_scrolled_by_keyboard(page):
    regions = [attributes for _, attributes in page.elements if attributes.get("role") == "region"]

    assert len(regions) == 2
    assert all(attributes["tabindex"] == "0" and attributes["aria-label"] for attributes in regions)


def test_every_linked_table_lies_beside_the_page(report, page):
    links = [attributes["href"] for attributes in page.named("a") if attributes["href"].startswith("csv/")]

    assert len(links) == 10
    assert all((report.parent / link).stat().st_size > 0 for link in links)


def test_the_numbers_of_the_memo_come_from_the_same_values_as_the_csv(report):
    memo = (report.parent / "memo.md").read_text("utf-8")
    forest = pd.read_csv(report.parent / "csv" / "forest.csv")
    row = forest[(forest["kpi"] == "cost_per_order") & (forest["design"] == "distribution_network")].iloc[0]

    printed = f"| -${-row['difference']:.2f} | -${-row['low']:.2f} to -${-row['high']:.2f} |"
    assert printed.replace("-", MINUS) in memo


def test_the_component_table_adds_up_as_printed(report):
    text = report.read_text("utf-8")
    table = re.search(r'<div class="scroll parts".*?</table>', text, re.DOTALL)[0]
    rows = [re.findall(r'<td class="number">([\d.]+)</td>', row) for row in re.findall(r"<tr>.*?</tr>", table)]
    *parts, total = [[float(number) for number in row] for row in rows if row]

    assert [round(sum(column), 2) for column in zip(*parts, strict=True)] == total


def test_the_memo_tells_the_verdict_and_how_to_run_it_again(report):
    memo = (report.parent / "memo.md").read_text("utf-8")

    assert memo.startswith("# Distribution network is better: ")
    assert "`twin compare central_dc,regional_3dc,omnichannel,distribution_network seed=20261122`" in memo


def test_the_same_study_gives_the_same_bytes(tiny, tmp_path):
    first = build_report(shutil.copytree(tiny, tmp_path / "a" / "study")).read_bytes()
    second = build_report(tmp_path / "a" / "study").read_bytes()

    assert first == second


def test_names_that_look_like_code_are_shown_as_they_are(tiny, tmp_path):
    def evil(content):
        content["title"] = content["question"] = content["command"] = EVIL
        content["designs"][3] |= {"title": EVIL, "description": EVIL}
        content["designs"][3]["nodes"][0]["label"] = EVIL
        content["assumptions"] = [{"what": EVIL, "value": "=cmd()", "source": EVIL}]
        content["not_modeled"] = [EVIL]
        content["disruptions"][0]["event_id"] = EVIL

    report = build_report(changed(tiny, tmp_path, evil))

    text = report.read_text("utf-8")
    assert EVIL not in text
    assert "<script>alert" not in text
    assert EVIL in "".join(Page(text).words)
    memo = (report.parent / "memo.md").read_text("utf-8")
    assert "<script>" not in memo.replace(f"`{EVIL}`", "")
    assert "'=cmd()" in (report.parent / "csv" / "assumptions.csv").read_text("utf-8")


@pytest.fixture(scope="module")
def poor(tiny, tmp_path_factory):
    """The page of a study that is partial and kept no order tables."""
    folder = changed(tiny, tmp_path_factory.mktemp("poor"), lambda content: content.update(state="partial"))
    for path in folder.glob("*/rep-*/*.parquet"):
        if path.stem in {"orders", "shipments"}:
            path.unlink()
    return build_report(folder).read_text("utf-8")


def test_without_order_tables_the_sections_that_need_them_say_so(poor):
    assert poor.count("Not drawn: this study kept no order tables") == 3
    assert "Cost per order by component" in poor


def test_a_partial_study_is_marked(poor):
    assert "Partial results: not all runs are finished" in poor


def test_one_design_alone_has_levels_and_no_comparison(tiny, tmp_path):
    def alone(content):
        content.update(designs=content["designs"][3:], baseline="distribution_network")

    text = build_report(changed(tiny, tmp_path, alone)).read_text("utf-8")

    assert "There is one design, so nothing is compared." in text
    assert 'id="forest"' not in text
    assert 'id="difference"' not in text


def test_two_designs_need_no_pareto_and_no_choice(tiny, tmp_path):
    def two(content):
        content["designs"] = [content["designs"][0], content["designs"][3]]

    text = build_report(changed(tiny, tmp_path, two)).read_text("utf-8")

    assert 'id="pareto"' not in text
    assert "<fieldset>" not in text
    assert 'id="difference"' in text
