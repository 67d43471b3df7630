"""What studies and designs are called: by their networks and the settings that tell them apart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from twin.experiments.manifest import OF_WHOM_ASKS
from twin.experiments.replication import Design

MOST_SETTINGS = 3
"""More settings than these do not fit in a title."""
MOST_CHOICES = 5
WHOLE = ("kind", "events")
"""Settings of a part from which its others follow."""
NOT_SWEPT = frozenset({
    "title", "description", "question", "name", "folder", "measures", "alpha", "order_tables", "limits", "most_failed",
    "looks",
})  # fmt: skip
UNSAID = frozenset(
    {"network", "nodes", "stages", "demand", "study", "replenishment", "events", "costs", "enabled", "kind"}
)
"""Parts of a key without which a planner understands the rest."""
UNITS = {r"(.+)_usd": "${}", r"(.+)_hours": "{} hours", r"(.+)_days": "{} days", r"(.+)_usd_per_(\w+)": "${} per {}"}


def study_title(designs: Sequence[Design]) -> str:
    """Name the study: by its own title, by what was swept on one network, or as the comparison it is."""
    if len(designs) == 1:
        return designs[0].config.study.title
    networks = _by_network(designs)
    swept: dict[str, list[str]] = {}
    for alike in networks.values():
        for words, values in _settings(alike).items():
            swept[words] = list(dict.fromkeys([*swept.get(words, []), *values]))
    if not swept:
        return "Fulfillment network study"
    ranges = [f"{words} {_choices(values)}" for words, values in swept.items()]
    return f"{_choices(list(networks))}: {'; '.join(ranges)}"


def design_titles(designs: Sequence[Design]) -> list[str]:
    """Return a title for each design: its network's, with the settings that tell it from others of that network.

    Where these are too many, or the same in two designs, its own name stands for them.
    """
    found = {}
    for title, alike in _by_network(designs).items():
        settings = _settings(alike)
        for index, design in enumerate(alike):
            told = ", ".join(f"{words} {values[index]}" for words, values in settings.items())
            found[design.name] = title if len(alike) == 1 else f"{title}, {told or design.name.replace('_', ' ')}"
    titles = [found[design.name] for design in designs]
    return [
        title if titles.count(title) == 1 else f"{title} ({design.name})"
        for design, title in zip(designs, titles, strict=True)
    ]


def _by_network(designs: Sequence[Design]) -> dict[str, list[Design]]:
    found: dict[str, list[Design]] = {}
    for design in designs:
        found.setdefault(design.config.network.title, []).append(design)
    return found


def _settings(alike: Sequence[Design]) -> dict[str, list[str]]:
    """Return the settings in which designs differ, in words, with the value in each; none where they are too many.

    What follows from another setting is left out: the parameters of a kind, and the shared prices at each node.
    """
    flat = [settings(design.config.model_dump(mode="json", by_alias=True)) for design in alike]
    keys = [key for key in dict.fromkeys(key for one in flat for key in one) if len({one.get(key) for one in flat}) > 1]
    keys = [key for key in keys if not _follows(key, keys)]
    if len(keys) > MOST_SETTINGS:
        return {}
    labels = {name: node.label.partition(",")[0] or name for name, node in alike[0].config.network.nodes.items()}
    found = {}
    for key in keys:
        words, form = _words(key, labels)
        found[words] = [_value(key, one.get(key), form) for one in flat]
    return found


def _follows(key: str, keys: Sequence[str]) -> bool:
    """Answer whether a setting only follows from another of some."""
    part, _, which = key.partition(".")
    parameter = which not in WHOLE and any(f"{part}.{name}" in keys for name in WHOLE)
    shared = key.partition(".costs.")[2]
    return parameter or (shared != "" and f"costs.{shared}" in keys)


def settings(values: Mapping[str, Any]) -> dict[str, object]:
    """Return all of a configuration that changes what happens, by dotted key; disruptions by name and one by one."""
    parts = {part: {key: value for key, value in values[part].items() if key not in NOT_SWEPT}
             for part in ("study", "network")}  # fmt: skip
    events = values["disruptions"]["events"]
    known = {part: below for part, below in values.items() if part not in OF_WHOM_ASKS}
    told = {"disruptions": {"events": ", ".join(events) or "none", **events}}
    return dict(_leaves("", {**known, **parts, **told}))


def _leaves(key: str, value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, Mapping):
        for name, below in value.items():
            yield from _leaves(f"{key}.{name}" if key else str(name), below)
    else:
        yield key, ", ".join(map(str, value)) if isinstance(value, list) else value


def _words(key: str, labels: Mapping[str, str]) -> tuple[str, str]:
    """Return a setting's name in words, and the form of its values: with their unit where the name tells it."""
    parts = [labels.get(part, part) for part in key.split(".") if part not in UNSAID] or [key.partition(".")[0]]
    form = "{}"
    for pattern, with_unit in UNITS.items():
        if (match := re.fullmatch(pattern, parts[-1])) is not None:
            parts[-1], form = match[1], with_unit.format("{}", *match.groups()[1:])
    return _plain(" ".join(parts)), form


def _value(key: str, value: object, form: str) -> str:
    if isinstance(value, bool):
        yes, no = ("open", "closed") if key.endswith(".enabled") else ("on", "off")
        return yes if value else no
    if value is None:
        return "none"
    return form.format(f"{value:,.10g}" if isinstance(value, int | float) else _plain(str(value)))


def _plain(text: str) -> str:
    return text.replace("_", " ")


def _choices(values: Sequence[str]) -> str:
    """Join values as choices: 4, 8 or 12; of many only the ends."""
    if len(values) > MOST_CHOICES:
        return f"{values[0]} to {values[-1]} ({len(values)} values)"
    return " or ".join([", ".join(values[:-1]), values[-1]]) if len(values) > 1 else values[0]


def study_question(designs: Sequence[Design], titles: Sequence[str]) -> str:
    """Return the question of a study: its own where all designs ask the same, else which design it is to be."""
    questions = {design.config.study.question for design in designs}
    return questions.pop() if len(questions) == 1 else f"{', or '.join(titles)}?"
