"""Keys that no importer knows, anything below them, and every place in an export where one could stand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

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
