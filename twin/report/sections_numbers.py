"""Sections 3, 4 and 8: differences with their intervals, cost and carbon in parts, and the Pareto figure."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite

import pandas as pd

from twin.report import numbers
from twin.report.answer import Answer
from twin.report.fig_bridge import BridgeFrames, Step, fig_bridge
from twin.report.fig_forest import fig_forest, forest_frames
from twin.report.fig_pareto import ParetoDrawing, fig_pareto
from twin.report.figures import Drawn
from twin.report.judgments import Judgment
from twin.report.markup import Html, join, tag
from twin.report.page import Section, figure, missing
from twin.report.pareto import RESAMPLES, ParetoFrames, pareto_frames
from twin.report.parts import CARBON, COST, Parts, read_parts, rounded_to_sum
from twin.report.sentences import COST as COST_KPI
from twin.report.sentences import bridge_finding, forest_finding
from twin.report.spread import half_width
from twin.report.strips import bar
from twin.report.study import Design
from twin.report.words import MORE_RUNS, capitalized, in_words, inside, inside_measure, is_or_are

DECIMALS = 2
BAR_PX = 96
FEWEST_FOR_PARETO = 3
FEWEST_RUNS = 3
"""Two runs give simultaneous boxes a hundred standard errors wide."""
COST_WIDTH_PX, CARBON_WIDTH_PX = 610, 445


def forest_section(answer: Answer) -> Section | None:
    """Show every candidate against the baseline on every measure."""
    if not answer.judgments:
        return None
    frames = forest_frames(_forest_order(answer), answer.recommended, answer.study.measures, answer.judgments)
    finding = forest_finding(answer)
    count = len(answer.study.candidates())
    several = f" ({in_words(count)} candidates at once)" if count > 1 else ""
    difference = "Paired difference" if answer.paired else "Difference"
    lede = (
        f"{difference} from {inside(answer.baseline.title)} with {answer.study.level} intervals{several}. "
        "Gray band: too small to matter. Color only where the interval excludes zero."
    )
    tables = {"forest": _forest_table(answer.judgments)}
    if not frames.panels:
        why = "no measure is known in two runs" if answer.has_intervals else "one run gives no interval"
        words = f"Not drawn: {why}, and so there is no verdict; {MORE_RUNS}."
        return Section("forest", finding, "", missing(words), tables=tables)
    drawn = Drawn(fig_forest(frames, narrow=False), fig_forest(frames, narrow=True))
    note = (
        f"{capitalized(answer.run_words())}; {_alike_words(answer)}. "
        f"{answer.study.primary.title} decides; the other measures are exploratory."
    )
    return Section("forest", finding, lede, figure("forest", finding), note, {"forest": drawn}, tables)


def _alike_words(answer: Answer) -> str:
    """Say what all designs met alike, as far as that is known."""
    if not answer.paired:
        return "designs met different orders, so runs make no pairs"
    luck = " and the same luck" if answer.study.same_world else ""
    differ = "; disruptions or luck differ" if answer.study.same_world is False else ""
    return f"each replication uses the same orders{luck} in every design{differ}"


def _forest_order(answer: Answer) -> tuple[Design, ...]:
    last = [design for design in answer.study.candidates() if design.name == answer.choice.focus]
    return (*(d for d in answer.study.candidates() if d.name != answer.choice.focus), *last)


def _forest_table(judgments: tuple[Judgment, ...]) -> pd.DataFrame:
    rows = [
        {
            "kpi": j.measure.kpi,
            "measure": j.measure.title,
            "unit": j.measure.unit,
            "design": j.design,
            "baseline_mean": j.baseline_mean,
            "mean": j.candidate_mean,
            "difference": j.difference,
            "low": j.low,
            "high": j.high,
            "matters_from": j.threshold,
            "verdict": j.verdict.words,
            "correlation": j.correlation,
            "runs": j.runs,
        }
        for j in judgments
    ]
    return pd.DataFrame(rows)


def cost_section(answer: Answer) -> Section | None:
    """Show what cost and carbon are made of, and what changes between the baseline and the design in focus."""
    cost = read_parts(answer.kpis, COST_KPI, COST)
    carbon = read_parts(answer.kpis, "co2e_kg_per_order", CARBON)
    if not cost.names:
        return None
    figures: dict[str, Drawn] = {}
    pieces: list[Html] = []
    finding = "What an order costs"
    lede = "Cost per delivered order by component."
    judgment = answer.judgment(COST_KPI)
    if judgment is not None and judgment.known:
        changes = rounded_to_sum(
            cost.changes(answer.study.baseline, answer.choice.focus), judgment.difference, DECIMALS
        )
        finding = bridge_finding(judgment.difference, list(zip(cost.names, changes, strict=True)))
        lede = (
            f"From {inside(answer.baseline.title)} (zero line) to {inside(answer.focus.title)}, one component at a "
            f"time; the last bar is the total with its {answer.study.level} interval."
        )
        figures, pieces = _bridges(answer, {"cost": cost, "carbon": carbon}, finding)
    pieces.append(_component_table(answer, cost))
    note = (
        "Fixed cost of nodes is spread over delivered orders. Parts are rounded so that they add up to the total."
        f"{' Gray bars: the interval of that part includes zero.' if figures else ''}"
    )
    tables = {"cost": _parts_table(cost), "carbon": _parts_table(carbon)}
    return Section("cost", finding, lede, join(pieces), note, figures, tables)


def _bridges(answer: Answer, parts: Mapping[str, Parts], finding: str) -> tuple[dict[str, Drawn], list[Html]]:
    figures, places = {}, []
    widths = {"cost": COST_WIDTH_PX, "carbon": CARBON_WIDTH_PX}
    for name, found in parts.items():
        judgment = answer.judgment(found.total_kpi)
        if judgment is not None and judgment.known and found.names:
            frames = _bridge_frames(answer, found, judgment)
            wide = fig_bridge(frames, narrow=False, width_px=widths[name])
            figures[f"bridge-{name}"] = Drawn(wide, fig_bridge(frames, narrow=True))
            spoken = finding if name == "cost" else f"{frames.title}: {judgment.difference_text}"
            places.append(figure(f"bridge-{name}", spoken, widths[name]))
    return figures, [tag("div", *places, class_="figures two")]


def _bridge_frames(answer: Answer, parts: Parts, judgment: Judgment) -> BridgeFrames:
    dollars = parts.total_kpi == COST_KPI
    write = numbers.usd if dollars else _bare
    baseline, focus = answer.study.baseline, answer.choice.focus
    changes = rounded_to_sum(parts.changes(baseline, focus), judgment.difference, DECIMALS)
    digits = max(DECIMALS, judgment.digits)
    decided = {name: _is_decided(answer, kpi) for kpi, name in (COST | CARBON).items()}
    steps = tuple(
        Step(name, change, numbers.signed(change, write, DECIMALS) if change else "no change", decided.get(name, False))
        for name, change in zip(parts.names, changes, strict=True)
    )
    return BridgeFrames(
        title=f"Change in {'cost' if dollars else 'carbon'} per order",
        unit="$" if dollars else "kg CO₂e",
        start=(answer.baseline.title, write(judgment.baseline_mean, DECIMALS)),
        end=(answer.focus.title, write(judgment.candidate_mean, DECIMALS)),
        steps=steps,
        total=round(sum(changes), DECIMALS),
        total_text=numbers.signed(judgment.difference, write, digits),
        low=judgment.low,
        high=judgment.high,
        interval_text=numbers.interval(judgment.low, judgment.high, judgment.measure.unit, digits),
        recommended=answer.recommended == focus,
    )


def _bare(value: float, digits: int) -> str:
    """Write carbon without its unit, which stands in the title."""
    return numbers.co2e(value, digits).split(" ", maxsplit=1)[0]


def _is_decided(answer: Answer, kpi: str) -> bool:
    """Answer whether the change of a component leaves zero out of its interval."""
    names = (answer.study.baseline, answer.choice.focus)
    table = answer.kpis.of(kpi, *names)
    if table is None:
        return False
    change = (table[names[1]] - table[names[0]]).dropna()
    half = half_width(change, 1 - answer.study.alpha)
    return isfinite(half) and abs(float(change.mean())) > half


def _component_table(answer: Answer, parts: Parts) -> Html:
    designs = answer.drawn
    columns = {d.name: _rounded_column(parts, d.name) for d in designs}
    widest = max(max(column) for column in columns.values()) or 1.0
    heads = [tag("th", tag("span", "Component", class_="unseen"), scope="col")]
    for design in designs:
        chosen = " chosen" if design.name == answer.recommended else ""
        heads.append(tag("th", design.title, scope="col", colspan=2, class_=f"pair{chosen}"))
    rows = []
    for index, name in enumerate(parts.names):
        cells = [tag("th", name, scope="row")]
        for design in designs:
            value = columns[design.name][index]
            chosen_bar = bar(value / widest, BAR_PX, chosen=design.name == answer.recommended)
            cells += [tag("td", f"{value:.2f}", class_="number"), tag("td", chosen_bar, class_="track")]
        rows.append(tag("tr", *cells))
    caption = "Cost per order by component, $"
    table = tag(
        "table",
        tag("caption", caption),
        tag("thead", tag("tr", *heads)),
        tag("tbody", *rows),
        tag("tfoot", tag("tr", *_total_cells(answer, parts))),
    )
    return tag("div", table, class_="scroll parts", tabindex="0", role="region", aria_label=caption)


def _rounded_column(parts: Parts, design: str) -> list[float]:
    return rounded_to_sum([float(value) for value in parts.means[design]], parts.totals[design], DECIMALS)


def _total_cells(answer: Answer, parts: Parts) -> list[Html]:
    table = answer.kpis.network[parts.total_kpi]
    cells = [tag("th", "Cost per order, $", scope="row")]
    for design in answer.drawn:
        half = half_width(table[design.name].dropna(), 1 - answer.study.alpha)
        spread = f"±{half:.2f}" if isfinite(half) else ""
        cells.append(tag("td", f"{parts.totals[design.name]:.2f}", class_="number"))
        cells.append(tag("td", spread, class_="track quiet"))
    return cells


def _parts_table(parts: Parts) -> pd.DataFrame:
    table = parts.means.copy()
    table.loc["Total"] = pd.Series(parts.totals)
    return table.rename_axis("component").reset_index()


def pareto_section(answer: Answer) -> Section | None:
    """Show all designs on cost and service at once, when there are three or more."""
    if len(answer.study.designs) < FEWEST_FOR_PARETO:
        return None
    frames = pareto_frames(answer.study, answer.kpis)
    if frames is None or frames.runs < FEWEST_RUNS:
        return None
    named = tuple(design.name for design in answer.drawn)
    notes = {name: _carbon_note(answer, name) for name in named}
    finding = _pareto_finding(answer, frames)
    drawing = ParetoDrawing(answer.study, frames, named, answer.recommended, notes)
    drawn = Drawn(fig_pareto(drawing, narrow=False), fig_pareto(drawing, narrow=True))
    lede = (
        f"Mean and simultaneous {answer.study.level} box of each design. Front: share of {RESAMPLES:,} resamples of "
        "the runs in which no other design is better on both."
    )
    sides = ("left" if frames.across.better == "lower" else "right", "up" if frames.up.better == "higher" else "down")
    boxes, of = (" are per design; the paired differences above are tighter", "paired ") if answer.paired else (
        " are per design", "")  # fmt: skip
    note = (
        f"{sides[1].capitalize()} and {sides[0]} is better. Boxes{boxes}. "
        f"A design counts as beaten only when {of}simultaneous intervals say so on both measures."
    )
    body = figure("pareto", finding)
    return Section("pareto", finding, lede, body, note, {"pareto": drawn}, {"pareto": _pareto_table(frames)})


def _carbon_note(answer: Answer, design: str) -> str:
    mean = answer.kpis.mean("co2e_kg_per_order", design)
    return "" if mean is None else f"{mean:.2f} kg CO₂e"


def _pareto_finding(answer: Answer, frames: ParetoFrames) -> str:
    pair = f"{inside_measure(frames.across.title)} and {inside_measure(frames.up.title)}"
    if not frames.beaten:
        return f"No design is beaten on both {pair}"
    if len(frames.beaten) == len(frames.standings) - 1:
        last = next(found.design for found in frames.standings if found.design not in frames.beaten)
        title = inside(answer.study.design(last).title)
        return f"Nothing beats {title}; every other design is beaten on both {pair}"
    if len(frames.beaten) == 1:
        title = answer.study.design(next(iter(frames.beaten))).title
        return f"{capitalized(title)} {is_or_are(title)} beaten on both {pair}; no other design is"
    left = len(frames.standings) - len(frames.beaten)
    verb = "is" if left == 1 else "are"
    count = f"{in_words(len(frames.beaten))} of {in_words(len(frames.standings))}"
    return f"{capitalized(count)} designs are beaten on both {pair}; {in_words(left)} {verb} not"


def _pareto_table(frames: ParetoFrames) -> pd.DataFrame:
    across, up = frames.across.kpi, frames.up.kpi
    rows = [
        {
            "design": found.design,
            across: found.across,
            f"{across}_half_width": found.half_across,
            up: found.up,
            f"{up}_half_width": found.half_up,
            "front_share": found.front_rate,
            "beaten": found.design in frames.beaten,
        }
        for found in frames.standings
    ]
    return pd.DataFrame(rows)
