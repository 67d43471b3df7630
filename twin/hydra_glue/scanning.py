"""Scenario files are data: what could run code, read the environment or exhaust memory is refused in them.

The look happens on YAML events and nodes, before OmegaConf or Hydra see the text: reading does no harm.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, TypeAlias

import yaml

from twin.domain.errors import Problem

Kind: TypeAlias = Literal["scenario", "part"]

MAX_BYTES = 5_000_000
MAX_DEPTH = 20
MAX_NODES = 200_000
CODE_KEYS = frozenset({"_target_", "_partial_", "_args_", "_recursive_", "_convert_"})
TRUSTED_KEYS = frozenset({"allowed_hosts", "api_key_env"})
OWN_CODE = "python:"
TRUTHS = frozenset({"true", "false", "True", "False", "TRUE", "FALSE"})
PACKAGES: dict[Kind, tuple[str, ...]] = {"scenario": ("_global_",), "part": ("_global_", "_group_")}
OVERRIDE_KEY = re.compile(r"override (?!/?hydra\b)/?[\w/-]+(@(?!hydra\b)[\w.-]+)?")
CHOICE = re.compile(r"\w[\w.-]*(/\w[\w.-]*)*")
HEADER = re.compile(r"^\s*#\s*@package\s+(\S+)", re.MULTILINE)
PLAIN = (None, "")
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml where it is there: ten times as fast


def scan(content: bytes, where: str, kind: Kind) -> list[Problem]:
    """List everything in a YAML file that has no place in data.

    A `part` (a file of the user's own `conf`) may refer to other values by `${path.to.value}` and may build
    on a part of its own folder through `defaults`; a `scenario`, which people pass on, may do neither, nor name code to
    import or hosts and secrets to trust.
    """
    if len(content) > MAX_BYTES:
        return [Problem(where, f"more than {MAX_BYTES:,} bytes", "a short file", "put big tables into CSV files")]
    try:
        text = content.decode("utf-8")
        problems = [*_package_problems(text, where, kind), *_event_problems(text, where)]
        root = None if problems else yaml.compose(text, Loader=LOADER)
    except yaml.YAMLError as error:
        return [yaml_problem(error, where)]
    except UnicodeDecodeError:
        return [Problem(where, "bytes that are not UTF-8", "text in UTF-8", "save the file as UTF-8")]
    if root is None:
        return problems
    if not isinstance(root, yaml.MappingNode):
        return [Problem(where, "a file that is not a mapping", "keys and values, such as 'network: {...}'")]
    return [*_node_problems(root, where, kind), *_root_problems(root, where, kind)]


def yaml_problem(error: yaml.YAMLError, where: str) -> Problem:
    """Say where a text stops being YAML."""
    mark = getattr(error, "problem_mark", None)
    place = f"{where}, line {mark.line + 1}" if mark else where
    return Problem(place, str(getattr(error, "problem", None) or error), "valid YAML")


def _package_problems(text: str, where: str, kind: Kind) -> Iterator[Problem]:
    for match in HEADER.finditer(text):
        if match[1] not in PACKAGES[kind]:
            cure = "leave the @package line out"
            yield Problem(where, f"@package {match[1]}", " or ".join(PACKAGES[kind]), cure)


def _event_problems(text: str, where: str) -> list[Problem]:
    """Refuse what must not reach a loader: aliases, tags, depth, sheer number. Stops at the first."""
    depth = nodes = documents = 0
    for event in yaml.parse(text, Loader=LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        nodes += isinstance(event, yaml.NodeEvent)
        documents += isinstance(event, yaml.DocumentStartEvent)
        place = f"{where}, line {event.start_mark.line + 1}"
        if isinstance(event, yaml.AliasEvent):
            return [Problem(place, f"the alias *{event.anchor}", "no aliases", "write the value out")]
        if getattr(event, "tag", None) is not None:
            return [Problem(place, f"the tag {event.tag}", "no tags", "write the plain value")]
        if depth > MAX_DEPTH:
            return [Problem(place, f"more than {MAX_DEPTH} levels", f"at most {MAX_DEPTH} levels")]
        if nodes > MAX_NODES:
            return [Problem(place, f"more than {MAX_NODES:,} values", "fewer", "put big tables into CSV files")]
        if documents > 1:
            return [Problem(place, "a second document", "one document", "remove the line '---'")]
    return []


def _node_problems(node: yaml.Node, where: str, kind: Kind) -> Iterator[Problem]:
    """Walk all keys and values below a node."""
    if isinstance(node, yaml.ScalarNode):
        yield from _scalar_problems(node, where, kind)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _node_problems(item, where, kind)
    elif isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            yield from _key_problems(key, where, kind, seen)
            yield from _node_problems(key, where, kind)
            yield from _node_problems(value, where, kind)


def _key_problems(key: yaml.Node, where: str, kind: Kind, seen: set[str]) -> Iterator[Problem]:
    place = _place(key, where)
    if not isinstance(key, yaml.ScalarNode):
        yield Problem(place, "a key that is a list or mapping", "a word as key")
        return
    if key.value in CODE_KEYS:
        cure = "name the kind, such as 'kind: min_cost'"
        yield Problem(place, f"the key {key.value}", "no keys that call code", cure)
    if kind == "scenario" and key.value in TRUSTED_KEYS:
        cure = "set it in a part, such as conf/routing/ours.yaml, or on the command line"
        yield Problem(place, f"the key {key.value}", "no word on whom to trust in a scenario", cure)
    if key.value in seen:
        yield Problem(place, f"the key {key.value!r} a second time", "each key once", "keep one of the two")
    seen.add(key.value)


def _scalar_problems(node: yaml.ScalarNode, where: str, kind: Kind) -> Iterator[Problem]:
    place, value = _place(node, where), node.value
    if "${" in value and (kind == "scenario" or ":" in value):
        plain = "no ${...} in a scenario"
        allowed = plain if kind == "scenario" else "only references such as ${costs.wage_usd_per_hour}"
        yield Problem(place, value, allowed, "write the value out")
    if kind == "scenario" and value.startswith(OWN_CODE):
        cure = "name it in a part, such as conf/routing/ours.yaml, and choose that: override /routing: ours"
        yield Problem(place, value, "no code of your own in a scenario", cure)
    if node.style in PLAIN and _read_as_another_type(node):
        truth = node.tag.endswith(":bool")
        found = f"{value}, which YAML reads as {'a truth value' if truth else 'another number'}"
        cure = f"quote it: '{value}'" + (", or write true or false" if truth else "")
        yield Problem(place, found, "a value that means what it says", cure)


def _read_as_another_type(node: yaml.ScalarNode) -> bool:
    """Answer whether YAML 1.1 turns the words into something else: NO is false, 16:30 is 990, 021 is 17."""
    if node.tag.endswith(":bool"):
        return node.value not in TRUTHS
    number = node.value.lstrip("+-")
    leading_zero = number[:1] == "0" and number[1:2].isdigit()
    return node.tag.endswith((":int", ":float")) and (":" in number or leading_zero)


def _root_problems(root: yaml.MappingNode, where: str, kind: Kind) -> Iterator[Problem]:
    for key, value in root.value:
        if key.value == "hydra":
            yield Problem(_place(key, where), "the key hydra", "no settings of Hydra itself", "remove it")
        elif key.value == "defaults" and not isinstance(value, yaml.SequenceNode):
            yield Problem(_place(key, where), "defaults that are not a list", "a list")
        elif key.value == "defaults":
            for item in value.value:
                if not _is_plain_default(item, kind):
                    found = f"the default {_brief(item)}"
                    yield Problem(_place(item, where), found, "'override /group: choice' or _self_")


def _is_plain_default(item: yaml.Node, kind: Kind) -> bool:
    if isinstance(item, yaml.ScalarNode):
        return item.value == "_self_" or (kind == "part" and bool(CHOICE.fullmatch(item.value)))
    if not isinstance(item, yaml.MappingNode) or len(item.value) != 1:
        return False
    ((key, choice),) = item.value
    if not isinstance(key, yaml.ScalarNode) or not OVERRIDE_KEY.fullmatch(key.value):
        return False
    if isinstance(choice, yaml.SequenceNode):
        return all(_is_choice(one) for one in choice.value)
    return choice.tag.endswith(":null") or _is_choice(choice)


def _is_choice(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and bool(CHOICE.fullmatch(node.value))


def _place(node: yaml.Node, where: str) -> str:
    return f"{where}, line {node.start_mark.line + 1}"


def _brief(node: yaml.Node) -> str:
    """Write a short default entry as it stands in the file."""
    if isinstance(node, yaml.MappingNode):
        return ", ".join(f"{key.value}: {value.value}" for key, value in node.value)
    return str(node.value)
