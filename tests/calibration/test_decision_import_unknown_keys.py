"""Nothing in an export of decisions can be dropped silently: a key that nobody reads is listed, wherever it stands."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.calibration.decision_exports import EXPORTS, orders, written
from tests.calibration.routing_exports import changed
from tests.calibration.test_decision_import_shopify import GRAPHQL
from tests.calibration.unknown_keys import KEYS, VALUES, objects
from twin.calibration.decision_import.reading import SYSTEMS, decisions_in
from twin.calibration.decision_import.taken import Taken
from twin.calibration.routing_import.names import Names
from twin.calibration.routing_import.reading import LeftOut

CASES = [
    (system, export, path) for system, export in [*EXPORTS.items(), ("shopify", GRAPHQL)] for path in objects(export)
]


def read(system: str, export: Any) -> tuple[list[Taken], list[LeftOut]]:
    with TemporaryDirectory() as folder:
        return decisions_in(written(Path(folder), export), SYSTEMS[system], Names(), orders())


@given(case=st.sampled_from(CASES), key=KEYS, value=VALUES)
def test_an_unknown_key_anywhere_is_listed_once(case, key: str, value: object) -> None:
    system, export, path = case

    taken, left_out = read(system, changed(export, *path, **{key: value}))

    assert len(left_out) == 1
    assert left_out[0].where.endswith((key, json.dumps(key)))
    assert (taken, []) == read(system, export)


@given(key=KEYS, value=VALUES)
@settings(max_examples=20)
def test_an_unknown_key_beside_the_list_of_records_is_listed_once(key: str, value: object) -> None:
    taken, left_out = read("msi", {"decisions": EXPORTS["msi"], key: value})

    assert [one.where for one in left_out] == [key]
    assert (taken, []) == read("msi", EXPORTS["msi"])
