"""Imports a production system's routing configuration: reads its export, checks the policy, writes it as YAML."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from twin.calibration.routing_import import hotwax, msi, shopify, spree, sterling
from twin.calibration.routing_import.files import open_export
from twin.calibration.routing_import.names import Names, read_names
from twin.calibration.routing_import.parts import Part, Parts
from twin.calibration.routing_import.reading import LeftOut, Notes, Reader
from twin.calibration.routing_import.writing import dom_file, refuse_bad_targets, write_parts
from twin.domain.errors import ConfigurationError, Problem
from twin.paths import shown
from twin.policies.routing.catalogue import load


@dataclass(frozen=True, slots=True)
class System:
    """A production system: what it is called, which files it exports, and who reads them."""

    title: str
    forms: tuple[str, ...]
    list_key: str
    read: Callable[[Reader, Names], Parts]
    columns: tuple[str, ...] = ()


SYSTEMS: Mapping[str, System] = {
    "hotwax": System("HotWax Commerce", (".json",), "groups", hotwax.read),
    "shopify": System("Shopify", (".json",), "rules", shopify.read),
    "spree": System("Spree", (".json",), "data", spree.read),
    "msi": System("Magento multi-source inventory", (".json", ".csv"), "items", msi.read, msi.COLUMNS),
    "sterling": System("IBM Sterling Order Management", (".xml",), "AllocationRuleList", sterling.read),
}


@dataclass(frozen=True, slots=True)
class Imported:
    """What an export became: parts of the configuration, and every construct that could not be carried over."""

    routing: Part
    dom: Part | None
    network: Part | None
    left_out: list[LeftOut]


def read_routing(system: str, file: Path, facilities: Path | None = None) -> Imported:
    """Return what an export becomes, nothing written.

    Raises `ConfigurationError` for an unknown system, a malformed file, or values that the policy refuses.
    """
    if system not in SYSTEMS:
        found, expected = f"the system {system!r}", f"one of {', '.join(SYSTEMS)}"
        raise ConfigurationError([Problem("--from", found, expected, "name the system that the file comes from")])
    known = SYSTEMS[system]
    notes = Notes()
    export = Reader(open_export(file, known.forms, known.list_key, known.columns), "", notes)
    parts = known.read(export, read_names(facilities))
    left_out = notes.finish(file.name)
    load(parts.routing, f"{file.name}, as imported")
    return Imported(parts.routing, parts.dom, parts.network, left_out)


def import_routing(
    system: str, file: Path, target: Path, *, facilities: Path | None = None, overwrite: bool = False
) -> Imported:
    """Write the routing of an export into a YAML file, and its order management, where it has one, into `conf/dom`.

    `facilities` is a CSV table facility,node with what the facilities of the export are called here.

    Raises `ConfigurationError` as `read_routing` does, and for a target that is there already.
    """
    imported = read_routing(system, file, facilities)
    parts = Parts(imported.routing, imported.dom, imported.network)
    targets = [target] if parts.dom is None else [target, dom_file(target)]
    refuse_bad_targets(targets, overwrite=overwrite)
    write_parts(parts, imported.left_out, f"{file.name} of {SYSTEMS[system].title}", target)
    return imported


def summary(imported: Imported, target: Path) -> str:
    """Say what was written, what a scenario needs besides, and everything that was left out."""
    lines = [f"Wrote {shown(target)}: a policy of the kind {imported.routing['kind']}."]
    if imported.dom is not None:
        lines.append(f"Wrote {shown(dom_file(target))}: when orders are routed.")
    if imported.network is not None:
        lines.append("It needs the priorities of the nodes in the network, as the comment in the file says.")
    lines.append(f"Left out: {len(imported.left_out) or 'nothing'}{':' if imported.left_out else '.'}")
    return "\n".join([*lines, *(f"  {one}" for one in imported.left_out)])
