"""Reads the sources of a stock of Magento's multi-source inventory, with their priorities: a list of links."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from twin.calibration.routing_import.names import Names
from twin.calibration.routing_import.parts import Part, Parts
from twin.calibration.routing_import.reading import Reader

COLUMNS = ("link_id", "stock_id", "source_code", "priority")
SOURCE_NAMES = ("name", "description")
ALGORITHMS = {"priority": "priority_split", "distance": "distance_split"}


def read(stock: Reader, names: Names) -> Parts:
    """Return the algorithm that takes the sources of one stock, and their priorities for the network."""
    kind = stock.choice("algorithmCode", ALGORITHMS, "priority_split")
    if "search_criteria" in stock.values:
        stock.leave_out("search_criteria", "it says what was asked of the shop, not how orders are routed")
    links = stock.children("items")
    if stock.number("total_count", default=len(links)) != len(links):
        stock.problem("total_count", f"{len(links)}, the links in this file", "ask for all links, not for a page")
    closed = _disabled(stock)
    priorities: dict[str, int] = {}
    for link in _of_one_stock(links):
        _link(link, names, closed, priorities)
    if not priorities:
        stock.problem(
            "items", "at least one link with source_code, stock_id and priority", "link a source, or enable one"
        )
    nodes: Part = {name: {"priority": priority} for name, priority in priorities.items()}
    return Parts({"kind": kind}, network={"nodes": nodes})


def _link(link: Reader, names: Names, closed: Sequence[str], priorities: dict[str, int]) -> None:
    """Note the priority of one source."""
    if link.text("source_code") in closed:
        link.number("priority")
        link.leave_out_this("the source is disabled; take its node out of the network")
        return
    name, priority = names.one_of(link, "source_code"), link.number("priority")
    if name in priorities:
        link.problem("source_code", "each source once in a stock", "drop one of its links, or map it to another node")
    elif priority != int(priority):
        link.problem("priority", "a whole number", "write the priority as the shop has it")
    else:
        priorities[name] = int(priority)


def _of_one_stock(links: Sequence[Reader]) -> list[Reader]:
    """Return the links of the stock with the most sources, of equals the one that comes first; leave out the others."""
    stocks = []
    for link in links:
        link.pass_over("link_id")
        stocks.append(link.text("stock_id"))
        if not stocks[-1]:
            link.problem("stock_id", "the number of a stock", "export the links with their stock")
    chosen = Counter(stocks).most_common(1)[0][0] if stocks else ""
    for link, stock in zip(links, stocks, strict=True):
        if stock != chosen:
            link.pass_over("source_code", "priority")
            link.leave_out_this(f"a policy routes the orders of one stock, here of {chosen}, the one with most sources")
    return [link for link, stock in zip(links, stocks, strict=True) if stock == chosen]


def _disabled(stock: Reader) -> list[str]:
    """Return the codes of the sources that the export says are disabled."""
    codes = []
    for source in stock.children("sources"):
        source.pass_over(*SOURCE_NAMES)
        code = source.text("source_code")
        if not source.flag("enabled", default=True):
            codes.append(code)
    return codes
