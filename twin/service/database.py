"""The network as tables of a database: where production keeps it, and a picture of it for an order.

SQLite (`sqlite:///stock.db`) needs no server; PostgreSQL is `postgresql+psycopg://user@host/database`. A picture is
written and read in one transaction each, so that nobody sees half of a change; one program at a time writes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from twin.domain.errors import TwinError
from twin.domain.extras import needs
from twin.domain.orders import Order
from twin.policies.decision import Reason
from twin.policies.offers import OfferBook
from twin.policies.snapshot import NodeState, Snapshot, StockState

with needs("sql"):
    import sqlalchemy as sql
    from sqlalchemy import BigInteger, Column, Connection, Double, Integer, String

TABLES = sql.MetaData()
CLOCK = sql.Table("clock", TABLES, Column("taken_at", Double, nullable=False))
NODES = sql.Table(
    "nodes", TABLES, Column("node", String, primary_key=True), Column("closed_because", String),
    Column("backlog_hours", Double, nullable=False), Column("orders_left", Double),
)  # fmt: skip
STOCK = sql.Table(
    "stock", TABLES, Column("node", String, primary_key=True), Column("sku", String, primary_key=True),
    Column("on_hand", BigInteger, nullable=False), Column("reserved", BigInteger, nullable=False),
    Column("available", BigInteger, nullable=False),
)  # fmt: skip
PICKUPS = sql.Table(
    "pickups", TABLES, Column("node", String, primary_key=True), Column("service", String, primary_key=True),
    Column("transit_days", Integer, primary_key=True), Column("arrives_at", Double, nullable=False),
)  # fmt: skip

NOT_THERE = StockState(0, 0, 0)
Row = Mapping[str, Any]
Arrivals = dict[str, dict[str, dict[str, float]]]  # by node, service and transit days


class DatabaseFailed(TwinError):  # noqa: N818  (says what is wrong with the database)
    """The database cannot be used as it is."""


class NetworkDatabase:
    """Pictures of the network in a database."""

    def __init__(self, url: str) -> None:
        with _in_words("the address of the database"), needs("sql"):
            self._engine = sql.create_engine(url)
        self._name = f"database {self._engine.url.render_as_string(hide_password=True)}"
        if self._engine.dialect.name == "sqlite":
            _let_transactions_be_ours(self._engine)
            self._reading = self._engine
        else:
            self._reading = self._engine.execution_options(isolation_level="REPEATABLE READ")

    def create_tables(self) -> None:
        """Create the tables that are not there yet."""
        with _in_words(self._name), self._engine.begin() as connection:
            TABLES.create_all(connection)

    def write(self, snapshot: Snapshot) -> None:
        """Write down what a picture says of its nodes; products that it does not name keep their stock."""
        with _in_words(self._name), self._engine.begin() as connection:
            connection.execute(CLOCK.delete())
            connection.execute(CLOCK.insert(), [{"taken_at": snapshot.taken_at}])
            _replace_nodes(connection, snapshot)
            _replace_stock(connection, _stock_rows(snapshot))

    def picture_for(self, order: Order, book: OfferBook) -> Snapshot:
        """Return all that a policy may ask about an order, of every node, as of one instant."""
        skus = sorted({line.sku for line in order.lines})
        with _in_words(self._name), self._reading.begin() as connection:
            taken_at = connection.execute(sql.select(CLOCK.c.taken_at)).scalar_one_or_none()
            if taken_at is None:
                raise DatabaseFailed(f"{self._name}: found no picture; expected one; write one first")
            stock, arrivals = _stock(connection, skus), _arrivals(connection, order, book)
            nodes = connection.execute(sql.select(NODES).order_by(NODES.c.node)).mappings()
            states = {
                row["node"]: NodeState(
                    stock={sku: stock.get((row["node"], sku), NOT_THERE) for sku in skus},
                    arrives_at=arrivals.get(row["node"], {}),
                    closed_because=_reason(row["node"], row["closed_because"]),
                    backlog_hours=row["backlog_hours"],
                    orders_left=row["orders_left"],
                )
                for row in nodes
            }
        return Snapshot(taken_at, states)

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()


def _replace_nodes(connection: Connection, snapshot: Snapshot) -> None:
    names = sorted(snapshot.nodes)
    for table in (NODES, PICKUPS):
        connection.execute(table.delete().where(table.c.node.in_(names)))
    states = [
        {
            "node": name,
            "closed_because": state.closed_because,
            "backlog_hours": state.backlog_hours,
            "orders_left": state.orders_left,
        }
        for name, state in snapshot.nodes.items()
    ]
    pickups = [
        {"node": name, "service": service, "transit_days": int(days), "arrives_at": at}
        for name, state in snapshot.nodes.items()
        for service, by_days in state.arrives_at.items()
        for days, at in by_days.items()
    ]
    for table, rows in ((NODES, states), (PICKUPS, pickups)):
        if rows:
            connection.execute(table.insert(), rows)


def _stock_rows(snapshot: Snapshot) -> list[Row]:
    return [
        {"node": name, "sku": sku, "on_hand": units.on_hand, "reserved": units.reserved, "available": units.available}
        for name, state in snapshot.nodes.items()
        for sku, units in state.stock.items()
    ]


def _replace_stock(connection: Connection, rows: Sequence[Row]) -> None:
    if not rows:
        return
    same = (STOCK.c.node == sql.bindparam("of_node"), STOCK.c.sku == sql.bindparam("of_sku"))
    connection.execute(STOCK.delete().where(*same), [{"of_node": row["node"], "of_sku": row["sku"]} for row in rows])
    connection.execute(STOCK.insert(), rows)


def _stock(connection: Connection, skus: Sequence[str]) -> dict[tuple[str, str], StockState]:
    """Return the stock of some products by node and SKU."""
    rows = connection.execute(sql.select(STOCK).where(STOCK.c.sku.in_(skus))).mappings()
    return {(row["node"], row["sku"]): StockState(row["on_hand"], row["reserved"], row["available"]) for row in rows}


def _arrivals(connection: Connection, order: Order, book: OfferBook) -> Arrivals:
    """Return when something sent to the order's destination would arrive."""
    ways = {(way.node, way.service, way.transit_days) for way in book.ways(order.destination, order.service_level)}
    services = sorted({service for _, service, _ in ways})
    found: Arrivals = {}
    for row in connection.execute(sql.select(PICKUPS).where(PICKUPS.c.service.in_(services))).mappings():
        node, service, days = row["node"], row["service"], row["transit_days"]
        if (node, service, days) in ways:
            found.setdefault(node, {})[service] = {str(days): row["arrives_at"]}
    return found


def _reason(node: str, found: str | None) -> Reason | None:
    """Return why a node is closed."""
    if found is not None and found not in set(Reason):
        raise DatabaseFailed(
            f"table nodes, node {node!r}: closed_because {found!r}; expected null or one of "
            f"{', '.join(Reason)}; mend the row"
        )
    return None if found is None else Reason(found)


@contextmanager
def _in_words(name: str) -> Iterator[None]:
    """Say what a database refuses in words that help; its own are kept, its passwords are not in them."""
    try:
        yield
    except (sql.exc.NoSuchModuleError, sql.exc.ArgumentError) as error:
        expected = "sqlite:///FILE or postgresql+psycopg://USER@HOST/DATABASE"
        raise DatabaseFailed(f"{name}: {error}; expected {expected}; mend the address") from None
    except sql.exc.SQLAlchemyError as error:
        said = " ".join(str(getattr(error, "orig", None) or error).split())
        raise DatabaseFailed(
            f"{name}: {said}; expected a database that answers, with the tables {', '.join(sorted(TABLES.tables))}; "
            "start it, mend the address, or create the tables"
        ) from error


def _let_transactions_be_ours(engine: sql.Engine) -> None:
    """Begin every transaction of SQLite ourselves: Python's driver begins none for what only reads."""

    @sql.event.listens_for(engine, "connect")
    def connected(connection: Any, _: object) -> None:  # noqa: ANN401  (whatever the driver has)
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL").close()  # who reads does not keep others from writing
        connection.execute("PRAGMA synchronous=NORMAL").close()  # enough for WAL: a picture is soon replaced

    @sql.event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")
