"""What all imports of decisions share: files, tables, places in the scenario, the log and what is said of it."""

from __future__ import annotations

import csv
import json

import pytest

from tests.calibration.decision_exports import HOTWAX, MSI, SHOPIFY, imported, model, orders, written
from tests.calibration.routing_exports import changed
from tests.policies.worlds import SnapshotView, an_order, ways_from
from twin.calibration.decision_import import Sources, import_decisions, line_skus, summary
from twin.calibration.decision_import.orders import NotPlaced
from twin.calibration.decision_import.placing import assumed_offer, decided
from twin.calibration.decision_import.taken import Shipped, Taken
from twin.calibration.decision_log import read_log
from twin.domain.errors import ConfigurationError

STOCK = "node,sku,units\ncolumbus,mug,2\nreno,mug,5\n"


def test_an_unknown_system_is_refused(tmp_path) -> None:
    with pytest.raises(
        ConfigurationError, match="--from: the system 'magento'\n  expected: one of hotwax, msi, shopify"
    ):
        imported(tmp_path, "magento", MSI)


def test_an_unknown_service_level_is_refused(tmp_path) -> None:
    with pytest.raises(ConfigurationError, match="--service-level: 'slow'\n  expected: one of standard, next_day"):
        imported(tmp_path, "shopify", SHOPIFY, service_level="slow")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("export.csv", "a,b", r"export\.csv: the ending '\.csv'\n  expected: one of \.json, \.jsonl, \.ndjson"),
        ("export.json", "{", r"export\.json: Expecting property name"),
        ("export.json", "7", r"export\.json: 7\n  expected: a list of records, or an object .* 'fulfillment_orders'"),
        ("export.json", "{}", r"export\.json: \{\}\n  expected: a list of records"),
        ("export.json", "[7]", r"export\.json, \[0\]: 7\n  expected: an object"),
        ("export.json", "[]", r"export\.json: no decision\n  expected: at least one decision"),
        ("export.json", '[{"a": 1, "a": 2}]', r"export\.json: the key 'a' twice in one object"),
        ("export.json", "[NaN]", r"export\.json: NaN, which is no JSON"),
        ("export.json", "[" * 100_000, r"export\.json: objects in objects without end"),
        ("export.jsonl", '{"a": 1}\n\n{"a"', r"export\.jsonl, line 3: Expecting ':' delimiter"),
    ],
)
def test_a_file_of_another_form_is_refused(tmp_path, name: str, text: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        imported(tmp_path, "shopify", text, name)


def test_a_file_that_is_not_there_is_refused(tmp_path) -> None:
    with pytest.raises(ConfigurationError, match=r"nowhere\.json: No such file or directory"):
        import_decisions("msi", tmp_path / "nowhere.json", model(), Sources(), tmp_path / "log.jsonl")


def test_a_file_that_is_no_text_is_refused(tmp_path) -> None:
    (tmp_path / "export.json").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(ConfigurationError, match="expected: a text in UTF-8"):
        import_decisions("msi", tmp_path / "export.json", model(), Sources(), tmp_path / "log.jsonl")


def test_no_more_malformed_values_are_told_than_a_person_looks_at(tmp_path) -> None:
    export = changed(SHOPIFY, 0, created_at="yesterday")[:1] * 30

    with pytest.raises(ConfigurationError) as caught:
        imported(tmp_path, "shopify", export)

    assert len(caught.value.problems) == 25


def test_an_opening_stock_makes_pictures_and_decisions_are_taken_from_it(tmp_path) -> None:
    stock = written(tmp_path, STOCK, "stock.csv")
    again = changed(SHOPIFY, 0, order_id=5002, created_at="2025-09-08T12:30:00-04:00")[:1]

    found = imported(tmp_path, "shopify", [*again, *SHOPIFY], stock=stock)

    first, second = (one.request.snapshot for one in found.log)
    assert (first.taken_at, second.taken_at) == (12.0, 12.5)
    assert [first.nodes[node].stock["mug"].available for node in ("columbus", "reno")] == [2, 5]
    assert (second.nodes["columbus"].stock["mug"].available, second.nodes["columbus"].stock["mug"].reserved) == (0, 2)


def test_of_what_the_shelves_lack_as_much_is_taken_as_there_is(tmp_path) -> None:
    stock = written(tmp_path, "node,sku,units\ncolumbus,mug,1\n", "stock.csv")
    again = changed(SHOPIFY, 0, order_id=5002, created_at="2025-09-08T12:30:00-04:00")[:1]

    found = imported(tmp_path, "shopify", [*SHOPIFY, *again], stock=stock)

    assert found.log[1].request.snapshot.nodes["columbus"].stock["mug"].available == 0


def test_without_a_stock_there_are_no_pictures(tmp_path) -> None:
    found = imported(tmp_path, "shopify", SHOPIFY)

    assert [one.request.snapshot for one in found.log] == [None]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("", r"stock\.csv: no table\n  expected: a CSV table with the columns node,sku,units"),
        ("node,sku\n", r"stock\.csv: the columns node, sku\n"),
        ("node,sku,units\nreno,mug\n", r"stock\.csv, row 2: 2 cells\n  expected: 3, one for each column"),
        ("node,sku,units\nrenn,mug,1\n", r"row 2: node 'renn'\n  expected: a node of the network\n.*'reno'"),
        ("node,sku,units\nreno,cup,1\n", r"row 2: sku 'cup'\n  expected: a sku of the network"),
        ("node,sku,units\nreno,mug,-1\n", r"row 2: units '-1'\n  expected: a whole number from 0"),
        ("units,node,sku\n1,reno,mug\n2,reno,mug\n", r"row 3: 'mug' at 'reno' again\n  expected: one row for each"),
    ],
)
def test_a_malformed_stock_is_refused(tmp_path, table: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        imported(tmp_path, "shopify", SHOPIFY, stock=written(tmp_path, table, "stock.csv"))


def test_the_products_of_order_lines_are_found_by_order_and_line() -> None:
    rows = [{"order_id": "A", "line_id": "1", "sku": "mug"}, {"order_id": "A", "line_id": "2", "sku": "lamp"}]

    assert line_skus(rows) == {"A": {"1": "mug", "2": "lamp"}}


def test_a_node_without_a_service_to_the_customer_cannot_have_shipped(tmp_path) -> None:
    view, order = SnapshotView(ways_from("reno"), {"reno": {}, "columbus": {}}), an_order(mug=1)
    taken = Taken("[0]", "A", (Shipped("columbus", "mug", 1),))

    assert assumed_offer(order, "columbus", order.lines, view) is None
    with pytest.raises(NotPlaced, match="node 'columbus' has no service that takes 1 of mug to 432"):
        decided(taken, order, view, model().network)


def test_the_log_and_the_numbers_of_its_orders_are_written(tmp_path) -> None:
    log = tmp_path / "logs" / "monday.jsonl"
    export = written(tmp_path, changed(SHOPIFY[:1], 0, order_id="#1, the first"))

    found = import_decisions("shopify", export, model(), Sources(), log)

    assert tuple(read_log(log)) == found.log
    with (log.parent / "monday.orders.csv").open(encoding="utf-8", newline="") as table:
        assert list(csv.reader(table)) == [["order_id", "order_number"], ["#1, the first", "0"]]


@pytest.mark.parametrize("there", ["log.jsonl", "log.orders.csv"])
def test_files_that_are_there_are_kept_unless_told_otherwise(tmp_path, there: str) -> None:
    (tmp_path / there).write_text("mine", "utf-8")
    export = written(tmp_path, SHOPIFY[:1])

    with pytest.raises(ConfigurationError, match="something that is there already"):
        import_decisions("shopify", export, model(), Sources(), tmp_path / "log.jsonl")
    assert (tmp_path / there).read_text("utf-8") == "mine"
    import_decisions("shopify", export, model(), Sources(), tmp_path / "log.jsonl", overwrite=True)

    assert (tmp_path / there).read_text("utf-8") != "mine"


def test_a_folder_that_cannot_be_written_to_is_said(tmp_path) -> None:
    (tmp_path / "file").write_text("", "utf-8")

    with pytest.raises(ConfigurationError, match=r"log\.jsonl: .*\n  expected: a folder that can be written to"):
        import_decisions("shopify", written(tmp_path, SHOPIFY[:1]), model(), Sources(), tmp_path / "file" / "log.jsonl")


def test_the_summary_says_what_is_assumed_and_counts_what_is_alike(tmp_path) -> None:
    noted = [{**record, "note": "gift"} for record in json.loads(json.dumps(HOTWAX))]
    found = imported(tmp_path, "hotwax", [*noted, {**HOTWAX[0], "orderId": "A-9"}], orders=orders())

    said = summary(found, tmp_path / "log.jsonl").splitlines()

    assert said[0].endswith("log.jsonl: 1 decision on 1 order, 0 with a picture of the network.")
    assert said[1].endswith("log.orders.csv: the number of each order.")
    assert said[2] == (
        "Services are assumed in 1 decision: the cheapest of the node that keeps the promise, else the fastest."
    )
    assert said[3] == "Left out: 3:"
    assert said[4] == '  [0].note: "gift": the twin does not know this key (and 1 more)'
    assert said[5].startswith("  [2]: ")
    assert said[5].endswith("order 'A-9' is not in the table orders")


def test_the_summary_counts_the_decisions_that_have_no_place(tmp_path) -> None:
    strangers = [changed(SHOPIFY, 0, order_id=number, destination=None)[0] for number in (6000, 6001)]
    found = imported(tmp_path, "shopify", [*SHOPIFY, *strangers])

    said = summary(found, tmp_path / "log.jsonl")

    assert "Decisions left out: 2." in said
    assert said.endswith("begins (and 1 more)")


def test_the_summary_says_what_a_table_of_stock_does_not_know(tmp_path) -> None:
    found = imported(tmp_path, "shopify", SHOPIFY, stock=written(tmp_path, STOCK, "stock.csv"))

    assert "receipts are not known" in summary(found, tmp_path / "log.jsonl")
    assert "receipts" not in summary(imported(tmp_path, "msi", MSI), tmp_path / "log.jsonl")
