"""Pictures made after the fact are those that the twin's own routing would have had, and orders keep their numbers."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from tests.assemble.tiny import Tiny
from tests.calibration.decision_exports import model, written
from tests.factories import an_order, given_orders
from twin.assemble import build
from twin.assemble.rows import Findings
from twin.assemble.trace import traced_orders
from twin.calibration.decision_import import Sources, import_decisions, line_skus, production_orders, read_decisions
from twin.calibration.decision_import.pictures import Pictures
from twin.calibration.replaying import replay_policy
from twin.config import parse
from twin.policies.conformance import Recorded
from twin.policies.contract import decision_from, order_from
from twin.policies.snapshot import Snapshot
from twin.simulation.run import simulate
from twin.simulation.world import Model

STOCK = {"columbus": {"mug": 4, "lamp": 1}, "reno": {"mug": 4, "lamp": 4}}
ITEMS = {"A-1": {"1": "mug", "2": "lamp"}, "B-2": {"1": "mug"}}


def recorded(model: Model, folder: Path) -> list[Recorded]:
    """Simulate a model and return every decision with its picture."""
    cases: list[Recorded] = []
    simulate(replace(model, record=cases.append), folder, 1, 0)
    return cases


def without_work(picture: Snapshot) -> Snapshot:
    """Return a picture without the work that waits, which no export tells."""
    nodes = {name: msgspec.structs.replace(node, backlog_hours=0.0) for name, node in picture.nodes.items()}
    return msgspec.structs.replace(picture, nodes=nodes)


def test_pictures_are_those_of_a_run_as_long_as_nothing_is_received_or_shipped(tmp_path) -> None:
    # until after the last order of a day, and long after the trucks of Columbus have gone
    instants = (9.3, 9.4, 12.0, 13.99, 17.2, 23.5)
    given = [an_order(at, "606", mug=1, lamp=1) for at in instants]
    world = replace(model(), demand=given_orders(given, model().network), opening_stock=STOCK)
    cases = [case for case in recorded(world, tmp_path) if case.request.snapshot.taken_at < 17]
    assert len(cases) >= 4
    (tmp_path / "pictures").mkdir()
    pictures = Pictures(world, STOCK, tmp_path / "pictures")

    for case in cases:
        order = order_from(case.request.order)
        view = pictures.at(case.request.snapshot.taken_at)
        assert pictures.picture(order) == without_work(case.request.snapshot)
        pictures.take(decision_from(case.answer, order, view))


@pytest.fixture
def trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tiny:
    """The tiny scenario with two real orders, A-1 and B-2."""
    monkeypatch.chdir(tmp_path)
    tiny = Tiny(tmp_path)
    for key, value in {"kind": "trace", "orders": "orders.csv", "order_lines": "order_lines.csv"}.items():
        tiny.set(f"demand.{key}", value)
    tiny.set("replenishment", {"kind": "none"})
    tiny.set("network.stock", "stock.csv")
    return tiny


def known_orders(tiny: Tiny):
    config = parse(tiny.values)
    made = build(config)
    found = traced_orders(config, made.network, made.horizon, Findings())
    return made, production_orders(made, found, ITEMS)


def test_known_orders_are_the_orders_that_a_run_of_the_trace_meets(trace) -> None:
    made, known = known_orders(trace)

    met = {case.request.order.order_number: case.request.order for case in recorded(made, trace.folder)}

    assert {one.message.order_number: one.message for one in known.values()} == met
    assert list(known) == ["A-1", "B-2"]
    assert known["A-1"].skus == {"1": "mug", "2": "lamp"}


def test_imported_decisions_can_be_replayed_on_the_orders_they_were_about(trace) -> None:
    made, known = known_orders(trace)
    traces = [
        {
            "orderId": order, "orderItemSeqId": item, "finalReason": "FULLY_BROKERED",
            "finalAssignments": [{"facilityId": node, "routedQty": units}],
        }
        for order, item, node, units in [("A-1", "1", "reno", 2), ("A-1", "2", "columbus", 1), ("B-2", "1", "reno", 1)]
    ]  # fmt: skip
    import_decisions("hotwax", written(trace.folder, traces), made, Sources(orders=known), trace.folder / "log.jsonl")
    policy = replay_policy({"kind": "replay", "log": "log.jsonl", "otherwise": None})

    cases = recorded(replace(made, routing=policy), trace.folder)

    assert [[one.node for one in case.answer.shipments] for case in cases] == [["reno", "columbus"], ["reno"]]
    assert not any(case.answer.unfilled for case in cases)


def test_rows_of_order_lines_give_the_products_of_items(trace) -> None:
    lines = (trace.folder / "order_lines.csv").read_text("utf-8").split()
    header, *rows = (line.split(",") for line in lines)

    assert line_skus([dict(zip(header, row, strict=True)) for row in rows]) == ITEMS


def test_an_order_that_the_tables_lack_is_left_out(trace) -> None:
    made, known = known_orders(trace)
    pair = {
        "inventoryRequest": {"items": [{"sku": "mug", "qty": 1}]},
        "result": {
            "source_selection_items": [{"source_code": "reno", "sku": "mug", "qty_to_deduct": 1, "qty_available": 1}]
        },
    }
    export = "\n".join(json.dumps({"order_id": order, **pair}) for order in ("B-2", "C-3"))

    found = read_decisions("msi", written(trace.folder, export, "export.jsonl"), made, Sources(orders=known))

    assert [(one.where, one.found, one.why) for one in found.left_out] == [
        ("line 2", "order 'C-3'", "it is not in the table orders")
    ]
    assert found.numbers == {"B-2": 1}
