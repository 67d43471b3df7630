#!/usr/bin/env python3
"""Take the pictures of the walk-throughs from the pages that their commands made.

    cd some_folder      # write down the files of docs/howto, run its commands, then
    .venv/bin/python scripts/take_pictures.py some_folder

An image of a walk-through says in its title which page it shows, and behind a `#` which section; without one it is the
top of the page. Needs Chromium and its driver.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from selenium import webdriver

CHECKOUT = Path(__file__).parents[1]
WALKS = CHECKOUT / "docs" / "howto"
IMAGE = re.compile(r'!\[[^\]]*\]\((?P<picture>[^ )]+) "(?P<page>[^"#]+)(?:#(?P<section>[\w-]+))?"\)')
WIDTH, HEIGHT = 1180, 1000
DRAWN_SECONDS = 2.0


def pictures() -> Iterator[tuple[Path, str, str]]:
    """Yield each picture of the walk-throughs with its page, and its section or nothing."""
    for walk in sorted(WALKS.glob("*.md")):
        for found in IMAGE.finditer(walk.read_text("utf-8")):
            yield (walk.parent / found["picture"]).resolve(), found["page"], found["section"] or ""


def take(browser: webdriver.Chrome, page: Path, section: str, picture: Path) -> None:
    """Write a picture of the top of a page, or of one of its sections."""
    browser.get(page.resolve().as_uri())
    browser.implicitly_wait(DRAWN_SECONDS)
    if section:
        found = browser.find_element("id", section)
        browser.execute_script("arguments[0].scrollIntoView()", found)
        browser.execute_async_script("setTimeout(arguments[0], 1500)")
        found.screenshot(str(picture))
    else:
        browser.save_screenshot(str(picture))


def main(folder: Path) -> None:
    """Take all pictures from the pages below a folder."""
    from selenium import webdriver  # only who takes pictures needs it

    options = webdriver.ChromeOptions()
    for word in ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--window-size={WIDTH},{HEIGHT}"):
        options.add_argument(word)
    options.binary_location = shutil.which("chromium") or sys.exit("no chromium here")
    browser = webdriver.Chrome(options, webdriver.ChromeService(executable_path=shutil.which("chromedriver")))
    try:
        for picture, page, section in pictures():
            take(browser, folder / page, section, picture)
            sys.stdout.write(f"{picture.relative_to(CHECKOUT)}\n")
    finally:
        browser.quit()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
