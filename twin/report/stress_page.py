"""What stress came to, as a page: a heat map of designs and disruptions for loss, recovery and cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from twin.experiments.stress_courses import Course
from twin.experiments.stress_summary import Cell, weakest_links
from twin.report import palette
from twin.report.markup import Html, tag
from twin.report.story_page import document, finding_section
from twin.report.stress_courses import course_list
from twin.report.stress_text import amount, back, verdicts

DARK_FROM = 0.55


def stress_page(found: Sequence[Cell], courses: Sequence[Course], title: str) -> str:
    """Return the whole page."""
    said = verdicts(found)
    memo = tag(
        "section",
        tag("p", "What does each disruption do to each design, against the same world without it?", class_="question"),
        tag("h1", said[0]),
        *(tag("p", one, class_="sub-verdict") for one in said[1:]),
        class_="memo",
    )
    header = tag("header", tag("b", "Stress"), tag("span", title), class_="header")
    parts = [*_maps(found), _day_by_day(found, courses)]
    sections = [finding_section(number, *part) for number, part in enumerate(parts, start=1)]
    return document(f"Stress: {title}", tag("main", header, memo, *sections, class_="column story-page"))


LOST = (
    "Days without any service that would have lost as much: the area between the on-time rates of the days on which "
    "orders fell due, with and without the disruption. Means with intervals that hold together."
)
BACK = (
    "Days from the beginning of the disruption until service, the mean of a week, was back for three days running: the "
    "median of the runs in which it failed. Darker where more runs failed."
)
COST = (
    "Dollars more than in the same world without it, and orders that came more than a day earlier or later. Orders "
    "that are cancelled cost nothing to ship, so a lasting event may look cheap: the service lost says what it did."
)


def _maps(found: Sequence[Cell]) -> list[tuple[str, str, Html]]:
    lost = _heat_map(found, "loss_area_days", lambda cell: amount(cell, "loss_area_days", ".2f"))
    return [
        (_most(found, "loss_area_days", "Service lost: {:.2f} days at most"), LOST, lost),
        (_recovery(found), BACK, _heat_map(found, "", back)),
        (_most(found, "event_cost_usd", "Cost: ${:,.0f} at most"), COST, _heat_map(found, "event_cost_usd", _cost)),
    ]


DAYS = (
    "The mean over all runs and, as a band, P10 to P90; dashed, the same world without the disruption. Shaded is what "
    "came at the same time in every run; an upright line is the day on which service was back, the median of the runs "
    "in which it failed and came back. Service of a day is that of the orders due in the week up to it."
)


def _day_by_day(found: Sequence[Cell], courses: Sequence[Course]) -> tuple[str, str, Html]:
    """Draw every trial day by day, those of the weakest links unfolded."""
    by_place = {(cell.design, cell.disruption): cell for cell in found}
    weakest = [(cell.design, cell.disruption) for links in weakest_links(found).values() for cell in links[:1]]

    def words(course: Course) -> str:
        cell = by_place[course.design, course.disruption]
        lost = amount(cell, "loss_area_days", ".2f")
        return f"days of service lost: {lost}; back after, days: {back(cell)}"

    return "Day by day, with the disruption and without it", DAYS, course_list(courses, weakest, words)


def _most(found: Sequence[Cell], measure: str, words: str) -> str:
    """Say where a measure is highest."""
    worst = max(found, key=lambda cell: _heat(cell, measure))
    most = _heat(worst, measure)
    return (
        f"{words.format(most)}, {worst.design} in {worst.disruption}" if most else f"{words.partition(':')[0]}: nothing"
    )


def _recovery(found: Sequence[Cell]) -> str:
    """Say in how many trials service failed, and whether it was back everywhere."""
    failed = [cell for cell in found if cell.failed]
    if not failed:
        return "Service never failed"
    never = sum(cell.not_back > 0 for cell in failed)
    rest = f"; in {never} it was not back in every run" if never else ", and came back"
    return f"Service failed in {len(failed)} of {len(found)} trials{rest}"


def _cost(cell: Cell) -> str:
    hit = cell.estimates.get("orders_hit")
    orders = "" if hit is None else f"; {hit.mean:,.0f} orders hit"
    return f"{amount(cell, 'event_cost_usd', '+,.0f')}{orders}"


def _heat_map(found: Sequence[Cell], measure: str, words: Callable[[Cell], str]) -> Html:
    """Draw designs against disruptions, shaded by a measure, or without one by the share of runs that failed."""
    designs = list(dict.fromkeys(cell.design for cell in found))
    by_place = {(cell.design, cell.disruption): cell for cell in found}
    most = max([_heat(cell, measure) for cell in found]) or 1.0
    head = [tag("th", tag("span", "Disruption", class_="unseen"), scope="col")]
    head += [tag("th", design, scope="col") for design in designs]
    rows = [
        tag(
            "tr",
            tag("th", disruption, scope="row"),
            *(
                _shaded(words(cell), _heat(cell, measure) / most)
                for cell in (by_place[one, disruption] for one in designs)
            ),
        )
        for disruption in dict.fromkeys(cell.disruption for cell in found)
    ]
    table = tag("table", tag("thead", tag("tr", *head)), tag("tbody", *rows), class_="confusion")
    return tag("div", table, class_="scroll", tabindex="0", role="region", aria_label="Designs and disruptions")


def _heat(cell: Cell, measure: str) -> float:
    if not measure:
        return cell.failed / cell.happened if cell.happened else 0.0
    estimate = cell.estimates.get(measure)
    return max(0.0, estimate.mean) if estimate is not None else 0.0


def _shaded(words: str, share: float) -> Html:
    if not share:
        return tag("td", words, class_="none")
    ink = "#fff" if share > DARK_FROM else palette.INK
    return tag("td", words, style=f"background:{palette.shade(share)};color:{ink}")
