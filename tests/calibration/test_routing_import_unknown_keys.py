"""Nothing in an export can be dropped silently: a key that nobody reads is listed, wherever it stands."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.calibration.routing_exports import HOTWAX, MSI, SHOPIFY, SPREE, changed, imported
from tests.calibration.unknown_keys import KEYS, NEVER_A_KEY, VALUES, objects

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

CASES = [
    (system, export, path)
    for exports in (EXPORTS, RICH)
    for system, export in exports.items()
    for path in objects(export)
]


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
