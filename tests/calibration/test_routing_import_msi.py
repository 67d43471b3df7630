"""The links of a stock of Magento become a splitting policy, and priorities of nodes."""

from __future__ import annotations

import pytest

from tests.calibration.routing_exports import MSI, changed, imported
from twin.domain.errors import ConfigurationError

PRIORITIES = {"nodes": {"reno": {"priority": 2}, "columbus": {"priority": 1}}}


def test_links_become_priorities_of_nodes(tmp_path) -> None:
    found = imported(tmp_path, "msi", MSI)

    assert (found.routing, found.network, found.left_out) == ({"kind": "priority_split"}, PRIORITIES, [])


def test_the_distance_algorithm_keeps_priorities_as_its_base(tmp_path) -> None:
    found = imported(tmp_path, "msi", changed(MSI, algorithmCode="distance"))

    assert (found.routing, found.network) == ({"kind": "distance_split"}, PRIORITIES)


def test_an_algorithm_of_an_extension_is_listed(tmp_path) -> None:
    found = imported(tmp_path, "msi", changed(MSI, algorithmCode="drone"))

    assert [one.where for one in found.left_out] == ["algorithmCode"]


def test_a_table_of_links_is_read_as_well(tmp_path) -> None:
    table = "link_id,stock_id,source_code,priority\n1,2,reno,2\n2,2,columbus,1\n"

    found = imported(tmp_path, "msi", table, "links.csv")

    assert (found.network, found.left_out) == (PRIORITIES, [])


def test_an_unknown_column_of_a_table_is_listed_once(tmp_path) -> None:
    table = "stock_id,source_code,priority,color\n2,reno,2,red\n2,columbus,1,blue\n"

    found = imported(tmp_path, "msi", table, "links.csv")

    assert [(one.where, one.found) for one in found.left_out] == [("column color", '["red", "blue"]')]


def test_the_stock_with_the_most_sources_is_taken_and_the_others_listed(tmp_path) -> None:
    other = {"source_code": "default", "stock_id": 1, "priority": 1}

    found = imported(tmp_path, "msi", changed(MSI, items=[other, *MSI["items"]], total_count=3))

    assert found.network == PRIORITIES
    assert [one.where for one in found.left_out] == ["items[0]"]


def test_a_disabled_source_is_listed(tmp_path) -> None:
    found = imported(tmp_path, "msi", changed(MSI, sources=[{"source_code": "reno", "enabled": False}]))

    assert found.network == {"nodes": {"columbus": {"priority": 1}}}
    assert [one.why for one in found.left_out] == ["the source is disabled; take its node out of the network"]


def test_what_was_asked_of_the_shop_is_listed(tmp_path) -> None:
    found = imported(tmp_path, "msi", changed(MSI, search_criteria={"page_size": 20}))

    assert [one.where for one in found.left_out] == ["search_criteria"]


@pytest.mark.parametrize(
    ("to", "message"),
    [
        ({"total_count": 30}, "total_count: 30\n  expected: 2, the links in this file"),
        ({"items": [], "total_count": 0}, r"items: \[\]\n  expected: at least one link"),
        ({"items": [{**MSI["items"][0], "stock_id": None}, MSI["items"][1]]}, "expected: the number of a stock"),
        ({"items": [MSI["items"][0], MSI["items"][0]]}, "expected: each source once in a stock"),
        ({"items": [{**MSI["items"][0], "priority": 1.5}, MSI["items"][1]]}, "expected: a whole number"),
        ({"items": [{**MSI["items"][0], "priority": True}, MSI["items"][1]]}, "expected: a finite number"),
        ({"sources": [{"enabled": "perhaps"}]}, "expected: yes or no"),
    ],
)
def test_malformed_links_are_refused(tmp_path, to, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        imported(tmp_path, "msi", changed(MSI, **to))
