"""Decision logs: read line by line, written all or nothing, and made of a simulated run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from msgspec import structs

from tests.calibration.shadow_world import At, a_picture, a_plan, logged, ships
from tests.factories import RENO, a_disruption, a_model, a_network, a_node, an_order
from twin.calibration.decision_log import LoggedDecision, numbered_log, read_log, write_log
from twin.domain.errors import ConfigurationError
from twin.experiments.decision_log import recorded_run, write_own_log
from twin.policies.conformance import Recorded

LOG = [logged(a_plan(ships("columbus"))), logged(a_plan(mug=1, number=2), a_picture(reno=At(left=3.0)))]
ORDERS = [an_order(9.0 + hour / 10) for hour in range(4)]


def said(text: bytes, tmp_path) -> str:
    """What is said about a log of some text."""
    file = tmp_path / "log.jsonl"
    file.write_bytes(text)
    with pytest.raises(ConfigurationError) as caught:
        list(read_log(file))
    return str(caught.value).replace(f"{tmp_path}/", "")


def a_line(tmp_path) -> bytes:
    """The JSON of a good line."""
    write_log(tmp_path / "one.jsonl", LOG[:1])
    return (tmp_path / "one.jsonl").read_bytes()


def test_what_is_written_is_read_again(tmp_path) -> None:
    count = write_log(tmp_path / "deep" / "log.jsonl", LOG)

    assert count == 2
    assert list(read_log(tmp_path / "deep" / "log.jsonl")) == LOG


def test_empty_lines_are_no_decisions_and_count(tmp_path) -> None:
    line = a_line(tmp_path)
    (tmp_path / "log.jsonl").write_bytes(b"\n" + line + b"  \n" + line + b"\n")

    assert list(numbered_log(tmp_path / "log.jsonl")) == [(2, LOG[0]), (4, LOG[0])]
    assert list(read_log(tmp_path / "log.jsonl")) == LOG[:1] * 2


def test_a_byte_order_mark_says_nothing(tmp_path) -> None:
    (tmp_path / "log.jsonl").write_bytes(b"\xef\xbb\xbf" + a_line(tmp_path))

    assert list(read_log(tmp_path / "log.jsonl")) == LOG[:1]


def test_what_production_adds_is_ignored(tmp_path) -> None:
    line = a_line(tmp_path).replace(b'"decision":{', b'"written_by":"our service","decision":{"score":0.5,')
    (tmp_path / "log.jsonl").write_bytes(line)

    assert list(read_log(tmp_path / "log.jsonl")) == LOG[:1]


def test_broken_json_is_named_by_its_line(tmp_path) -> None:
    found = said(a_line(tmp_path) + b'{"request": \n', tmp_path)

    assert found.startswith("log.jsonl, line 2: Input data was truncated")
    assert "expected: {request, decision} as docs/routing.md describes them" in found
    assert "to mend:  mend the line or take it out" in found


def test_a_wrong_type_is_named_by_its_line_and_place(tmp_path) -> None:
    line = a_line(tmp_path).replace(b'"order_number":1', b'"order_number":"one"')

    assert said(line, tmp_path).startswith("log.jsonl, line 1: Expected `int`, got `str` - at `$.")


def test_a_missing_part_is_named(tmp_path) -> None:
    assert "line 1: Object missing required field `request`" in said(b"{}", tmp_path)


@pytest.mark.parametrize("part", ["request", "decision"])
def test_a_log_by_another_major_version_of_the_contract_is_refused(tmp_path, part) -> None:
    one = logged(a_plan(ships("columbus")))
    newer = structs.replace(one, **{part: structs.replace(getattr(one, part), schema_version="2.0")})
    write_log(tmp_path / "log.jsonl", [one, newer])

    with pytest.raises(ConfigurationError, match=rf"line 2: {part}.schema_version: '2.0'\n  expected: 1.x"):
        list(read_log(tmp_path / "log.jsonl"))


def test_a_newer_minor_version_only_says_more(tmp_path) -> None:
    one = logged(a_plan(ships("columbus")))
    newer = structs.replace(one, request=structs.replace(one.request, schema_version="1.7"))
    write_log(tmp_path / "log.jsonl", [newer])

    assert list(read_log(tmp_path / "log.jsonl")) == [newer]


def test_bytes_that_are_no_text_are_refused(tmp_path) -> None:
    assert said(b'{"request": "\xff\xfe"}', tmp_path).startswith("log.jsonl, line 1: ")


def test_a_log_that_is_not_there_is_named(tmp_path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        list(read_log(tmp_path / "no.jsonl"))

    assert str(caught.value) == (
        f"{tmp_path / 'no.jsonl'}: No such file or directory\n"
        "  expected: a decision log, JSON Lines\n  to mend:  name a file"
    )


def half_of_it() -> Iterator[LoggedDecision]:
    """A log that breaks off."""
    yield LOG[0]
    raise RuntimeError("the power is gone")


def test_a_half_written_log_is_never_left(tmp_path) -> None:
    file = tmp_path / "log.jsonl"
    with pytest.raises(RuntimeError, match="the power is gone"):
        write_log(file, half_of_it())

    assert list(tmp_path.iterdir()) == []


def test_the_log_from_before_stays_where_a_new_one_breaks_off(tmp_path) -> None:
    file = tmp_path / "log.jsonl"
    write_log(file, LOG)
    with pytest.raises(RuntimeError, match="the power is gone"):
        write_log(file, half_of_it())

    assert list(read_log(file)) == LOG
    assert list(tmp_path.iterdir()) == [file]


def test_our_own_log_holds_every_decision_of_the_run(tmp_path) -> None:
    file = tmp_path / "own.jsonl"
    found = write_own_log(a_model(orders=ORDERS), file, 1)

    log = list(read_log(file))
    assert found == len(log) == 4
    assert [line.request.order.placed_at for line in log] == [9.0, 9.1, 9.2, 9.3]
    assert [line.decision.shipments[0].node for line in log] == ["columbus"] * 4
    assert [line.request.snapshot.nodes["columbus"].stock["mug"].available for line in log] == [1000, 999, 998, 997]


def test_our_own_log_ends_after_as_many_decisions_as_asked_for(tmp_path) -> None:
    found = write_own_log(a_model(orders=ORDERS), tmp_path / "own.jsonl", 1, decisions=3)

    assert found == 3
    assert len(list(read_log(tmp_path / "own.jsonl"))) == 3


def test_an_order_that_waits_is_decided_again_in_our_own_log(tmp_path) -> None:
    network = a_network([a_node(), a_node("reno", RENO)])
    closed = a_disruption(starts_at=0.0, hours=12.0, targets=("columbus", "reno"))
    model = a_model(network, [an_order(9.0)], stock=1, disruptions=[closed])

    write_own_log(model, tmp_path / "own.jsonl", 1)

    decisions = [line.decision for line in read_log(tmp_path / "own.jsonl")]
    assert [one.status for one in decisions] == ["UNFILLABLE", "FULL"]


def test_a_recorded_run_is_handed_on_as_it_stands() -> None:
    cases: list[Recorded] = []

    run = recorded_run(a_model(orders=ORDERS), 1, cases.append, decisions=2)

    assert len(cases) == 2
    assert run.clock.now_hours == pytest.approx(9.1)


def test_a_log_cannot_take_the_place_of_a_folder(tmp_path) -> None:
    with pytest.raises(ConfigurationError, match="a folder\n  expected: a file to write\n  to mend:  name a file such"):
        write_own_log(a_model(orders=ORDERS), tmp_path, 1)


def test_a_place_that_cannot_be_written_is_named(tmp_path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(ConfigurationError, match="expected: a file that can be written\n  to mend:  name another"):
        write_own_log(a_model(orders=ORDERS), tmp_path / "file" / "own.jsonl", 1)


def test_a_log_that_is_there_is_not_replaced_unless_told(tmp_path) -> None:
    file = tmp_path / "own.jsonl"
    file.write_text("production's own\n", encoding="utf-8")

    with pytest.raises(ConfigurationError, match=r"a file that is there already\n.*\n.*add --overwrite"):
        write_own_log(a_model(orders=ORDERS), file, 1)

    assert file.read_text("utf-8") == "production's own\n"
    assert write_own_log(a_model(orders=ORDERS), file, 1, overwrite=True) > 0
