"""Hydra composes: parts, scenario and overrides become one plain configuration, or one list of problems."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

import yaml
from hydra import compose as hydra_compose
from hydra.core.override_parser.types import Override
from hydra.errors import HydraException, MissingConfigException
from omegaconf import DictConfig, OmegaConf, open_dict
from omegaconf.errors import OmegaConfBaseException

from twin import paths
from twin.domain.errors import ConfigurationError, Problem
from twin.hydra_glue.combining import refuse_parts_that_say_the_same
from twin.hydra_glue.composition import Composition, Part, bases_of, lists_of
from twin.hydra_glue.overrides import COMMAND_LINE, read_overrides, unknown_choice
from twin.hydra_glue.scanning import yaml_problem
from twin.hydra_glue.sources import GROUP, hydra_session

CONFIG_NAME = "config"


def compose(overrides: Sequence[str], scenario: str | None = None, design: str = "") -> Composition:
    """Compose one design from the parts, a scenario and overrides; nothing is written anywhere.

    The design is called by its scenario, or its network, unless a name is given. Raises `ConfigurationError`.
    """
    given = (*([f"{GROUP}={scenario}"] if scenario else []), *overrides)
    with hydra_session() as hydra, errors_as_problems(given):
        read = read_overrides(given, hydra.config_loader)
        _refuse_lists(given, read)
        config = hydra_compose(CONFIG_NAME, [str(one.input_line) for one in read], return_hydra_config=True)
        choices = _choices(config, read)
        values = _plain(config)
    _refuse_overlaps(choices)
    chosen = choices.get(GROUP) or ""
    return Composition(values, given, chosen, design or chosen or choices.get("network") or "design", _parts(choices))


@contextmanager
def errors_as_problems(overrides: Sequence[str]) -> Iterator[None]:
    """Turn what Hydra, OmegaConf and YAML raise about some overrides into problems a user can mend."""
    try:
        yield
    except MissingConfigException as error:
        raise ConfigurationError([_missing(error, overrides)]) from None
    except yaml.MarkedYAMLError as error:
        where = error.problem_mark.name if error.problem_mark else "conf"
        raise ConfigurationError([yaml_problem(error, paths.shown(Path(where)))]) from None
    except (HydraException, OmegaConfBaseException, ValueError) as error:
        words = " ".join(str(one).partition("\n")[0] for one in (error, error.__cause__) if one is not None).strip()
        for override in overrides:
            words = words.replace(f"++{override.lstrip('+')}", override)  # ours are not the words of the user
        key = getattr(error, "full_key", None) or getattr(error.__cause__, "full_key", None)
        where = f"configuration, {key}" if key else "configuration"
        problem = Problem(where, words, "parts, scenario and overrides that fit together")
        raise ConfigurationError([problem]) from None


def _refuse_lists(given: Sequence[str], read: Sequence[Override]) -> None:
    """Refuse `key=a,b` where one design is wanted."""
    cure = "write a list as [a,b], quote a text with commas, or use 'twin compare' or 'twin sweep'"
    lists = [text for text, one in zip(given, read, strict=True) if one.is_sweep_override()]
    if lists:
        raise ConfigurationError([Problem(COMMAND_LINE, text, "one value", cure) for text in lists])


def _choices(config: DictConfig, read: Sequence[Override]) -> dict[str, Any]:
    """Return the part that each group chose, or the list of them, which Hydra does not tell."""
    choices = dict(config.hydra.runtime.choices)
    scenario = _first(paths.scenario_dirs(), f"{choices.get(GROUP)}.yaml")
    typed = {one.key_or_group: one.value() for one in read}
    lists = {**(lists_of(scenario) if scenario else {}), **typed}
    return {**choices, **{key: names for key, names in lists.items() if isinstance(names, list) and _is_group(key)}}


def _is_group(key: str) -> bool:
    return any((folder / key).is_dir() for folder in _conf_dirs())


def _refuse_overlaps(choices: Mapping[str, Any]) -> None:
    """Refuse parts of one group that cannot stand together."""
    for key, choice in choices.items():
        group, _, _ = key.partition("@")
        if isinstance(choice, list):
            found = {name: _first(_conf_dirs(), f"{group}/{name}.yaml") for name in choice}
            refuse_parts_that_say_the_same(group, {name: file for name, file in found.items() if file}, choice)


def _plain(config: DictConfig) -> dict[str, Any]:
    """Resolve every reference and return ordinary dicts and lists."""
    with open_dict(config):
        del config["hydra"]
    values = OmegaConf.to_container(config, resolve=True, throw_on_missing=True)
    assert isinstance(values, dict)
    return {str(key): value for key, value in values.items()}


def _parts(choices: Mapping[str, Any]) -> tuple[Part, ...]:
    """List the files behind the choices, the scenario first and `config.yaml` last."""
    parts = []
    for key, choice in choices.items():
        group, _, package = key.partition("@")
        if group == GROUP or group.startswith("hydra/"):
            continue
        for name in choice if isinstance(choice, list) else [choice]:
            files = _with_bases(group, str(name))
            parts += [Part(file, paths.shown(file), package or group.replace("/", ".")) for file in files]
    scenario = _first(paths.scenario_dirs(), f"{choices.get(GROUP)}.yaml")
    above = [Part(scenario, paths.shown(scenario))] if scenario else []
    root = paths.conf_dir() / f"{CONFIG_NAME}.yaml"
    return (*above, *parts, Part(root, paths.shown(root)))


def _with_bases(group: str, name: str) -> list[Path]:
    """List the file of a part, then those of the parts it builds on, which lie beside it or below."""
    file = _first(_conf_dirs(), f"{group}/{name}.yaml")
    if file is None:
        return []
    bases = [(PurePosixPath(name).parent / base).as_posix() for base in bases_of(file)]
    return [file, *(below for base in bases for below in _with_bases(group, base))]


def _conf_dirs() -> list[Path]:
    return [*filter(None, (paths.own_conf_dir(),)), paths.conf_dir()]


def _first(folders: Sequence[Path], name: str) -> Path | None:
    return next((folder / name for folder in folders if (folder / name).is_file()), None)


def _missing(error: MissingConfigException, overrides: Sequence[str]) -> Problem:
    """Say which part the scenario, or else `config.yaml`, asks for that does not exist."""
    group, _, choice = (error.missing_cfg_file or "").rpartition("/")
    scenarios = [one.partition("=")[2] for one in overrides if one.startswith(f"{GROUP}=")]
    for file in filter(None, (_first(paths.scenario_dirs(), f"{name}.yaml") for name in scenarios)):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
            if f"{group}: {choice}" in line:
                return unknown_choice(group, choice, error.options or [], f"{paths.shown(file)}, line {number}")
    return unknown_choice(group, choice, error.options or [], f"conf/{CONFIG_NAME}.yaml")
