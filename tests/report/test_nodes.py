from dataclasses import replace
from math import nan

import pytest

from twin.report.nodes import NodeRow, node_rows, nodes_csv, nodes_finding, nodes_table

COLUMNS = (
    "orders_per_day utilization cost_per_order_usd on_time_arrival_rate transit_hours_p90 mean_zone co2e_kg_per_order"
)


def a_node(label, utilization, orders=100.0):
    means = dict.fromkeys(COLUMNS.split(), 1.0) | {"utilization": utilization, "orders_per_day": orders}
    return NodeRow(label.lower(), label, "dc", means, dict.fromkeys(means, 0.1))


def test_nodes_stand_by_orders_a_day(answer):
    rows = node_rows(answer.study, answer.focus, answer.kpis)

    volumes = [row.means["orders_per_day"] for row in rows]
    assert volumes == sorted(volumes, reverse=True)
    assert len(rows) == 11


def test_orders_a_day_are_those_of_the_measured_days(answer):
    rows = node_rows(answer.study, answer.baseline, answer.kpis)

    delivered = answer.kpis.of_node("central_dc", "columbus", "orders_delivered").mean()
    assert rows[0].means["orders_per_day"] == pytest.approx(delivered / 7)


@pytest.mark.parametrize(
    ("used", "finding"),
    [
        ((0.7, 0.8), "No node is busy more than 85% of its staffed hours; Reno, NV comes closest at 80%"),
        ((0.9, 0.8), "One of two nodes is busy more than 85% of the staffed hours: Ohio most, 90%"),
        ((0.9, 0.95), "Two of two nodes are busy more than 85% of the staffed hours: Reno, NV most, 95%"),
        ((nan, nan), "Two nodes share the orders"),
    ],
)
def test_the_heading_says_how_full_the_nodes_are(used, finding):
    rows = [a_node("Ohio", used[0]), a_node("Reno, NV", used[1])]

    assert nodes_finding(rows) == finding.replace("Reno, NV", "Reno")


def test_one_node_alone_is_not_compared_with_others():
    assert nodes_finding([a_node("Ohio", 0.8)]) == "Ohio is busy 80% of its staffed hours"


def test_only_a_node_that_is_too_busy_is_rust():
    assert "number worse" in nodes_table([a_node("Ohio", 0.91)], "Nodes")
    assert "number worse" not in nodes_table([a_node("Ohio", 0.89)], "Nodes")


def test_a_number_nobody_knows_is_said_to_be_missing():
    assert ">n/a<" in nodes_table([a_node("Ohio", nan)], "Nodes")


def test_the_csv_has_a_half_width_for_every_number():
    table = nodes_csv([replace(a_node("Ohio", 0.8))])

    assert table["utilization_half_width"].tolist() == [0.1]
    assert len(table.columns) == 3 + 2 * 7
