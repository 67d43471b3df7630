"""What is written by an import, and which files and names are refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from tests.calibration.routing_exports import HOTWAX, MSI, SHOPIFY, STERLING, changed, imported, written
from twin.calibration.routing_import import import_routing, read_routing, summary
from twin.domain.errors import ConfigurationError
from twin.hydra_glue import compose
from twin.policies.routing import load

QUEUED = changed(HOTWAX, "routings", 1, orderFilters=[{"fieldName": "facilityId", "fieldValue": "PARKING"}])


def conf(folder: Path) -> Path:
    return folder / "conf" / "routing" / "ours.yaml"


@pytest.mark.parametrize(
    ("system", "export", "name"),
    [
        ("hotwax", HOTWAX, "a.json"),
        ("shopify", SHOPIFY, "a.json"),
        ("msi", MSI, "a.json"),
        ("sterling", STERLING, "a.xml"),
    ],
)
def test_the_written_file_is_the_policy_that_was_imported(tmp_path, system: str, export, name: str) -> None:
    found = import_routing(system, written(tmp_path, export, name), conf(tmp_path))

    text = conf(tmp_path).read_text("utf-8")
    assert load(yaml.safe_load(text)) == load(found.routing)


def test_the_file_says_where_it_is_from_and_what_was_left_out(tmp_path) -> None:
    found = import_routing("hotwax", written(tmp_path, QUEUED), conf(tmp_path))

    first, second, third, *_ = conf(tmp_path).read_text("utf-8").splitlines()
    assert first == "# Imported from export.json of HotWax Commerce."
    assert second == "# Left out (1):"
    assert third == f"#   - {found.left_out[0]}"


def test_order_management_goes_into_its_own_folder(tmp_path) -> None:
    import_routing("hotwax", written(tmp_path, HOTWAX), conf(tmp_path))

    dom = yaml.safe_load((tmp_path / "conf" / "dom" / "ours.yaml").read_text("utf-8"))
    assert dom == {"defaults": ["runs", "_self_"], "commit": "at_run", "run_every_minutes": 5}
    assert "[override /routing: ours, override /dom: ours]  # dom/ours.yaml" in conf(tmp_path).read_text("utf-8")


def test_order_management_stays_beside_a_routing_that_is_in_no_conf(tmp_path) -> None:
    import_routing("hotwax", written(tmp_path, HOTWAX), tmp_path / "ours.yaml")

    assert (tmp_path / "ours_dom.yaml").is_file()


def test_priorities_of_nodes_are_written_for_a_scenario(tmp_path) -> None:
    import_routing("msi", written(tmp_path, MSI), conf(tmp_path))

    assert "#       reno:\n#         priority: 2\n" in conf(tmp_path).read_text("utf-8")


def test_imported_parts_compose_like_shipped_ones(tmp_path, monkeypatch) -> None:
    import_routing("hotwax", written(tmp_path, HOTWAX), conf(tmp_path))
    monkeypatch.chdir(tmp_path)

    values = compose(["routing=ours", "dom=ours", "dom.stock_lag_minutes=30"]).values

    assert values["routing"]["routings"][0]["name"] == "Urgent"
    assert (values["dom"]["run_every_minutes"], values["dom"]["stock_lag_minutes"]) == (5, 30)


def test_a_file_that_is_there_is_kept(tmp_path) -> None:
    export = written(tmp_path, HOTWAX)
    dom = tmp_path / "conf" / "dom" / "ours.yaml"
    dom.parent.mkdir(parents=True)
    dom.write_text("commit: at_order\n", "utf-8")

    with pytest.raises(ConfigurationError, match=r"something that is there already(.|\n)*--overwrite"):
        import_routing("hotwax", export, conf(tmp_path))

    assert dom.read_text("utf-8") == "commit: at_order\n"
    assert not conf(tmp_path).exists()


def test_a_file_that_is_there_is_replaced_when_told(tmp_path) -> None:
    export = written(tmp_path, HOTWAX)
    conf(tmp_path).parent.mkdir(parents=True)
    conf(tmp_path).write_text("kind: min_cost\n", "utf-8")

    import_routing("hotwax", export, conf(tmp_path), overwrite=True)

    assert yaml.safe_load(conf(tmp_path).read_text("utf-8"))["kind"] == "rule_fallthrough"
    assert [file.name for file in conf(tmp_path).parent.iterdir()] == ["ours.yaml"]


def test_a_folder_is_never_replaced(tmp_path) -> None:
    conf(tmp_path).mkdir(parents=True)

    with pytest.raises(ConfigurationError, match="something that is there already"):
        import_routing("msi", written(tmp_path, MSI), conf(tmp_path), overwrite=True)


@pytest.mark.parametrize(
    ("name", "message"),
    [("ours.json", "expected: the ending '.yaml'"), ("-our routing.yaml", "the name '-our routing'")],
)
def test_names_that_no_part_can_have_are_refused(tmp_path, name: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        import_routing("msi", written(tmp_path, MSI), tmp_path / name)


def test_a_place_that_cannot_be_written_is_named(tmp_path) -> None:
    (tmp_path / "conf").write_text("a file, not a folder", "utf-8")

    with pytest.raises(ConfigurationError, match="expected: a folder that can be written to"):
        import_routing("msi", written(tmp_path, MSI), conf(tmp_path))


def test_an_unknown_system_is_refused(tmp_path) -> None:
    with pytest.raises(ConfigurationError, match=r"--from: the system 'sap'\n  expected: one of hotwax, shopify"):
        read_routing("sap", tmp_path / "export.json")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "expected: JSON"),
        ('"a"', "expected: an object or a list"),
        ('{"a": 1, "a": 2}', "the key 'a' twice in one object"),
        ('{"a": NaN}', "NaN, which is no JSON"),
        ("[" * 50 + "]" * 50, "50 levels of objects"),
        ("[" * 100_000, "objects in objects without end|expected: JSON"),
        ('{"routings": {}}', "expected: a list of objects"),
        ('{"schedule": []}', "expected: an object"),
        ('{"routings": [{"rules": [{"ruleName": "${oc.env:HOME}"}]}]}', "expected: a plain text"),
        ('{"routings": [{"routingName": "two\\nlines"}]}', "expected: a plain text"),
        ('{"routings": [{"routingName": {}}]}', "expected: a plain text"),
    ],
)
def test_malformed_files_are_refused(tmp_path, text: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        imported(tmp_path, "hotwax", text)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("", "no table"),
        ("stock_id,stock_id\n1,2\n", "expected: each column once"),
        ("stock_id,source_code,priority\n1,2\n", "row 2 has 2 cells"),
    ],
)
def test_malformed_tables_are_refused(tmp_path, table: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        imported(tmp_path, "msi", table, "links.csv")


def test_a_file_of_another_form_is_refused(tmp_path) -> None:
    with pytest.raises(
        ConfigurationError, match=r"a file that ends in '\.pdf'\n  expected: a file that ends in \.json"
    ):
        imported(tmp_path, "msi", "{}", "links.pdf")


def test_a_file_that_is_not_there_is_named(tmp_path) -> None:
    with pytest.raises(ConfigurationError, match=r"lost\.json: No such file"):
        read_routing("msi", tmp_path / "lost.json")


def test_bytes_that_are_no_text_are_refused(tmp_path) -> None:
    file = tmp_path / "export.json"
    file.write_bytes(b"\xff\xfe{")

    with pytest.raises(ConfigurationError, match="expected: a text in UTF-8"):
        read_routing("msi", file)


def test_a_file_too_large_for_a_configuration_is_refused(tmp_path) -> None:
    file = tmp_path / "export.json"
    file.write_bytes(b" " * 5_000_001)

    with pytest.raises(ConfigurationError, match="expected: at most 5000000 bytes"):
        read_routing("msi", file)


def test_line_breaks_in_a_key_stay_inside_the_comment(tmp_path) -> None:
    export = written(tmp_path, json.dumps({**MSI, "x\nkind: python:os:system": 1}))

    import_routing("msi", export, conf(tmp_path))

    assert yaml.safe_load(conf(tmp_path).read_text("utf-8")) == {"kind": "priority_split"}


def test_facilities_are_called_as_their_table_says(tmp_path) -> None:
    table = written(tmp_path, "facility,node\nWH 1,columbus\nreno,reno\n", "names.csv")
    export = written(tmp_path, changed(MSI, "items", 1, source_code="WH 1"))

    found = read_routing("msi", export, table)

    assert list(found.network["nodes"]) == ["reno", "columbus"]


def test_a_facility_that_no_node_can_be_called_like_needs_the_table(tmp_path) -> None:
    with pytest.raises(ConfigurationError, match=r"items\[1\]\.source_code(.|\n)*in the table --facilities"):
        imported(tmp_path, "msi", changed(MSI, "items", 1, source_code="WH 1"))


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("", "an empty file"),
        ("name,node\na,b\n", "the columns name, node"),
        ("facility,node\na,b\na,c\n", "row 3: a, c"),
        ("facility,node\na\n", "row 2: a"),
        ('facility,node\n"a,b\n', "to mend:  mend the file"),
    ],
)
def test_a_malformed_table_of_facilities_is_refused(tmp_path, table: str, message: str) -> None:
    names = written(tmp_path, table, "names.csv")

    with pytest.raises(ConfigurationError, match=message):
        read_routing("msi", written(tmp_path, MSI), names)


def test_the_summary_names_every_file_and_everything_left_out(tmp_path, monkeypatch) -> None:
    found = import_routing("hotwax", written(tmp_path, QUEUED), conf(tmp_path))
    monkeypatch.chdir(tmp_path)

    said = summary(found, conf(tmp_path)).splitlines()

    assert said == [
        "Wrote conf/routing/ours.yaml: a policy of the kind rule_fallthrough.",
        "Wrote conf/dom/ours.yaml: when orders are routed.",
        "Left out: 1:",
        f"  {found.left_out[0]}",
    ]


def test_the_summary_says_where_nothing_was_left_out_and_what_else_is_needed(tmp_path) -> None:
    found = import_routing("msi", written(tmp_path, MSI), conf(tmp_path))

    said = summary(found, conf(tmp_path))

    assert said.endswith("Left out: nothing.")
    assert "priorities of the nodes" in said
