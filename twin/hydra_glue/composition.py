"""A composed configuration as plain values, with the memory of who said what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from twin.hydra_glue.scanning import HEADER, LOADER


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a composition and the package its keys went to, empty for the top."""

    file: Path
    shown: str
    package: str = ""

    def line_of(self, keys: Sequence[str]) -> str:
        """Say where the file sets a path of keys; empty when it does not."""
        counts_from_the_top = not self.package or package_named_in(self.file) == "_global_"
        package = [] if counts_from_the_top else self.package.split(".")
        if list(keys[: len(package)]) != package:
            return ""
        inner = keys[len(package) :]
        if not inner:
            return self.shown if package else ""
        line = _line(_tree(self.file), inner)
        return f"{self.shown}, line {line}" if line else ""


@dataclass(frozen=True, slots=True)
class Composition:
    """The whole configuration of one design: plain values, and which override or file said each of them.

    Parts stand in the order in which they win: the scenario, the chosen parts, `conf/config.yaml`.
    """

    values: dict[str, Any]
    overrides: tuple[str, ...]
    scenario: str
    design: str
    parts: tuple[Part, ...]

    def origin(self, dotted_key: str) -> str:
        """Name the override or file that set a key, or else the nearest key above it."""
        keys = dotted_key.split(".")
        for length in range(len(keys), 0, -1):
            above = keys[:length]
            key = ".".join(above)
            for place in (
                self._override(key),
                *(part.line_of(above) for part in self.parts),
                self._override_below(key),
            ):
                if place:
                    return place
        return self.parts[-1].shown

    def to_yaml(self) -> str:
        """Write the values as YAML, in the order of the parts."""
        return str(yaml.safe_dump(self.values, sort_keys=False, allow_unicode=True))

    def _override(self, dotted_key: str) -> str:
        """Name the last override that set a key."""
        groups = {part.package for part in self.parts}
        typed = [one for one in self.overrides if _key(one) == dotted_key and dotted_key not in groups]
        return f"command line, {typed[-1]}" if typed else ""

    def _override_below(self, dotted_key: str) -> str:
        """Name the first override that set something below a key, and so made the key where no file has it."""
        typed = [one for one in self.overrides if _key(one).startswith(f"{dotted_key}.")]
        return f"command line, {typed[0]}" if typed else ""


def _key(override: str) -> str:
    return override.partition("=")[0].lstrip("+~")


def package_named_in(file: Path) -> str:
    """Return the package that the first line of a file puts its keys into, empty where it names none."""
    lines = file.read_text(encoding="utf-8").splitlines()
    header = HEADER.match(next(filter(str.strip, lines), ""))
    return header[1] if header else ""


def bases_of(file: Path) -> list[str]:
    """List the parts of its own folder that a part builds on, those that win first."""
    root = _tree(file)
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    listed = [value.value for key, value in pairs if key.value == "defaults" and isinstance(value, yaml.SequenceNode)]
    items = [item.value for items in listed for item in items if isinstance(item, yaml.ScalarNode)]
    return [item for item in reversed(items) if item != "_self_"]


def lists_of(scenario: Path) -> dict[str, list[str]]:
    """Return the groups of which a scenario chooses several parts, and which."""
    root = _tree(scenario)
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    listed = [value.value for key, value in pairs if key.value == "defaults" and isinstance(value, yaml.SequenceNode)]
    chosen = [pair for items in listed for item in items if isinstance(item, yaml.MappingNode) for pair in item.value]
    return {
        key.value.removeprefix("override").strip(" /"): [name.value for name in names.value]
        for key, names in chosen
        if isinstance(names, yaml.SequenceNode)
    }


@lru_cache(maxsize=64)
def _tree(file: Path) -> yaml.Node | None:
    """Read a file that has already composed once, this time with its line numbers."""
    return yaml.compose(file.read_text(encoding="utf-8"), Loader=LOADER)


def _line(node: yaml.Node | None, keys: Sequence[str]) -> int:
    """Return the line of a path of keys below a node, 0 when it is not there."""
    line = 0
    for key in keys:
        if isinstance(node, yaml.SequenceNode) and key.isdecimal() and int(key) < len(node.value):
            node = node.value[int(key)]
            line = node.start_mark.line + 1
            continue
        found = [pair for pair in node.value if pair[0].value == key] if isinstance(node, yaml.MappingNode) else []
        if not found:
            return 0
        line, node = found[0][0].start_mark.line + 1, found[0][1]
    return line
