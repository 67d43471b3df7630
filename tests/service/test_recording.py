"""What a service was asked and answered is found again by what was asked, in any run and in any order."""

from __future__ import annotations

import json
import sqlite3
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest
from msgspec import structs

from tests.factories import COLUMBUS, a_network
from twin.domain.orders import Order, OrderLine
from twin.policies.cartons import Packer
from twin.policies.contract import DecisionMessage, DecisionRequest, canonical, decision_message, identity
from twin.policies.decision import Reason
from twin.policies.offers import OfferBook
from twin.policies.routing.min_cost import MinCost
from twin.policies.snapshot import NodeState, Snapshot, SnapshotView, StockState
from twin.policies.view import Without
from twin.service.messages import Capabilities, PolicyMessage
from twin.service.recording import (
    BATCH_BYTES,
    Entry,
    NotRecorded,
    Question,
    Recording,
    RecordingUnusable,
    chunks,
    key_of,
    read,
    usable,
)
from twin.service.transport import UnusableAnswer

NETWORK = a_network()
BOOK, PACKER = OfferBook(NETWORK), Packer.of(NETWORK)
ORDER = Order(7, 10.0, "web", COLUMBUS.zip3, "standard", (OrderLine("mug", 2),), 90.0, (), 0.0)
STATE = NodeState({"mug": StockState(5, 0, 5)}, {"parcel_ground": {str(days): 50.0 for days in range(9)}})
VIEW = SnapshotView(BOOK, PACKER, Snapshot(10.0, dict.fromkeys(NETWORK.nodes, STATE)))
OURS = PolicyMessage("ours", "1.0", "c0ffee", Capabilities(batch=False, stateful=False, deterministic=True))
QUESTION = Question.of(ORDER, VIEW, BOOK)
ANSWER = canonical(decision_message(MinCost().decide(ORDER, VIEW)))


def recorded(path: Path, *entries: tuple[Question, Entry]) -> Path:
    """Make a recording of our policy."""
    recording = Recording(path, "record")
    recording.describe(OURS)
    for question, entry in entries:
        recording.keep(question.body, entry)
    recording.close()
    return path


def found(path: Path, mode: str, question: Question = QUESTION) -> Entry | None:
    recording = Recording(path, mode)
    try:
        return recording.find(question)
    finally:
        recording.close()


def test_a_question_holds_a_picture_of_what_the_order_needs_and_counts_who_declined() -> None:
    first = msgspec.json.decode(QUESTION.body, type=DecisionRequest)
    again = Question.of(ORDER, Without(VIEW, frozenset({"reno"})), BOOK)
    second = msgspec.json.decode(again.body, type=DecisionRequest)

    assert (first.attempt, second.attempt) == (1, 2)
    assert first.order.order_number == 7
    assert first.snapshot.nodes["reno"].closed_because is None
    assert second.snapshot.nodes["reno"].closed_because is Reason.PREVIOUSLY_REJECTED
    assert set(first.snapshot.nodes["reno"].stock) == {"mug"}


def test_the_key_of_a_question_is_the_hash_of_order_attempt_and_picture() -> None:
    picture = identity(msgspec.json.decode(QUESTION.body, type=DecisionRequest).snapshot)

    assert QUESTION.key == sha256(f"7/1/{picture}".encode()).hexdigest()
    assert Question.of(ORDER, VIEW, BOOK).key == QUESTION.key
    assert Question.of(structs.replace(ORDER, number=8), VIEW, BOOK).key != QUESTION.key


@pytest.mark.parametrize(
    "other",
    [{"id": "theirs"}, {"version": "1.1"}, {"config_hash": "decaf"}, {"id": "ours1", "version": ".0"}],
    ids=str,
)
def test_another_policy_version_or_configuration_has_addresses_of_its_own(other: dict[str, str]) -> None:
    assert key_of(msgspec.structs.replace(OURS, **other), b"{}") != key_of(OURS, b"{}")


def test_the_address_of_a_question_does_not_depend_on_what_the_policy_can_do() -> None:
    able = msgspec.structs.replace(OURS, capabilities=Capabilities(batch=True, stateful=True, deterministic=False))

    assert key_of(able, b"{}") == key_of(OURS, b"{}") != key_of(OURS, b"[]")


@pytest.mark.parametrize("mode", ["replay", "strict"])
def test_what_was_answered_is_answered_again(mode: str, tmp_path: Path) -> None:
    path = recorded(tmp_path / "new" / "ours.sqlite", (QUESTION, Entry(ANSWER)))

    assert found(path, mode) == Entry(ANSWER)


def test_who_records_asks_anew_and_the_latest_word_counts(tmp_path: Path) -> None:
    path = recorded(tmp_path / "ours.sqlite", (QUESTION, Entry(ANSWER)))

    assert found(path, "record") is None
    recorded(path, (QUESTION, Entry(b'{"later":true}')))
    assert found(path, "strict") == Entry(b'{"later":true}')


def test_a_failure_is_repeated_in_a_strict_replay_and_asked_again_in_a_plain_one(tmp_path: Path) -> None:
    path = recorded(tmp_path / "ours.sqlite", (QUESTION, Entry(None, "too late")))

    assert found(path, "strict") == Entry(None, "too late")
    assert found(path, "replay") is None


def test_what_was_not_recorded_is_asked_in_a_plain_replay_and_refused_in_a_strict_one(tmp_path: Path) -> None:
    path = recorded(tmp_path / "ours.sqlite", (QUESTION, Entry(ANSWER)))
    other = Question.of(structs.replace(ORDER, number=8), VIEW, BOOK)

    assert found(path, "replay", other) is None
    with pytest.raises(NotRecorded) as missing:
        found(path, "strict", other)
    assert str(missing.value) == (
        f"recording {path}: no answer for order 8 as it stands, among 1\n"
        "  expected: every question of the run\n"
        "  to mend:  record with this very configuration (recording_mode: record), or let recording_mode: replay ask"
    )


def test_a_plain_replay_adds_what_it_asked(tmp_path: Path) -> None:
    path = recorded(tmp_path / "ours.sqlite")
    replaying = Recording(path, "replay")

    replaying.keep(QUESTION.body, Entry(ANSWER))
    replaying.close()

    assert found(path, "strict") == Entry(ANSWER)


def test_a_strict_replay_writes_nothing(tmp_path: Path) -> None:
    path = recorded(tmp_path / "ours.sqlite", (QUESTION, Entry(ANSWER)))
    before = path.read_bytes()
    path.chmod(0o400)
    strict = Recording(path, "strict")

    strict.describe(OURS)
    strict.keep(QUESTION.body, Entry(b"{}"))
    strict.close()

    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_nothing_is_kept_before_it_is_known_who_decides(tmp_path: Path) -> None:
    recording = Recording(tmp_path / "ours.sqlite", "record")

    recording.keep(QUESTION.body, Entry(None, "nobody there"))
    recording.describe(OURS)

    assert list(recording.entries()) == []
    recording.close()


def test_what_is_kept_is_there_even_if_nobody_closes_the_recording(tmp_path: Path) -> None:
    writing = Recording(tmp_path / "ours.sqlite", "record")
    writing.describe(OURS)

    writing.keep(QUESTION.body, Entry(ANSWER))

    assert found(tmp_path / "ours.sqlite", "strict") == Entry(ANSWER)
    writing.close()


def test_several_processes_may_record_into_one_file(tmp_path: Path) -> None:
    path = tmp_path / "ours.sqlite"
    one, two = Recording(path, "record"), Recording(path, "record")
    other = Question.of(structs.replace(ORDER, number=8), VIEW, BOOK)

    one.describe(OURS)
    two.describe(OURS)
    two.keep(other.body, Entry(ANSWER))
    one.keep(QUESTION.body, Entry(ANSWER))
    one.close()
    two.close()

    assert found(path, "strict") == found(path, "strict", other) == Entry(ANSWER)


def test_of_two_processes_that_begin_together_the_first_says_whose_decisions_are_recorded(tmp_path: Path) -> None:
    one, two = (Recording(tmp_path / "ours.sqlite", "record") for _ in range(2))
    one.describe(OURS)

    with pytest.raises(RecordingUnusable, match=r"of policy 'ours'.*\n  expected: of policy 'theirs'"):
        two.describe(msgspec.structs.replace(OURS, id="theirs"))

    one.close()
    two.close()
    assert found(tmp_path / "ours.sqlite", "replay") is None


def test_entries_come_with_their_questions_in_an_order_of_their_own(tmp_path: Path) -> None:
    questions = [Question.of(structs.replace(ORDER, number=number), VIEW, BOOK) for number in range(6)]
    entries = [(question, Entry(ANSWER)) for question in questions]

    listed = []
    for name, part in (("there", entries), ("back", entries[::-1])):
        recording = Recording(recorded(tmp_path / name, *part), "strict")
        listed.append(list(recording.entries()))
        recording.close()

    assert listed[0] == listed[1]
    assert sorted(listed[0]) == sorted((question.body, entry) for question, entry in entries)


@pytest.mark.parametrize("mode", ["record", "replay", "strict"])
def test_a_recording_of_another_policy_is_refused(mode: str, tmp_path: Path) -> None:
    path = recorded(tmp_path / "ours.sqlite", (QUESTION, Entry(ANSWER)))
    recording = Recording(path, mode)

    with pytest.raises(RecordingUnusable) as refused:
        recording.describe(msgspec.structs.replace(OURS, version="2.0"))

    recording.close()
    assert str(refused.value) == (
        f"recording {path}: of policy 'ours', version '1.0', configuration 'c0ffee'\n"
        "  expected: of policy 'ours', version '2.0', configuration 'c0ffee'\n"
        "  to mend:  record into another file, or ask the policy that was recorded"
    )


def test_a_recording_of_nobody_is_not_replayed_strictly(tmp_path: Path) -> None:
    Recording(tmp_path / "ours.sqlite", "record").close()
    strict = Recording(tmp_path / "ours.sqlite", "strict")

    with pytest.raises(RecordingUnusable, match="of no policy\n  expected: of policy 'ours'"):
        strict.describe(OURS)
    with pytest.raises(NotRecorded, match="among 0"):
        strict.find(QUESTION)
    strict.close()


def a_text(path: Path) -> None:
    path.write_text("the shopping list\n" * 100)


def another_database(path: Path) -> None:
    file = sqlite3.connect(path)
    file.execute("CREATE TABLE customers (name TEXT)")
    file.close()


@pytest.mark.parametrize(
    ("make", "found"), [(a_text, "file is not a database"), (another_database, "another program's database")]
)
@pytest.mark.parametrize("mode", ["record", "strict"])
def test_somebody_elses_file_is_refused_and_left_as_it_is(make, found: str, mode: str, tmp_path: Path) -> None:
    path = tmp_path / "theirs"
    make(path)
    before = path.read_bytes()

    with pytest.raises(RecordingUnusable) as refused:
        Recording(path, mode)

    assert str(refused.value) == (
        f"recording {path}: {found}\n  expected: a recording of decisions\n"
        "  to mend:  name another file; recording_mode: record makes one"
    )
    assert path.read_bytes() == before


def test_an_empty_file_is_no_recording(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()

    with pytest.raises(RecordingUnusable, match="empty: another program's database"):
        Recording(tmp_path / "empty", "strict")


def test_a_strict_replay_needs_its_recording_and_makes_none(tmp_path: Path) -> None:
    with pytest.raises(RecordingUnusable, match="unable to open database file"):
        Recording(tmp_path / "none.sqlite", "strict")

    assert list(tmp_path.iterdir()) == []


def test_a_recording_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(RecordingUnusable, match=r"recording .*ours.sqlite: .*\n  expected: a recording of decisions"):
        Recording(tmp_path / "file" / "ours.sqlite", "record")


@pytest.mark.parametrize(
    ("sql", "ask", "cure"),
    [
        ("DROP TABLE decisions", lambda recording: recording.find(QUESTION), "see whether the file is whole"),
        ("DROP TABLE decisions", lambda recording: list(recording.entries()), "see whether the file is whole"),
        (
            "DROP TABLE decisions",
            lambda recording: recording.keep(QUESTION.body, Entry(ANSWER)),
            "see whether the file can be written and the disk has room",
        ),
    ],
)
def test_a_recording_that_breaks_while_it_is_used_is_named(sql: str, ask, cure: str, tmp_path: Path) -> None:
    path = recorded(tmp_path / "ours.sqlite")
    recording = Recording(path, "replay")
    breaking = sqlite3.connect(path)
    breaking.execute(sql)
    breaking.close()

    with pytest.raises(RecordingUnusable, match=f"recording .*: no such table: decisions\n.*\n  to mend:  {cure}"):
        ask(recording)

    recording.close()


def test_a_recording_with_an_unreadable_policy_is_named(tmp_path: Path) -> None:
    path = recorded(tmp_path / "ours.sqlite")
    breaking = sqlite3.connect(path)
    breaking.execute("UPDATE policy SET description = '{}'")
    breaking.commit()
    breaking.close()

    with pytest.raises(RecordingUnusable, match="Object missing required field `id`"):
        Recording(path, "strict")


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ([], []),
        ([10, 10, 10], [[0, 1, 2]]),
        ([BATCH_BYTES // 2, BATCH_BYTES // 2 - 20, 10], [[0, 1], [2]]),
        ([BATCH_BYTES // 2, BATCH_BYTES // 2, 10], [[0], [1, 2]]),
        ([BATCH_BYTES * 2, 10], [[0], [1]]),
        ([10] * 501, [list(range(500)), [500]]),
    ],
    ids=["none", "few", "just enough", "too much", "too large", "many"],
)
def test_questions_are_divided_into_batches_that_the_contract_allows(sizes, expected) -> None:
    assert list(chunks(range(len(sizes)), sizes)) == expected


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "Input data was truncated"),
        (b"<html>", "JSON is malformed: invalid character (byte 0)"),
        (b"\xff", "JSON is malformed: invalid character (byte 0)"),
        (b'{"order_number": 7}', "Object missing required field `status`"),
        (b'{"x": ' + b"[" * 100_000, "maximum recursion depth exceeded"),
        (b'{"order_number": 7, "status": "\xff"}', "invalid start byte"),
    ],
)
def test_what_is_no_decision_is_unusable(content: bytes, found: str) -> None:
    with pytest.raises(UnusableAnswer) as unusable_answer:
        read(content, DecisionMessage, "order 7")

    assert str(unusable_answer.value).startswith("order 7: ")
    assert found in str(unusable_answer.value)
    assert "expected: a DecisionMessage by the contract\n  to mend:  mend the service" in str(unusable_answer.value)


def test_what_a_newer_service_says_besides_is_ignored() -> None:
    more = json.loads(ANSWER) | {"mood": "good", "schema_version": "1.9"}

    decision = usable(read(json.dumps(more).encode(), DecisionMessage, "order 7"), ORDER, VIEW)

    assert decision == MinCost().decide(ORDER, VIEW)


def changed(**changes: object) -> DecisionMessage:
    """Return the right answer with something wrong in it."""
    message = json.loads(ANSWER)
    for path, value in changes.items():
        if path in message:
            message[path] = value
        else:
            message["shipments"][0][path] = value
    return read(json.dumps(message).encode(), DecisionMessage, "order 7")


@pytest.mark.parametrize(
    ("changes", "found", "expected"),
    [
        ({"order_number": 8}, "order 7: the decision is for order 8", "what the network can carry out"),
        ({"shipments": []}, "shipped and unfilled add up to {}", "what the network can carry out"),
        ({"service": "pigeon"}, "cannot send 2 of mug to 432 by 'pigeon'", "what the network can carry out"),
        ({"node": "sparks"}, "node 'sparks' cannot send", "what the network can carry out"),
        ({"lines": [{"sku": "mug", "quantity": 10**15}]}, "more or other units than were ordered", "those units"),
        ({"lines": [{"sku": "gold", "quantity": 2}]}, "more or other units than were ordered", "those units"),
        ({"unfilled": [{"sku": "mug", "quantity": 1}]}, "more or other units than were ordered", "those units"),
        ({"lines": []}, "a shipment of nothing", "lines in each shipment"),
        ({"schema_version": "2.0"}, "schema version '2.0'", "1.0 or another that begins alike"),
    ],
    ids=str,
)
def test_a_decision_that_cannot_be_carried_out_is_unusable(changes, found: str, expected: str) -> None:
    with pytest.raises(UnusableAnswer) as unusable_answer:
        usable(changed(**changes), ORDER, VIEW)

    said = str(unusable_answer.value)
    assert said.startswith("decision for order 7: ")
    assert found in said
    assert said.endswith(f"\n  expected: {expected}\n  to mend:  mend the service")


def test_a_decision_for_a_node_that_declined_is_unusable() -> None:
    node = json.loads(ANSWER)["shipments"][0]["node"]

    with pytest.raises(UnusableAnswer, match=f"node '{node}' cannot ship 2 of mug: PREVIOUSLY_REJECTED"):
        usable(changed(), ORDER, Without(VIEW, frozenset({node})))
