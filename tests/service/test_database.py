"""The network in a database: a day's decisions by its tables are those of the day, in SQLite and in PostgreSQL."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp
from time import sleep

import msgspec
import pytest
import sqlalchemy as sql

from tests.service.recorded_day import asked, model
from tests.service.serving import BOOK, a_picture, a_state, a_view, an_order
from twin.policies.contract import canonical, decision_message, order_from
from twin.policies.decision import Reason
from twin.policies.routing.explain import explain
from twin.policies.snapshot import Snapshot, SnapshotView, StockState, snapshot_for
from twin.service.database import DatabaseFailed, NetworkDatabase

ORDER = order_from(an_order(mug=2, book=1))
TRIES = 200


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/stock.db"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A PostgreSQL of our own on a socket in a folder of our own; it refuses to run as root."""
    if not (shutil.which("initdb") and shutil.which("postgres")):
        pytest.skip("PostgreSQL is not installed here")
    folder = Path(mkdtemp(prefix="pg"))
    somebody = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}
    if somebody:
        shutil.chown(folder, "nobody", "nogroup")
    quiet = {"cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, **somebody}
    words = ["initdb", "-D", f"{folder}/data", "-U", "twin", "-A", "trust", "--no-sync", "-E", "UTF8", "--no-locale"]
    try:
        subprocess.run(words, check=True, **quiet)
        options = ["-D", f"{folder}/data", "-k", str(folder), "-c", "listen_addresses=", "-c", "fsync=off"]
        running = subprocess.Popen(["postgres", *options], **quiet)  # noqa: S607  (whichever is installed)
        try:
            yield _once_it_answers(f"postgresql+psycopg://twin@/postgres?host={folder}", running)
        finally:
            running.terminate()
            running.wait(60)
    finally:
        shutil.rmtree(folder)


def _once_it_answers(url: str, running: subprocess.Popen) -> str:
    for _ in range(TRIES):
        engine = sql.create_engine(url)
        try:
            engine.connect().close()
        except sql.exc.OperationalError:
            assert running.poll() is None, "postgres has stopped"
            sleep(0.1)
        else:
            return url
        finally:
            engine.dispose()
    raise AssertionError("postgres does not answer")


@pytest.fixture
def postgres_url(server: str) -> str:
    """The same server with no tables."""
    engine = sql.create_engine(server)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
    engine.dispose()
    return server


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> Iterator[NetworkDatabase]:
    """A database with empty tables."""
    found = NetworkDatabase(request.getfixturevalue(f"{request.param}_url"))
    found.create_tables()
    yield found
    found.close()


@pytest.mark.slow
def test_a_simulated_day_is_decided_alike_by_the_tables(database: NetworkDatabase) -> None:
    shelves, policy = model().shelves, model().routing
    day = [request for request in asked() if request.order.placed_at < 24]
    assert len(day) > 400

    for request in day:
        order, recorded = order_from(request.order), SnapshotView(shelves.book, shelves.packer, request.snapshot)
        database.write(request.snapshot)
        tables = SnapshotView(shelves.book, shelves.packer, database.picture_for(order, shelves.book))
        messages = [
            decision_message(decision, explain(order, decision, view, policy, "full"))
            for view in (recorded, tables)
            for decision in [policy.decide(order, view)]
        ]
        assert canonical(messages[0]) == canonical(messages[1])
        assert canonical(tables.snapshot) == canonical(request.snapshot)


def test_a_picture_for_an_order_is_the_part_of_the_whole_that_the_order_needs(database: NetworkDatabase) -> None:
    whole = a_picture(reno=a_state(3, closed_because=Reason.NODE_CLOSED, backlog_hours=1.25, orders_left=0.5))
    database.write(whole)

    found = database.picture_for(ORDER, BOOK)

    assert found == snapshot_for(ORDER, a_view_as_written(whole), BOOK)
    assert set(found.nodes["reno"].stock) == {"mug", "book"}
    assert found.nodes["reno"].backlog_hours == 1.25


def a_view_as_written(whole: Snapshot) -> SnapshotView:
    """A view that tells the stock of a closed node as well, as the tables do."""
    opened = {name: msgspec.structs.replace(state, closed_because=None) for name, state in whole.nodes.items()}

    class View(SnapshotView):
        def closed_because(self, node: str) -> Reason | None:
            return whole.nodes[node].closed_because

    view = a_view(Snapshot(whole.taken_at, opened))
    return View(view.book, view.packer, view.snapshot)


def test_what_a_picture_does_not_name_keeps_its_stock(database: NetworkDatabase) -> None:
    database.write(a_picture())
    less = a_state(stock={"mug": StockState(1, 0, 1)})
    database.write(Snapshot(11.0, {"reno": less}))

    found = database.picture_for(ORDER, BOOK)

    assert found.taken_at == 11.0
    assert found.nodes["reno"].stock == {"mug": StockState(1, 0, 1), "book": StockState(9, 0, 9)}
    assert found.nodes["columbus"].stock["mug"] == StockState(9, 0, 9)


def test_a_pickup_that_a_node_no_longer_has_is_gone(database: NetworkDatabase) -> None:
    database.write(a_picture())
    database.write(a_picture(reno=a_state(arrives_at={})))

    found = database.picture_for(ORDER, BOOK)

    assert found.nodes["reno"].arrives_at == {}
    assert found.nodes["columbus"].arrives_at != {}


def test_a_product_that_was_never_there_is_none(database: NetworkDatabase) -> None:
    database.write(a_picture(reno=a_state(stock={})))

    assert database.picture_for(ORDER, BOOK).nodes["reno"].stock["mug"] == StockState(0, 0, 0)


def test_tables_that_are_there_are_kept(database: NetworkDatabase) -> None:
    database.write(a_picture())
    database.create_tables()

    assert database.picture_for(ORDER, BOOK).taken_at == 10.0


def test_a_picture_is_of_one_instant_although_somebody_writes_while_it_is_read(database: NetworkDatabase) -> None:
    database.write(a_picture())
    later = replace_all(a_picture(), 50)

    with writing_after_the_first_look(database, later):
        found = database.picture_for(ORDER, BOOK)

    assert {units.available for state in found.nodes.values() for units in state.stock.values()} == {9}
    assert found.taken_at == 10.0
    assert database.picture_for(ORDER, BOOK).nodes["reno"].stock["mug"].available == 50


def replace_all(picture: Snapshot, units: int) -> Snapshot:
    """The same picture an hour later with more of everything."""
    return Snapshot(picture.taken_at + 1, {name: a_state(units) for name in picture.nodes})


class writing_after_the_first_look:  # noqa: N801  (reads like a function)
    """Let another connection write once, after the reader has seen the clock and nothing else."""

    def __init__(self, database: NetworkDatabase, later: Snapshot) -> None:
        self._reader, self._later, self._done = database._reading, later, False
        self._writer = NetworkDatabase(database._engine.url.render_as_string(hide_password=False))

    def __enter__(self) -> None:
        sql.event.listen(self._reader, "after_cursor_execute", self._write)

    def __exit__(self, *_: object) -> None:
        sql.event.remove(self._reader, "after_cursor_execute", self._write)
        self._writer.close()
        assert self._done

    def _write(self, connection, cursor, statement, *_) -> None:
        if "taken_at" in statement and not self._done:
            self._done = True
            self._writer.write(self._later)


def test_a_change_that_fails_in_the_middle_changes_nothing(database: NetworkDatabase) -> None:
    database.write(a_picture())
    broken = a_picture(reno=a_state(stock={"mug": StockState(None, 0, 1)}))

    with pytest.raises(DatabaseFailed, match=r"(?i)null"):
        database.write(msgspec.structs.replace(broken, taken_at=99.0))

    assert database.picture_for(ORDER, BOOK).taken_at == 10.0
    assert database.picture_for(ORDER, BOOK).nodes["reno"].stock["mug"] == StockState(9, 0, 9)


def test_tables_without_a_picture_are_no_network(database: NetworkDatabase) -> None:
    with pytest.raises(DatabaseFailed, match="found no picture; expected one; write one first"):
        database.picture_for(ORDER, BOOK)


def test_a_reason_that_nobody_knows_is_named(database: NetworkDatabase) -> None:
    database.write(a_picture())
    with database._engine.begin() as connection:
        connection.execute(sql.text("UPDATE nodes SET closed_because = 'TIRED' WHERE node = 'reno'"))

    with pytest.raises(DatabaseFailed) as refused:
        database.picture_for(ORDER, BOOK)

    assert str(refused.value).startswith(
        "table nodes, node 'reno': closed_because 'TIRED'; expected null or one of NODE_DISABLED, NODE_CLOSED,"
    )


def test_a_database_without_tables_says_what_to_do(sqlite_url: str) -> None:
    database = NetworkDatabase(sqlite_url)

    with pytest.raises(DatabaseFailed) as refused:
        database.write(a_picture())
    database.close()

    said = str(refused.value)
    assert said.startswith(f"database {sqlite_url}: no such table: clock; expected a database that answers, with the ")
    assert said.endswith("start it, mend the address, or create the tables")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("stock.db", "Could not parse"),
        ("oracle8://stock", "Can't load plugin: sqlalchemy.dialects:oracle8"),
    ],
)
def test_an_address_that_is_none_is_refused(url: str, words: str) -> None:
    with pytest.raises(DatabaseFailed) as refused:
        NetworkDatabase(url)

    said = str(refused.value)
    assert said.startswith(f"the address of the database: {words}")
    assert said.endswith("; expected sqlite:///FILE or postgresql+psycopg://USER@HOST/DATABASE; mend the address")


def test_a_server_that_does_not_answer_is_named_without_its_password(tmp_path: Path) -> None:
    database = NetworkDatabase(f"postgresql+psycopg://twin:hush@/stock?host={tmp_path}")

    with pytest.raises(DatabaseFailed, match=r"database postgresql\+psycopg://twin:\*\*\*@.*connection") as refused:
        database.create_tables()
    database.close()

    assert "hush" not in str(refused.value)
