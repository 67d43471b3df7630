"""A composed configuration as plain values, with the memory of who said what."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from twin.hydra_glue.scanning import LOADER


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a composition and the package its keys went to, empty for the top."""

    file: Path
    shown: str
    package: str = ""

    def line_of(self, keys: Sequence[str]) -> str:
        """Say where the file sets a path of keys; empty when it does not."""
        package = self.package.split(".") if self.package else []
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
            for place in (self._override_of(".".join(above)), *(part.line_of(above) for part in self.parts)):
                if place:
                    return place
        return self.parts[-1].shown

    def to_yaml(self) -> str:
        """Write the values as YAML, in the order of the parts."""
        return str(yaml.safe_dump(self.values, sort_keys=False, allow_unicode=True))

    def _override_of(self, dotted_key: str) -> str:
        groups = {part.package for part in self.parts}
        for override in reversed(self.overrides):
            key = re.match(r"[+~]*([^=]*)", override)
            if key and key[1] == dotted_key and dotted_key not in groups:
                return f"command line, {override}"
        return ""


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
