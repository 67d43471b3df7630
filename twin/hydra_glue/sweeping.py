"""Many designs at once: the points of a sweep as Hydra expands them, and its multirun to run them all."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from hydra import main as hydra_main
from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra.core.config_loader import ConfigLoader
from hydra.core.hydra_config import HydraConfig
from hydra.core.override_parser.types import Glob, Override
from omegaconf import DictConfig

from twin import paths
from twin.domain.errors import ConfigurationError, Problem
from twin.hydra_glue.composing import CONFIG_NAME, errors_as_problems
from twin.hydra_glue.overrides import COMMAND_LINE, as_typed, is_group, is_launcher, read_overrides
from twin.hydra_glue.sources import VERSION_BASE, hydra_session, register

QUIET = (
    "hydra/job_logging=disabled",
    "hydra/hydra_logging=disabled",
    "hydra.job_logging.disable_existing_loggers=false",
    "hydra.hydra_logging.disable_existing_loggers=false",
)
LONGEST_NAME = 64


def sweep_points(overrides: Sequence[str]) -> list[list[str]]:
    """Expand lists, ranges and choices into the overrides of every point, in Hydra's order."""
    return list(sweep_designs(overrides).values())


def sweep_designs(overrides: Sequence[str]) -> dict[str, list[str]]:
    """Expand a sweep into its points, each under a name made of the values that tell it from the others."""
    with hydra_session() as hydra, errors_as_problems(overrides):
        read = [one for one in read_overrides(overrides, hydra.config_loader) if not is_launcher(one)]
        _refuse_what_has_no_values(read, hydra.config_loader)
        (points,) = BasicSweeper.split_arguments(read, max_batch_size=None)
        designs: dict[str, list[str]] = {}
        for point in points:
            name = _name(point, [one for one in read if one.is_sweep_override()], hydra.config_loader)
            designs[name if designs.get(name, point) == point else _shortened(name, point)] = point
    return designs


def typed_designs(overrides: Sequence[str]) -> dict[str, list[str]]:
    """Expand a sweep into designs by name, each with the overrides a user would type for it alone."""
    points = sweep_designs(overrides)
    with hydra_session() as hydra:
        pairs = list(zip(overrides, read_overrides(overrides, hydra.config_loader), strict=True))
    typed = [(text, one) for text, one in pairs if not is_launcher(one)]
    return {name: [as_typed(text, one, point) for text, one in typed] for name, point in points.items()}


def swept_keys(overrides: Sequence[str]) -> list[str]:
    """List the keys that are given more than one value."""
    with hydra_session() as hydra:
        read = read_overrides(overrides, hydra.config_loader)
    return [one.key_or_group for one in read if one.is_sweep_override()]


def run_multirun(overrides: Sequence[str], task: Callable[[list[str]], object], jobs: int, folder: Path) -> None:
    """Call `task` with the overrides of every point, in worker processes through Hydra's multirun.

    Parameters
    ----------
    overrides
        As typed, lists included; `hydra/launcher=...` replaces the processes of this machine.
    task
        A function of a module, so that workers can load it. What it raises is raised here, after all points.
    jobs
        How many worker processes.
    folder
        Where Hydra keeps its own record of the sweep.
    """
    with hydra_session() as hydra:
        read = read_overrides(overrides, hydra.config_loader)
    launcher = [] if any(map(is_launcher, read)) else ["hydra/launcher=joblib", f"hydra.launcher.n_jobs={jobs}"]
    places = [f"hydra.sweep.dir='{folder.as_posix()}'", "hydra.sweep.subdir=.", "hydra.output_subdir=null"]

    def _work(_: DictConfig) -> None:
        task(list(HydraConfig.get().overrides.task))

    conf = str(paths.conf_dir())
    start = hydra_main(config_path=conf, config_name=CONFIG_NAME, version_base=VERSION_BASE)(_work)
    texts = [str(one.input_line) for one in read]
    with _called_with(["--multirun", *texts, *launcher, *places, *QUIET]):
        register()
        start()


def _refuse_what_has_no_values(read: Sequence[Override], loader: ConfigLoader) -> None:
    """Refuse an interval, which is searched, and a pattern for what is no group of parts."""
    problems = []
    for one in read:
        text = (one.input_line or "").lstrip("+")
        if one.is_interval_sweep():
            cure = "`twin optimize` searches an interval"
            problems.append(Problem(COMMAND_LINE, text, "some values: key=1,2,3 or key=range(1,10)", cure))
        elif one.is_sweep_override() and isinstance(one.value(), Glob) and not is_group(one, loader):
            problems.append(Problem(COMMAND_LINE, text, "some values: key=1,2,3", "glob(*) is for groups of parts"))
    if problems:
        raise ConfigurationError(problems)


@contextmanager
def _called_with(arguments: Sequence[str]) -> Iterator[None]:
    """Give Hydra, which reads the command line itself, its arguments, and let errors through as they are."""
    around, before = sys.argv, os.environ.get("HYDRA_FULL_ERROR")
    sys.argv, os.environ["HYDRA_FULL_ERROR"] = [around[0], *arguments], "1"
    try:
        yield
    finally:
        sys.argv = around
        del os.environ["HYDRA_FULL_ERROR"]
        if before is not None:
            os.environ["HYDRA_FULL_ERROR"] = before


def _name(point: Sequence[str], swept: Sequence[Override], loader: ConfigLoader) -> str:
    """Call a point by its parts and its `key-value` pairs, in letters a folder may have."""
    groups = {one.get_key_element(): is_group(one, loader) for one in swept}
    words = []
    for text in point:
        key, _, value = text.partition("=")
        if key in groups:
            words.append(value if groups[key] else f"{key.lstrip('+').rpartition('.')[2]}-{value}")
    name = "_".join(re.sub(r"[^A-Za-z0-9._-]+", "-", word).strip("-._") for word in words)
    return name if len(name) <= LONGEST_NAME else _shortened(name, point)


def _shortened(name: str, point: Sequence[str]) -> str:
    """Cut a name and tell it apart by a digest of its point."""
    digest = sha256("\n".join(point).encode()).hexdigest()[:8]
    return f"{name[: LONGEST_NAME - 9]}-{digest}"
