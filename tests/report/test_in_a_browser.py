"""What only a browser can tell; two page loads in all."""

from __future__ import annotations

import time

import pytest

from tests.report.browser import chromium

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WAIT_SECONDS = 60
TEXT_THAT_LEAVES_ITS_FIGURE = """
return Array.from(document.querySelectorAll('[data-figure]')).flatMap(figure => {
  const right = figure.getBoundingClientRect().right + 0.5;
  return Array.from(figure.querySelectorAll('text'))
    .filter(text => text.textContent.trim() && text.getBoundingClientRect().right > right)
    .map(text => figure.dataset.figure + ': ' + text.textContent);
});
"""
SMALL_TEXT = """
return Array.from(document.querySelectorAll('main text, main p, main td, main th, main li, main dd, main small'))
  .filter(text => text.textContent.trim() && parseFloat(getComputedStyle(text).fontSize) < 11.5)
  .map(text => text.textContent);
"""
WIDER_THAN_THEIR_COLUMN = """
return Array.from(document.querySelectorAll('[data-figure]'))
  .filter(figure => figure.scrollWidth > figure.clientWidth || figure.clientWidth > figure.parentElement.clientWidth)
  .map(figure => figure.dataset.figure);
"""


def wait_for(browser, script, expected):
    """Wait until a script returns what is expected."""
    end = time.monotonic() + WAIT_SECONDS
    while (found := browser.execute_script(script)) != expected:
        assert time.monotonic() < end, f"{script} is {found!r}, not {expected!r}"
        time.sleep(0.1)


def drawn(browser):
    """Wait until all figures are drawn."""
    wait_for(browser, "return document.documentElement.dataset.drawn", "yes")
    return browser


@pytest.fixture(scope="module")
def wide(report, tmp_path_factory):
    """The page at 1280 px."""
    with chromium(tmp_path_factory.mktemp("profile")) as browser:
        browser.get(report.as_uri())
        yield drawn(browser)


@pytest.fixture(scope="module")
def phone(report, tmp_path_factory):
    """The page at 390 px, in a frame because a headless window is never that narrow."""
    frame = tmp_path_factory.mktemp("phone") / "frame.html"
    frame.write_text(f'<iframe src="{report.as_uri()}" style="width:390px;height:9000px;border:0"></iframe>', "utf-8")
    with chromium(tmp_path_factory.mktemp("profile")) as browser:
        browser.get(frame.as_uri())
        browser.switch_to.frame(0)
        yield drawn(browser)


def test_nothing_is_requested_and_nothing_goes_wrong(wide):
    assert wide.execute_script("return performance.getEntriesByType('resource').map(entry => entry.name)") == []
    assert wide.get_log("browser") == []


def test_every_figure_is_drawn(wide):
    figures = wide.execute_script("return document.querySelectorAll('[data-figure]').length")
    plots = wide.execute_script("return document.querySelectorAll('[data-figure] .main-svg').length")

    assert figures == 9
    assert plots >= figures


def test_no_figure_is_wider_than_its_column(wide):
    assert wide.execute_script(WIDER_THAN_THEIR_COLUMN) == []
    assert wide.execute_script("return document.documentElement.scrollWidth") <= 1280


def test_no_text_leaves_its_figure(wide):
    assert wide.execute_script(TEXT_THAT_LEAVES_ITS_FIGURE) == []


def test_text_can_be_read(wide):
    assert wide.execute_script(SMALL_TEXT) == []


def test_choosing_a_candidate_changes_map_heading_and_table_together(wide):
    from selenium.webdriver.common.keys import Keys

    chosen = wide.find_element("css selector", "input[name=candidate]:checked")
    before = wide.find_element("id", "difference-finding").text

    chosen.send_keys(Keys.ARROW_LEFT)

    now = wide.find_element("css selector", "input[name=candidate]:checked").get_attribute("value")
    heading = wide.find_element("id", "difference-finding").text
    drawing = wide.find_element("id", "difference-map")
    tables = wide.find_elements("css selector", "table[data-candidate]")
    assert now == "difference-omnichannel"
    assert heading != before
    assert drawing.get_attribute("data-figure") == now
    assert drawing.get_attribute("aria-label") == heading
    assert [table.get_attribute("data-candidate") for table in tables if table.is_displayed()] == [now]


def test_printing_draws_the_layouts_of_a_page_whatever_the_window(wide):
    wide.set_window_size(900, 1000)

    wide.execute_script("window.dispatchEvent(new Event('beforeprint'))")

    wait_for(wide, "return document.querySelector('[data-figure=flows]').layout.width", 1120)
    wide.execute_script("window.dispatchEvent(new Event('afterprint'))")
    wait_for(wide, "return document.querySelector('[data-figure=flows]').layout.width < 900", True)


def test_no_figure_is_wider_than_a_phone(phone):
    assert phone.execute_script(WIDER_THAN_THEIR_COLUMN) == []
    assert phone.execute_script("return document.documentElement.scrollWidth") <= 390


def test_no_text_leaves_its_figure_on_a_phone(phone):
    assert phone.execute_script(TEXT_THAT_LEAVES_ITS_FIGURE) == []


def test_text_can_be_read_on_a_phone(phone):
    assert phone.execute_script(SMALL_TEXT) == []
