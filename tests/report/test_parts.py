import pandas as pd
import pytest

from twin.report.kpis import Kpis
from twin.report.parts import COST, read_parts, rounded_to_sum


def some_kpis(**values):
    network = {kpi: pd.DataFrame({"a": [value[0]], "b": [value[1]]}) for kpi, value in values.items()}
    return Kpis(network, {})


def test_rounded_parts_add_up_to_the_rounded_total():
    parts = [0.333, 0.333, 0.334]

    assert sum(rounded_to_sum(parts, sum(parts), 2)) == pytest.approx(1.0)
    assert rounded_to_sum(parts, 1.0, 2) == [0.33, 0.33, 0.34]


def test_signed_parts_add_up_too():
    parts = [-1.744, -0.224, 0.824, -0.536]

    rounded = rounded_to_sum(parts, -1.68, 2)

    assert round(sum(rounded), 2) == -1.68
    assert all(abs(a - b) <= 0.011 for a, b in zip(parts, rounded, strict=True))


def test_no_part_is_missing_without_a_trace():
    kpis = some_kpis(cost=(10.0, 9.0), label=(6.0, 5.0), labor=(3.0, 3.5))

    parts = read_parts(kpis, "cost", {"label": "Labels", "labor": "Labor"})

    assert parts.names == ("Labels", "Labor", "Other")
    assert parts.changes("a", "b") == pytest.approx([-1.0, 0.5, -0.5])


def test_parts_that_make_up_the_whole_leave_nothing_over():
    kpis = some_kpis(cost=(9.0, 8.5), label=(6.0, 5.0), labor=(3.0, 3.5))

    assert read_parts(kpis, "cost", {"label": "Labels", "labor": "Labor"}).names == ("Labels", "Labor")


def test_a_total_nobody_measured_has_no_parts():
    assert read_parts(some_kpis(), "cost", {"label": "Labels"}).names == ()


def test_inbound_is_not_called_transfers_which_are_not_modeled():
    assert COST["inbound_cpo"] == "Inbound"


def test_returns_are_one_part_and_cost_nothing_where_nobody_returns():
    returns = pd.DataFrame({"b": [1.5, 2.5]})
    cost = pd.DataFrame({"a": [9.0, 9.0], "b": [10.5, 11.5]})
    label = pd.DataFrame({"a": [9.0, 9.0], "b": [9.0, 9.0]})
    kpis = Kpis({"cost_per_order": cost, "label_cpo": label, "returns_cpo": returns}, {})

    parts = read_parts(kpis, "cost_per_order", COST)

    assert parts.names == ("Shipping labels", "Returns")
    assert parts.changes("a", "b") == [0.0, 2.0]
