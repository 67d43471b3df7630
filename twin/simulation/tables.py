"""Columns to Parquet, in row groups of tens of thousands of rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

ROWS_PER_GROUP = 60_000

Column = Any  # a numpy array, or a pair (codes, names) for a column of words


def words(codes: Any, names: Sequence[str]) -> pa.DictionaryArray:  # noqa: ANN401  (any integer array)
    """Return a column of words from codes into a list of names."""
    return pa.DictionaryArray.from_arrays(pa.array(np.asarray(codes, dtype=np.int32)), pa.array(names, pa.string()))


class TableWriter:
    """Writes one Parquet file in chunks; the file is complete once closed.

    Only columns of words are dictionary-encoded: doing it for all costs 0.8 us a row and makes larger files.
    """

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._schema = schema
        coded = [field.name for field in schema if pa.types.is_dictionary(field.type)]
        self._writer = pq.ParquetWriter(path, schema, compression="snappy", use_dictionary=coded)
        self._pending: list[pa.RecordBatch] = []
        self._rows = 0

    def add(self, columns: Mapping[str, Column]) -> None:
        """Add rows, columns by name."""
        arrays = [
            value if isinstance(value := columns[field.name], pa.Array) else pa.array(value, field.type)
            for field in self._schema
        ]
        batch = pa.RecordBatch.from_arrays(arrays, schema=self._schema)
        self._pending.append(batch)
        self._rows += batch.num_rows
        if self._rows >= ROWS_PER_GROUP:
            self._write()

    def close(self) -> None:
        """Write what is left and close the file."""
        self._write()
        self._writer.close()

    def _write(self) -> None:
        if self._pending:
            table = pa.Table.from_batches(self._pending).unify_dictionaries().combine_chunks()
            self._writer.write_table(table, row_group_size=ROWS_PER_GROUP * 2)
        self._pending, self._rows = [], 0


def schema(**types: str) -> pa.Schema:
    """Return a schema from names and short types: int8, int32, int64, float64, bool, words."""
    known = {"words": pa.dictionary(pa.int32(), pa.string()), "bool": pa.bool_(), "int8": pa.int8(),
             "int32": pa.int32(), "int64": pa.int64(), "float64": pa.float64()}  # fmt: skip
    return pa.schema([(name, known[kind]) for name, kind in types.items()])


ORDERS = schema(
    order="int64", placed_at="float64", promised_by="float64", channel="words", region="words",
    destination="words", service_level="words", lines="int32", units="int32", value_usd="float64", status="words",
    delivered_at="float64", shipped_at="float64", cancelled_at="float64", shipments="int32", packages="int32",
    nodes="int32", first_pass_lines="int32", first_pass_units="int32", units_shipped="int32",  # noqa: S106  (takes "pass" for a password)
    first_choice="bool", single_node_possible="bool", avoidable_split="bool", attempts="int32",
    decided_at="float64",
)  # fmt: skip
SHIPMENTS = schema(
    shipment="int64", order="int64", node="words", service="words", carrier="words", zone="int8", lines="int32",
    units="int32", packages="int32", weight_kg="float64", billable_lb="float64", distance_km="float64",
    routed_at="float64", started_at="float64", packed_at="float64", planned_departure_at="float64",
    departed_at="float64", delivered_at="float64", promised_by="float64", work_hours="float64",
    label_usd="float64", surcharge_usd="float64", fuel_usd="float64", residential_usd="float64", area_usd="float64",
    additional_handling_usd="float64", oversize_usd="float64", peak_usd="float64", handling_usd="float64",
    packaging_usd="float64", late_credit_usd="float64", lost_goods_usd="float64", claimed_usd="float64",
    outcome="words", expected_usd="float64", linehaul_co2e_kg="float64", last_mile_co2e_kg="float64",
    packaging_co2e_kg="float64",
)  # fmt: skip
NODES = schema(
    at="float64", node="words", stage="words", stations="int32", open_hours="float64", overtime_hours="float64",
    busy_hours="float64", waiting="int32", waiting_hours="float64", admitted="int32", finished="int32",
)  # fmt: skip
STOCK = schema(
    day="int32", node="words", on_hand_units="int64", on_hand_usd="float64", on_hand_m3="float64",
    mean_on_hand_units="float64", mean_on_hand_usd="float64", reserved_units="int64", in_transit_units="int64",
    skus="int32", skus_out="int32", received_units="int64", shipped_units="int64", shipped_cost_usd="float64",
    backordered_units="int64", asked_units="int64", skus_asked="int32", skus_short="int32", cycles="int32",
    short_cycles="int32",
)  # fmt: skip
DECISIONS = schema(at="float64", order="int64", node="words", reason="words", detail="words")
RETURNS = schema(
    order="int64", origin="words", node="words", sku="words", units="int32", reason="words", method="words",
    grade="words", requested_at="float64", received_at="float64", inspected_at="float64", restocked_at="float64",
    refund_usd="float64", label_usd="float64", handling_usd="float64", written_off_usd="float64",
    recovered_usd="float64", co2e_kg="float64",
)  # fmt: skip
PICKUPS = schema(
    order="int64", node="words", units="int32", curbside="bool", ready_by="float64", ready_at="float64",
    collected_at="float64", restocked_at="float64",
)  # fmt: skip
LOCAL_DELIVERIES = schema(
    order="int64", node="words", window_starts_at="float64", window_ends_at="float64", departed_at="float64",
)  # fmt: skip
SHELVES = schema(
    day="int32", node="words", booked_units="int64", shelf_units="int64", phantom_units="int64", hidden_units="int64",
    skus="int32", skus_wrong="int32", walk_in_units="int64", walk_in_lost_units="int64", vanished_units="int64",
    till_units="int64", written_off_units="int64", found_units="int64",
)  # fmt: skip
FREIGHT = schema(
    at="float64", node="words", supplier="words", mode="words", trucks="int32", pallets="int32", units="int64",
    weight_kg="float64", distance_km="float64", freight_usd="float64",
)  # fmt: skip
EVENTS = schema(
    at="float64", kind="words", subject="words", order="int64", units="int64", distance_km="float64", reason="words",
)  # fmt: skip
