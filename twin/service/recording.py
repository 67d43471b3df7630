"""A decision service behind a recording of what it was asked and answered, so that a run can be repeated without it.

A recording is a SQLite file. Each question stands under the sha256 of all that its answer depends on: the schema, which
policy answers in which version and configuration, and the canonical request. So the same question finds its answer in
any run, whatever the order of questions. One recording holds the decisions of one policy.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Literal, TypeVar

import msgspec
from msgspec import Struct

from twin.domain.errors import Problem, TwinError
from twin.domain.orders import Order, units_of
from twin.paths import shown
from twin.policies.contract import (
    SCHEMA_VERSION,
    DecisionMessage,
    DecisionRequest,
    UnknownOffer,
    canonical,
    decision_from,
    identity,
    order_message,
)  # fmt: skip
from twin.policies.decision import Decision, Reason
from twin.policies.offers import OfferBook
from twin.policies.routing.validate import IllegalDecision, validate
from twin.policies.snapshot import snapshot_for
from twin.policies.view import NetworkView
from twin.service.messages import PolicyMessage
from twin.service.transport import Call, ServiceClient, ServiceFailed, UnusableAnswer

Mode = Literal["off", "record", "replay", "strict"]

COUNTED = ("asked", "answered", "failed", "fell_back", "queued", "replayed")
BATCH_ORDERS, BATCH_BYTES = 500, 1024 * 1024 - 16  # what the contract allows in one batch, less `{"requests":[]}`
BEGIN, END = b'{"requests":[', b"]}"
MEND = "mend the service"
OURS = 0x7477696E  # SQLite's application_id of a recording: "twin"
WAIT_SECONDS = 30.0  # for another process that is just writing
TABLES = f"""
    BEGIN IMMEDIATE;
    CREATE TABLE IF NOT EXISTS policy (one INTEGER PRIMARY KEY CHECK (one = 1), description BLOB NOT NULL);
    CREATE TABLE IF NOT EXISTS decisions (
        key TEXT PRIMARY KEY, request BLOB NOT NULL, answer TEXT, failure TEXT,
        CHECK ((answer IS NULL) <> (failure IS NULL))
    ) WITHOUT ROWID;
    PRAGMA application_id = {OURS};
    COMMIT;
"""


class RecordingUnusable(TwinError):  # noqa: N818  (says what is wrong with a file)
    """A recording cannot be read or written, or is of another policy."""


class NotRecorded(TwinError):  # noqa: N818  (says what is missing)
    """A question is asked that the recording does not know."""


@dataclass(frozen=True, slots=True)
class Entry:
    """How a question ended: with the canonical JSON of a decision, or with a failure of the service in words."""

    answer: bytes | None
    failure: str = ""


class BatchMessage(Struct, frozen=True):
    """The answer to a batch, each decision still unread so that one that cannot be read spoils no other."""

    decisions: tuple[msgspec.Raw, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """An order as the service is asked about it."""

    order: Order
    body: bytes
    key: str

    @classmethod
    def of(cls, order: Order, network: NetworkView, book: OfferBook) -> Question:
        """Ask about an order with a picture of the network as it is; each node that declined is one attempt."""
        picture = snapshot_for(order, network, book)
        declined = [node.closed_because is Reason.PREVIOUSLY_REJECTED for node in picture.nodes.values()]
        attempt = 1 + sum(declined)
        request = DecisionRequest(order_message(order), picture, attempt=attempt)
        key = sha256(f"{order.number}/{attempt}/{identity(picture)}".encode()).hexdigest()
        return cls(order, canonical(request), key)


@dataclass(frozen=True, slots=True)
class Seconds:
    """How long one attempt at a decision, all attempts at a decision, and all attempts at a batch may take."""

    single: float
    total: float
    batch: float


Outcome = Decision | ServiceFailed
Message = TypeVar("Message", bound=Struct)


class Recording:
    """The recording in one file: `record` writes anew, `replay` adds what is missing, `strict` only reads."""

    def __init__(self, path: Path, mode: Mode) -> None:
        self._path, self._mode = path, mode
        with self._mended_by("name another file; recording_mode: record makes one"):
            self._file = self._open()
        try:
            self.policy = self._policy()
        except RecordingUnusable:
            self.close()
            raise

    def describe(self, policy: PolicyMessage) -> None:
        """Say whose decisions follow; raise `RecordingUnusable` where the recording is of another policy."""
        if self.policy is None and self._mode != "strict":
            with self._mended_by("see whether the file can be written"):
                self._file.execute("INSERT OR IGNORE INTO policy VALUES (1, ?)", (msgspec.json.encode(policy),))
            self.policy = self._policy()  # of two processes that begin together, the first has its say
        if self.policy is None or identity_of(self.policy) != identity_of(policy):
            found = f"of {words(self.policy)}" if self.policy else "of no policy"
            cure = "record into another file, or ask the policy that was recorded"
            raise RecordingUnusable(Problem(f"recording {shown(self._path)}", found, f"of {words(policy)}", cure))

    def find(self, question: Question) -> Entry | None:
        """Return how a question ended, None where the service is to be asked: a replay asks again where it failed.

        Raises `NotRecorded` where a strict replay does not know a question.
        """
        row = None
        if self._mode != "record" and self.policy is not None:
            with self._mended_by("see whether the file is whole"):
                query = "SELECT answer, failure FROM decisions WHERE key = ?"
                row = self._file.execute(query, (key_of(self.policy, question.body),)).fetchone()
        if row is None and self._mode == "strict":
            raise self._not_recorded(question.order)
        if row is None or (row[0] is None and self._mode == "replay"):
            return None
        return Entry(row[0].encode() if row[0] is not None else None, row[1] or "")

    def keep(self, request: bytes, entry: Entry) -> None:
        """Write down how a question ended, the latest word counts; before it is known who decides, nothing is kept."""
        if self._mode == "strict" or self.policy is None:
            return
        answer = entry.answer.decode() if entry.answer is not None else None
        row = (key_of(self.policy, request), zlib.compress(request), answer, entry.failure or None)
        with self._mended_by("see whether the file can be written and the disk has room"):
            self._file.execute("INSERT OR REPLACE INTO decisions VALUES (?, ?, ?, ?)", row)

    def entries(self) -> Iterator[tuple[bytes, Entry]]:
        """Yield every question with how it ended, by key: the same order whoever recorded them in whichever order."""
        with self._mended_by("see whether the file is whole"):
            query = "SELECT request, answer, failure FROM decisions ORDER BY key"
            for request, answer, failure in self._file.execute(query):
                yield zlib.decompress(request), Entry(answer.encode() if answer is not None else None, failure or "")

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _open(self) -> sqlite3.Connection:
        """Open the file and, unless it is only read, make it; a file of somebody else is not touched.

        No write is waited for until it is on the disk: a killed process loses nothing by that, and what is lost with
        the power can be recorded again.
        """
        reading = self._mode == "strict"
        if not reading:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        uri = f"{self._path.resolve().as_uri()}?mode={'ro' if reading else 'rwc'}"
        file = sqlite3.connect(uri, WAIT_SECONDS, isolation_level=None, check_same_thread=False, uri=True)
        try:
            if reading or not _is_empty(file):
                _refuse_unless_ours(file)
            if not reading:
                file.execute("PRAGMA synchronous = OFF")
                file.executescript(TABLES)
        except BaseException:
            file.close()
            raise
        return file

    def _not_recorded(self, order: Order) -> NotRecorded:
        count = self._file.execute("SELECT count(*) FROM decisions").fetchone()[0]
        found = f"no answer for order {order.number} as it stands, among {count}"
        cure = "record with this very configuration (recording_mode: record), or let recording_mode: replay ask"
        return NotRecorded(Problem(f"recording {shown(self._path)}", found, "every question of the run", cure))

    def _policy(self) -> PolicyMessage | None:
        with self._mended_by("see whether the file is whole"):
            row = self._file.execute("SELECT description FROM policy").fetchone()
            return None if row is None else msgspec.json.decode(row[0], type=PolicyMessage)

    @contextmanager
    def _mended_by(self, cure: str) -> Iterator[None]:
        """Say which recording cannot be used, and what to do about it."""
        try:
            yield
        except (sqlite3.Error, OSError, msgspec.MsgspecError, zlib.error) as error:
            where = f"recording {shown(self._path)}"
            raise RecordingUnusable(Problem(where, str(error), "a recording of decisions", cure)) from None


class RecordedService:
    """Answers by the recording where it can, else by the service, and writes down how each question ended."""

    def __init__(
        self, client: Callable[[], ServiceClient], seconds: Seconds, recording: Callable[[], Recording] | None
    ) -> None:
        self._make_client, self._seconds, self._make_recording = client, seconds, recording
        self.counts = Counter(dict.fromkeys(COUNTED, 0))

    @cached_property
    def client(self) -> ServiceClient:
        """The connection to the service, made when it is first needed."""
        return self._make_client()

    @cached_property
    def recording(self) -> Recording | None:
        """The recording, opened when it is first needed."""
        return self._make_recording() if self._make_recording is not None else None

    @cached_property
    def policy(self) -> PolicyMessage:
        """Which policy the service decides by, in its own words; it must be the one that was recorded."""
        content = self.client.ask(Call("/v1/policy", None, "policy", self._seconds.single, self._seconds.total))
        described = read(content, PolicyMessage, "GET /v1/policy")
        if self.recording is not None:
            self.recording.describe(described)
        return described

    def outcomes(self, questions: Sequence[Question], network: NetworkView) -> list[Outcome]:
        """Return how each question ends: with a decision that the network can carry out, or with a failure.

        Raises `NotRecorded` where a strict replay does not know a question.
        """
        known = {number: self._recorded(question, network) for number, question in enumerate(questions)}
        found = {number: outcome for number, outcome in known.items() if outcome is not None}
        unknown = [number for number in known if number not in found]
        for numbers in chunks(unknown, [len(question.body) for question in questions]):
            asked = [questions[number] for number in numbers]
            for number, question, answer in zip(numbers, asked, self._answers(asked), strict=True):
                found[number] = self._noted(question, answer, network)
        return [found[number] for number in range(len(questions))]

    def close(self) -> None:
        """Hang up and close the recording; what is asked later opens them again."""
        for name in ("client", "recording"):
            opened = self.__dict__.pop(name, None)
            if opened is not None:
                opened.close()

    def _recorded(self, question: Question, network: NetworkView) -> Outcome | None:
        """Return how a question ended when it was recorded, None where the service is to be asked."""
        entry = self.recording.find(question) if self.recording is not None else None
        if entry is None:
            return None
        self.counts["replayed"] += 1
        if entry.answer is None:
            return ServiceFailed(entry.failure)
        try:
            return usable(read(entry.answer, DecisionMessage, "the recording"), question.order, network)
        except ServiceFailed as failure:
            return failure

    def _answers(self, questions: Sequence[Question]) -> Sequence[bytes | ServiceFailed]:
        """Ask the service about one order, or about several at once."""
        try:
            if self.recording is not None:
                _ = self.policy  # what is recorded stands under its name
            if len(questions) == 1:
                return [self.client.ask(self._single(questions[0]))]
            return _parts(self.client.ask(self._batch(questions)), len(questions))
        except ServiceFailed as failure:
            return [failure] * len(questions)

    def _noted(self, question: Question, answer: bytes | ServiceFailed, network: NetworkView) -> Outcome:
        """Return what an answer comes to, counted and written down."""
        outcome: Outcome
        try:
            if isinstance(answer, ServiceFailed):
                raise answer
            message = read(answer, DecisionMessage, f"order {question.order.number}")
            outcome, entry, ended = usable(message, question.order, network), Entry(canonical(message)), "answered"
        except ServiceFailed as failure:
            outcome, entry, ended = failure, Entry(None, str(failure)), "failed"
        self.counts.update(("asked", ended))
        if self.recording is not None:
            self.recording.keep(question.body, entry)
        return outcome

    def _single(self, question: Question) -> Call:
        return Call("/v1/decisions", question.body, question.key, self._seconds.single, self._seconds.total)

    def _batch(self, questions: Sequence[Question]) -> Call:
        """Ask about several orders; all attempts together have the time of a batch."""
        body = BEGIN + b",".join([question.body for question in questions]) + END
        key = sha256("".join([question.key for question in questions]).encode()).hexdigest()
        return Call("/v1/decisions:batch", body, key, self._seconds.batch, self._seconds.batch)


def read(content: bytes, kind: type[Message], where: str) -> Message:
    """Return the message of an answer, or raise `UnusableAnswer` where there is none of this kind."""
    try:
        return msgspec.json.decode(content, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise UnusableAnswer(Problem(where, str(error), f"a {kind.__name__} by the contract", MEND)) from None


def usable(message: DecisionMessage, order: Order, network: NetworkView) -> Decision:
    """Return the decision of a message, or raise `UnusableAnswer` where the network cannot carry it out.

    Lines are compared with the order before anything is packed: packing a billion units would take all memory.
    """
    where = f"decision for order {order.number}"
    if message.schema_version.partition(".")[0] != SCHEMA_VERSION.partition(".")[0]:
        found = f"schema version {message.schema_version!r}"
        raise UnusableAnswer(Problem(where, found, f"{SCHEMA_VERSION} or another that begins alike", MEND))
    ordered = {line.sku for line in order.lines}
    lines = [line for part in (*(one.lines for one in message.shipments), message.unfilled) for line in part]
    if any(line.sku not in ordered for line in lines) or sum(line.quantity for line in lines) > units_of(order.lines):
        raise UnusableAnswer(Problem(where, "more or other units than were ordered", "those units", MEND))
    if not all(one.lines for one in message.shipments):
        raise UnusableAnswer(Problem(where, "a shipment of nothing", "lines in each shipment", MEND))
    try:
        decision = decision_from(message, order, network)
        validate(order, decision, network)
    except (UnknownOffer, IllegalDecision) as error:
        raise UnusableAnswer(Problem(where, str(error), "what the network can carry out", MEND)) from None
    return decision


def chunks(numbers: Iterable[int], sizes: Sequence[int]) -> Iterator[list[int]]:
    """Divide questions into batches of at most 500 and 1 MiB; a larger one goes alone."""
    chunk: list[int] = []
    size = len(BEGIN + END)
    for number in numbers:
        needed = sizes[number] + 1  # a comma
        if chunk and (len(chunk) == BATCH_ORDERS or size + needed > BATCH_BYTES):
            yield chunk
            chunk, size = [], len(BEGIN + END)
        chunk.append(number)
        size += needed
    if chunk:
        yield chunk


def key_of(policy: PolicyMessage, request: bytes) -> str:
    """Return the address of a question: the sha256 of all that its answer depends on."""
    depends_on = msgspec.json.encode([SCHEMA_VERSION, *identity_of(policy)])
    return sha256(depends_on + b"\n" + request).hexdigest()


def identity_of(policy: PolicyMessage) -> tuple[str, str, str]:
    """Return what tells policies apart: name, version and configuration."""
    return policy.id, policy.version, policy.config_hash


def _is_empty(file: sqlite3.Connection) -> bool:
    return bool(file.execute("SELECT count(*) = 0 FROM sqlite_master").fetchone()[0])


def _refuse_unless_ours(file: sqlite3.Connection) -> None:
    if file.execute("PRAGMA application_id").fetchone()[0] != OURS:
        raise sqlite3.DatabaseError("another program's database")


def words(policy: PolicyMessage) -> str:
    """Name a policy for people."""
    return f"policy {policy.id!r}, version {policy.version!r}, configuration {policy.config_hash[:12]!r}"


def _parts(content: bytes, expected: int) -> list[bytes]:
    """Return the answers in the answer to a batch."""
    answers = read(content, BatchMessage, "POST /v1/decisions:batch").decisions
    if len(answers) != expected:
        found = f"{len(answers)} decisions"
        raise UnusableAnswer(Problem("POST /v1/decisions:batch", found, f"{expected}, one for each order", MEND))
    return [bytes(answer) for answer in answers]
