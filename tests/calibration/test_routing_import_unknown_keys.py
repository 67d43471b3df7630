"""Nothing in an export can be dropped silently: a key that nobody reads is listed, wherever it stands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.calibration.routing_exports import HOTWAX, MSI, SHOPIFY, SPREE, changed, imported

EXPORTS = {"hotwax": HOTWAX, "shopify": SHOPIFY, "spree": SPREE, "msi": MSI}
RICH = {
    "hotwax": changed(
        HOTWAX,
        "routings", 1, "rules", 0,
        inventoryFilters=[{"fieldName": "moonPhase", "fieldValue": "full"}],
        actions=[{"actionTypeEnumId": "ORA_AUTO_CANCEL_DAYS", "actionValue": 5}],
    ),
    "spree": changed(SPREE, "data", 0, type="preferred_location"),
    "msi": changed(MSI, sources=[{"source_code": "reno", "enabled": False}]),
    "shopify": changed(SHOPIFY, 1, rule="Our own app"),
}  # fmt: skip
NEVER_A_KEY = "zz"
KEYS = st.text(min_size=1, max_size=12).map(lambda text: f"{NEVER_A_KEY}{text}")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def objects(tree: Any, *path: Any) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every object of an export."""
    if isinstance(tree, dict):
        yield path
    for step, inner in tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ():
        yield from objects(inner, *path, step)


CASES = [
    (system, export, path)
    for exports in (EXPORTS, RICH)
    for system, export in exports.items()
    for path in objects(export)
]


@settings(deadline=None)  # it writes files, and no test is timed
@given(case=st.sampled_from(CASES), key=KEYS, value=VALUES)
def test_an_unknown_key_anywhere_is_listed_once(case, key: str, value: object) -> None:
    system, export, path = case
    with TemporaryDirectory() as folder:
        before = imported(Path(folder), system, export)

        after = imported(Path(folder), system, changed(export, *path, **{key: value}))

    more = [one for one in after.left_out if one not in before.left_out and NEVER_A_KEY in one.where]
    assert len(after.left_out) == len(before.left_out) + 1
    assert [one.where.endswith((key, json.dumps(key))) for one in more] == [True]
    assert (after.routing, after.dom, after.network) == (before.routing, before.dom, before.network)


@pytest.mark.parametrize("system", EXPORTS)
def test_objects_under_keys_that_decide_nothing_are_listed(tmp_path, system: str) -> None:
    export = EXPORTS[system]
    path = {"hotwax": ("routings", 0), "shopify": (0,), "spree": ("data", 0), "msi": ("items", 0)}[system]
    key = {"hotwax": "createdDate", "shopify": "id", "spree": "id", "msi": "link_id"}[system]

    found = imported(tmp_path, system, changed(export, *path, **{key: {"secretly": "a rule"}}))

    assert [one.found for one in found.left_out] == ['{"secretly": "a rule"}']
