"""The preset of each kind of node: put under the nodes of that kind, and named when one of its values is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

KINDS = "node_kinds"
NODES = ("network", "nodes")


def with_presets(values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, object]]:
    """Put the preset of its kind under every node, the node's own words winning, and take the presets away.

    Returns the configuration, and by name the kinds of nodes that were left out because they have no preset.
    """
    merged = {key: value for key, value in values.items() if key not in (KINDS, "scenario")}
    network, own = values.get("network"), _below(values, NODES)
    if not isinstance(network, Mapping) or not isinstance(own, Mapping):
        return merged, {}
    kinds = {name: node.get("kind") if isinstance(node, Mapping) else None for name, node in own.items()}
    presets = {name: _below(values, (KINDS, str(kind))) for name, kind in kinds.items()}
    nodes = {name: _merged(presets[name], node) for name, node in own.items() if presets[name] is not None}
    unknown = {name: kind for name, kind in kinds.items() if presets[name] is None}
    return {**merged, "network": {**network, "nodes": nodes}}, unknown


def traced(values: Mapping[str, Any], origin: Callable[[str], str]) -> Callable[[str], str]:
    """Return an `origin` that asks the preset of a node's kind where the node does not say a key itself."""

    def where(key: str) -> str:
        key = key.partition("[")[0]  # a list is set as a whole
        keys = key.split(".")
        if tuple(keys[:2]) == NODES:
            own, inner = _below(values, keys[:3]), keys[3:]
            preset = (KINDS, str(_below(own, ["kind"])))
            if _depth(_below(values, preset), inner) > _depth(own, inner):
                return origin(".".join([*preset, *inner]))
        return origin(key)

    return where


def _merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Merge two mappings, the second winning.

    None takes away an entry of the preset that has entries of its own; a new `kind` replaces such an entry whole.
    """
    result = dict(under)
    for key, value in over.items():
        below = result.get(key)
        if isinstance(value, Mapping) and isinstance(below, Mapping) and value.get("kind") is None:
            result[key] = _merged(below, value)
        elif value is None and (below is None or isinstance(below, Mapping)):
            result.pop(key, None)
        else:
            result[key] = value
    return result


def _below(tree: Any, keys: Sequence[str]) -> Any:  # noqa: ANN401  (a tree of any shape)
    """Return what stands below a path of keys, None where there is nothing."""
    for key in keys:
        tree = tree.get(key) if isinstance(tree, Mapping) else None
    return tree


def _depth(tree: Any, keys: Sequence[str]) -> int:  # noqa: ANN401  (a tree of any shape)
    """Count how many of some keys lead into a tree."""
    found = 0
    for key in keys:
        if not isinstance(tree, Mapping) or key not in tree:
            break
        tree, found = tree[key], found + 1
    return found
