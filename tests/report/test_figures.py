import json
from dataclasses import replace

import plotly.graph_objects as go
import pytest

from twin.report import palette
from twin.report.figures import LONG, Drawn, as_json
from twin.report.numbers import MINUS
from twin.report.sections_numbers import cost_section
from twin.report.template import NARROW_PX, Canvas, plain

SMALLEST_TEXT_PX = 11.5


def all_figures(sections):
    return {name: drawn for section in sections.values() for name, drawn in section.figures.items()}


def layouts(sections):
    return [figure for drawn in all_figures(sections).values() for figure in (drawn.wide, drawn.narrow)]


def words_of(figure):
    return [annotation.text for annotation in figure.layout.annotations]


def in_order(words, titles):
    """The titles in the order in which a figure names them first."""
    joined = " ".join(words).replace("<br>", " ")
    return sorted(titles, key=joined.index)


def test_every_figure_has_two_layouts_and_the_narrow_one_is_narrow(sections):
    for drawn in all_figures(sections).values():
        assert drawn.narrow.layout.width == NARROW_PX
        assert drawn.wide.layout.width > NARROW_PX


def test_designs_stand_in_one_order_everywhere(answer, sections):
    titles = [design.title for design in answer.drawn]
    flows = words_of(sections["flows"].figures["flows"].wide)
    promise = sections["times"].figures["promise"].wide.layout.yaxis.ticktext
    forest = words_of(sections["forest"].figures["forest"].wide)

    assert in_order([text for text in flows if "<b style" in text], titles) == titles
    assert in_order(promise, titles) == titles
    assert in_order(forest, titles[1:]) == titles[1:]
    assert in_order([sections["cost"].body], titles[1:]) == titles[1:]
    assert in_order([sections["difference"].body], titles[1:]) == titles[1:]


def test_no_figure_has_a_map_layer_that_fetches_anything(sections):
    for figure in layouts(sections):
        assert {trace.type for trace in figure.data} <= {"scatter", "bar"}


def test_no_text_is_too_small_to_read(sections):
    for figure in layouts(sections):
        sizes = [annotation.font.size for annotation in figure.layout.annotations if annotation.font.size]
        assert min(sizes, default=13) >= SMALLEST_TEXT_PX


def test_markers_are_never_made_transparent_by_a_size_array(sections):
    for figure in layouts(sections):
        for trace in figure.data:
            if trace.type == "scatter" and isinstance(trace.marker.size, tuple | list):
                assert trace.marker.opacity == 1


def test_the_forest_draws_each_estimate_inside_its_interval_with_band_and_zero(sections, answer):
    figure = sections["forest"].figures["forest"].wide
    lines = [trace for trace in figure.data if trace.mode == "lines"]
    points = [trace for trace in figure.data if trace.mode == "markers"]

    assert len(lines) == len(points) == 3 * len(answer.study.measures)
    for line, point in zip(lines, points, strict=True):
        assert line.x[0] <= point.x[0] <= line.x[1]
    bands = [shape for shape in figure.layout.shapes if shape.fillcolor == palette.BAND]
    assert len(bands) == len(answer.study.measures)
    assert all(band.x0 == -band.x1 < 0 for band in bands)


def test_color_on_the_forest_means_decided(sections):
    figure = sections["forest"].figures["forest"].wide

    for trace in figure.data:
        if trace.mode == "lines":
            decided = trace.x[0] > 0 or trace.x[1] < 0
            assert (trace.line.color != palette.INK_3) == decided


@pytest.mark.parametrize("name", ["bridge-cost", "bridge-carbon"])
def test_the_bars_of_a_bridge_add_up_to_its_total(sections, name):
    figure = sections["cost"].figures[name].wide
    bars = [trace for trace in figure.data if trace.type == "bar"]
    steps, total = bars[:-1], bars[-1]

    assert sum(bar.x[0] for bar in steps) == pytest.approx(total.x[0], abs=1e-9)
    ends = [bar.base[0] + bar.x[0] for bar in steps]
    assert [bar.base[0] for bar in steps] == pytest.approx([0.0, *ends[:-1]])


def test_the_printed_steps_of_the_bridge_add_up_to_the_printed_total(sections):
    texts = words_of(sections["cost"].figures["bridge-cost"].wide)
    numbers = [
        float(text.replace("<b>", "").replace("</b>", "").replace("$", "").replace(MINUS, "-"))
        for text in texts
        if "$" in text and " to " not in text and "span" not in text
    ]

    assert sum(numbers[:-1]) == pytest.approx(numbers[-1], abs=1e-9)


def test_the_total_of_the_bridge_has_the_digits_of_its_interval(answer):
    narrow = {"difference": -0.0118, "low": -0.0123, "high": -0.0113}
    judgments = tuple(replace(j, **narrow) if j.measure.kpi == "cost_per_order" else j for j in answer.judgments)

    section = cost_section(replace(answer, judgments=judgments))

    texts = words_of(section.figures["bridge-cost"].wide)
    assert f"<b>{MINUS}$0.012</b>" in texts
    assert f"{MINUS}$0.012 to {MINUS}$0.011" in texts


def test_the_total_of_the_bridge_lies_in_its_interval(sections):
    figure = sections["cost"].figures["bridge-cost"].wide
    total = [trace for trace in figure.data if trace.type == "bar"][-1]
    whisker = figure.data[-1]

    assert whisker.x[0] <= total.x[0] <= whisker.x[1]


def test_the_recommended_design_has_the_thickest_line_in_the_accent(sections):
    curves = sections["times"].figures["click-to-deliver"].wide.data[:4]

    assert curves[-1].line.color == palette.ACCENT
    assert curves[-1].line.width > max(curve.line.width for curve in curves[:-1])


def test_late_is_rust_in_every_ridge(sections):
    figure = sections["times"].figures["promise"].wide

    late = [trace for trace in figure.data if trace.fillcolor == palette.RUST]
    assert len(late) == 4
    assert all(min(trace.x) >= 0 for trace in late)


def test_undecided_areas_are_hollow_gray(sections, answer):
    figure = sections["difference"].figures["difference-distribution_network"].wide
    circles = figure.data[2]
    table = sections["difference"].tables["days"]
    mine = table[table["design"] == "distribution_network"]

    assert circles.marker.color.count(palette.PAPER) == (~mine["decided"]).sum()
    assert circles.marker.line.color.count(palette.AXIS) == (~mine["decided"]).sum()


def test_each_interval_of_an_area_contains_its_change(sections):
    table = sections["difference"].tables["days"]

    assert (table["low_hours"].isna() | (table["low_hours"] <= table["change_hours"])).all()
    assert (table["high_hours"].isna() | (table["high_hours"] >= table["change_hours"])).all()


def test_all_backlog_panels_have_the_same_pixels_per_hour(sections):
    figure = sections["backlog"].figures["backlog"].wide
    axes = [figure.layout[f"yaxis{number or ''}"] for number in ["", *range(2, 12)]]

    scales = [(axis.domain[1] - axis.domain[0]) / axis.range[1] for axis in axes]
    assert scales == pytest.approx([scales[0]] * len(scales), rel=1e-6)


def test_long_arrays_are_stored_once():
    canvas = Canvas(100, narrow=False)
    canvas.draw(go.Scatter(x=list(range(LONG + 1)), y=list(range(LONG + 1))))
    figure = canvas.figure()

    stored = json.loads(as_json({"one": Drawn(figure, figure)}))

    assert len(stored["arrays"]) == 1
    trace = stored["figures"]["one"]["narrow"]["data"][0]
    assert stored["arrays"][trace["x"]["$"]] == list(range(LONG + 1))


def test_stored_figures_cannot_end_their_script():
    canvas = Canvas(100, narrow=False)
    canvas.write({"text": plain("</script><script>alert(1)</script>"), "x": 0, "y": 0})
    figure = canvas.figure()

    text = as_json({"one": Drawn(figure, figure)})

    assert "<" not in text
    assert "&lt;/script&gt;" in json.loads(text)["figures"]["one"]["wide"]["layout"]["annotations"][0]["text"]
