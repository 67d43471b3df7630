"""Tables are read as text and parsed by schema; what is wrong in them is named with file and row."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from twin.assemble import rows
from twin.assemble.rows import Findings, between, count, name, not_negative, number, positive, read, text, truth, zip3
from twin.domain.errors import ConfigurationError

COLUMNS = {"zip3": zip3, "region": name, "people": count}


@pytest.fixture
def table(tmp_path, monkeypatch):
    """Write a table where we stand and read it."""
    monkeypatch.chdir(tmp_path)

    def write_and_read(content: str | bytes, findings: Findings | None = None, unique=("zip3",)):
        path = tmp_path / "people.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read("network.people", "people.csv", COLUMNS, findings or Findings(), unique)

    return write_and_read


def said(findings: Findings) -> str:
    with pytest.raises(ConfigurationError) as error:
        findings.refuse()
    return str(error.value)


def test_words_stay_words(table) -> None:
    found = table("zip3,region,people,remark\n021,NA,5,\n007, null ,0,ignored\n")

    assert [dict(row.values) for row in found] == [
        {"zip3": "021", "region": "NA", "people": 5},
        {"zip3": "007", "region": "null", "people": 0},
    ]
    assert found[1].where == "people.csv, row 3"


def test_an_optional_column_is_read_where_it_is_and_else_as_blank(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "told.csv").write_text("people,region\n5,east\n7,\n")
    (tmp_path / "silent.csv").write_text("people\n5\n")

    told, silent = (
        read("network.people", table, {"people": count}, Findings(), optional={"region": lambda cell: cell or "any"})
        for table in ("told.csv", "silent.csv")
    )

    assert [row["region"] for row in told] == ["east", "any"]
    assert [row["region"] for row in silent] == ["any"]


def test_blank_lines_and_a_byte_order_mark_are_no_rows(table) -> None:
    found = table("\ufeffzip3,region,people\r\n021,east,5\r\n\r\n".encode())

    assert [row["people"] for row in found] == [5]


def test_a_parquet_table_reads_like_a_csv_table(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    placed_at = datetime(2025, 9, 1, 12, tzinfo=UTC)
    pq.write_table(
        pa.table({"zip3": ["021", "432"], "people": [5, 7], "region": ["NA", None], "open": [True, False],
                  "placed_at": [placed_at, None]}),
        "people.parquet",
    )  # fmt: skip
    columns = {**COLUMNS, "region": text, "open": truth, "placed_at": text}

    found = read("network.people", "people.parquet", columns, Findings())

    assert dict(found[0].values) == {
        "zip3": "021", "region": "NA", "people": 5, "open": True, "placed_at": "2025-09-01 12:00:00+00:00",
    }  # fmt: skip
    assert (found[1]["region"], found[1]["placed_at"]) == ("", "")


def test_a_table_that_is_not_there_is_named_with_its_key_and_the_nearest_file(table) -> None:
    table("zip3\n")
    findings = Findings(origin=lambda key: f"conf/network/own.yaml, line 3 ({key})")

    found = read("network.people", "peple.csv", COLUMNS, findings)

    assert found == []
    assert re.search(
        r"conf/network/own.yaml, line 3 \(network.people\): network.people: no table 'peple.csv'\n"
        r"  expected: a file under .*\n  to mend:  did you mean 'people.csv'\?",
        said(findings),
    )
    assert not findings.is_sound("peple.csv")


@pytest.mark.parametrize(
    ("file", "content"), [("people.csv", b"zip3,region\n021,\xff\xfe\n"), ("people.parquet", b"not parquet")]
)
def test_a_file_of_another_kind_is_a_problem_not_a_crash(tmp_path, monkeypatch, file: str, content: bytes) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / file).write_bytes(content)
    findings = Findings()

    assert read("network.people", file, COLUMNS, findings) == []
    assert said(findings).startswith(f"{file}: cannot be read: ")
    assert "expected: a CSV table in UTF-8, or Parquet" in said(findings)


@pytest.mark.parametrize("content", ["zip3,region\n021,east\n", "", "zip3,region,people \n021,east,5\n"])
def test_a_missing_column_is_named_once(table, content: str) -> None:
    findings = Findings()

    assert table(content, findings) == []
    assert "people.csv: no column 'people'\n  expected: columns zip3, region, people" in said(findings)


def test_every_bad_cell_is_named_with_its_row_and_the_others_are_kept(table) -> None:
    findings = Findings()

    found = table("zip3,region,people\n21,east,5\n432,west,7\n606,,many\n", findings)

    assert [row["zip3"] for row in found] == ["432"]
    assert said(findings) == (
        "people.csv, row 2: zip3 = '21'\n  expected: three digits, such as '021'\n"
        "  to mend:  mend the zip3 of this row\n\n"
        "people.csv, row 4: region = ''\n  expected: a word, not blank\n  to mend:  mend the region of this row\n\n"
        "people.csv, row 4: people = 'many'\n  expected: a number\n  to mend:  mend the people of this row"
    )


@pytest.mark.parametrize(("row", "cells"), [("021,Boston, MA,5", 4), ("021,east", 2)])
def test_a_row_of_another_length_is_refused_instead_of_shifted(table, row: str, cells: int) -> None:
    findings = Findings()

    assert table(f"zip3,region,people\n{row}\n", findings) == []
    assert f"people.csv, row 2: {cells} cells\n  expected: 3, as in the header" in said(findings)


def test_a_row_that_repeats_a_key_is_named_with_the_first_one(table) -> None:
    findings = Findings()

    table("zip3,region,people\n021,east,5\n432,east,6\n021,west,7\n", findings)

    assert said(findings) == (
        "people.csv, row 4: zip3 '021' again\n  expected: once (first in people.csv, row 2)\n"
        "  to mend:  remove one of the two rows"
    )


def test_rows_may_repeat_where_no_key_is_asked_for(table) -> None:
    assert len(table("zip3,region,people\n021,east,5\n021,east,5\n", unique=())) == 2


def test_of_many_problems_in_one_table_only_the_first_are_shown(table) -> None:
    findings = Findings()

    table("zip3,region,people\n" + "x,east,1\n" * 40, findings)

    problems = said(findings).split("\n\n")
    assert len(problems) == rows.SHOWN_PER_TABLE + 1
    assert problems[-1].startswith("people.csv: 15 more problems")


def test_a_table_is_sound_until_something_is_wrong_in_it(table) -> None:
    findings = Findings()

    (row,) = table("zip3,region,people\n021,east,5\n", findings)
    assert findings.is_sound("people.csv", "another.csv")

    findings.add_row(row, "region 'east'", "a region")
    assert not findings.is_sound("another.csv", "people.csv")


def test_nothing_is_refused_where_nothing_was_found() -> None:
    assert Findings().refuse() is None


@pytest.mark.parametrize(
    ("parser", "good", "value", "bad", "expected"),
    [
        (number, "1.5", 1.5, ["", "x", "1,5"], "a number"),
        (number, "-1e3", -1000.0, ["nan", "inf", "-inf", "1e999"], "a finite number"),
        (not_negative, "0", 0.0, ["-0.1"], "a number that is not negative"),
        (positive, "0.1", 0.1, ["0", "-1"], "a number above zero"),
        (count, "7.0", 7, ["-1", "1.5"], "a whole number that is not negative"),
        (between(1, 9), "9", 9, ["0", "10", "1.5"], "a whole number from 1 to 9"),
        (truth, "TRUE", True, ["", "yes", "1"], "true or false"),
        (zip3, "021", "021", ["21", "0210", "\u0660\u0662\u0661", "a21"], "three digits, such as '021'"),
        (name, "east", "east", [""], "a word, not blank"),
    ],
)  # fmt: skip
def test_cells_are_parsed_strictly(parser, good: str, value: object, bad: list[str], expected: str) -> None:
    assert parser(good) == value
    for cell in bad:
        with pytest.raises(ValueError, match=f"^{expected}$"):
            parser(cell)


def test_of_many_names_only_the_first_are_listed() -> None:
    assert rows.some(["a", "b"]) == "a, b"
    assert rows.some([str(each) for each in range(12)]) == "0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more"
