"""Writes what was imported: each part a YAML file, with a comment for everything that was left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import yaml

from twin.calibration.routing_import.parts import Part, Parts
from twin.calibration.routing_import.reading import LeftOut
from twin.config.fields import name_from
from twin.domain.errors import ConfigurationError, Problem
from twin.experiments.files import write_text
from twin.paths import shown

WIDTH = 120
ROUTING = "routing"
RUNS = ["runs", "_self_"]
"""What the export does not say about order management is as in conf/dom/runs.yaml."""


def dom_file(target: Path) -> Path:
    """Return where order management goes: into conf/dom, or beside a routing that is in no such folder."""
    if target.parent.name == ROUTING:
        return target.parent.parent / "dom" / target.name
    return target.with_name(f"{target.stem}_dom.yaml")


def write_parts(parts: Parts, left_out: Sequence[LeftOut], source: str, target: Path) -> None:
    """Write the routing, and order management where the export says something about it."""
    texts = {target: routing_text(parts, left_out, source, target)}
    if parts.dom is not None:
        texts[dom_file(target)] = f"{_comment(source)}{_yaml({'defaults': RUNS, **parts.dom})}"
    for file, text in texts.items():
        try:
            write_text(file, text)
        except OSError as error:
            expected = "a folder that can be written to"
            cure = "check its permissions and the space on the disk"
            raise ConfigurationError([Problem(shown(file), error.strerror or str(error), expected, cure)]) from None


def routing_text(parts: Parts, left_out: Sequence[LeftOut], source: str, target: Path) -> str:
    """Return the YAML of a routing: where it is from, what was left out, what goes elsewhere, and the policy."""
    comments = [_comment(source)]
    comments += [f"# {line}\n" for line in (*_left_out(left_out), *_elsewhere(parts, target))]
    return f"{''.join(comments)}{_yaml(parts.routing)}"


def refuse_bad_targets(files: Sequence[Path], *, overwrite: bool) -> None:
    """Refuse names that no part can have and, unless told to overwrite them, files that are there already."""
    problems = []
    for file in files:
        where = shown(file)
        try:
            name_from(file.stem)
        except ValueError as error:
            problems.append(Problem(where, f"the name {file.stem!r}", str(error), "choose another name"))
        if file.suffix != ".yaml":
            problems.append(Problem(where, f"the ending {file.suffix!r}", "the ending '.yaml'", "choose another name"))
        if file.exists() and not (overwrite and file.is_file()):
            cure = "choose another name, or say --overwrite to replace a file"
            problems.append(Problem(where, "something that is there already", "a new file", cure))
    if problems:
        raise ConfigurationError(problems)


def _left_out(left_out: Sequence[LeftOut]) -> Iterator[str]:
    if left_out:
        yield f"Left out ({len(left_out)}):"
    for one in left_out:
        yield f"  - {_on_one_line(str(one))}"


def _elsewhere(parts: Parts, target: Path) -> Iterator[str]:
    """Say what a scenario needs besides this routing."""
    if parts.dom is None and parts.network is None:
        return
    yield "To go with it in a scenario:"
    if parts.dom is not None:
        dom = dom_file(target)
        parts_named = f"[override /routing: {target.stem}, override /dom: {dom.stem}]"
        yield f"  defaults: {parts_named}  # {dom.parent.name}/{dom.name}"
    if parts.network is not None:
        yield "  network:  # the original knows no other nodes than these"
        for line in _yaml(parts.network).splitlines():
            yield f"    {line}"


def _comment(source: str) -> str:
    return f"# Imported from {_on_one_line(source)}.\n"


def _yaml(part: Part) -> str:
    return str(yaml.safe_dump(part, sort_keys=False, width=WIDTH))


def _on_one_line(text: str) -> str:
    """Keep what a file says inside its comment."""
    return "".join(sign if sign.isprintable() else " " for sign in text)
