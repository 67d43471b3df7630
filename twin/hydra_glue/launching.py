"""Hydra's launchers: jobs handed to joblib, Ray, Slurm or whatever is installed, and what comes back of them."""

from __future__ import annotations

import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stderr
from dataclasses import dataclass, replace
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any, TypeVar

from hydra._internal.callbacks import Callbacks
from hydra._internal.hydra import Hydra
from hydra.core.plugins import Plugins
from hydra.types import HydraContext, RunMode
from omegaconf import DictConfig, OmegaConf, open_dict

from twin.domain.errors import ConfigurationError
from twin.hydra_glue.composing import CONFIG_NAME, errors_as_problems
from twin.hydra_glue.overrides import COMMAND_LINE, unknown_choice
from twin.hydra_glue.sources import hydra_session

QUIET = (
    "hydra/job_logging=disabled",
    "hydra/hydra_logging=disabled",
    "hydra.job_logging.disable_existing_loggers=false",
    "hydra.hydra_logging.disable_existing_loggers=false",
)
WORKERS = {"joblib": "hydra.launcher.n_jobs", "ray": "+hydra.launcher.ray.init.num_cpus"}
"""Where launchers are told how many worker processes they shall have; others know it from their cluster."""
INSTALLED_BY = {"ray": "pip install 'twin[ray]'", "submitit": "pip install hydra-submitit-launcher"}
BUILT_ON = {"ray_cluster": "ray"}  # ours, on a launcher that need not be installed
GROUP, SETTING = "hydra/launcher", "hydra.launcher."
Result = TypeVar("Result")
TOLD = "job_is_told"  # a key that no configuration has


@dataclass(frozen=True, slots=True)
class Job:
    """A point of a sweep, by its overrides, and what its task is told besides: anything that JSON can say."""

    point: Sequence[str]
    told: Mapping[str, Any]


def split_launcher(overrides: Sequence[str]) -> tuple[list[str], list[str]]:
    """Part the words about a launcher from all others."""
    words = [one for one in overrides if one.lstrip("+").startswith((f"{GROUP}=", SETTING))]
    return words, [one for one in overrides if one not in words]


def name_of(words: Sequence[str]) -> str:
    """Return the launcher that some words choose, Hydra's own where they choose none."""
    chosen = [word.partition("=")[2] for word in words if word.startswith(f"{GROUP}=")]
    return chosen[-1] if chosen else "basic"


def refuse_if_unknown(words: Sequence[str]) -> None:
    """Raise `ConfigurationError` where there is no such launcher, or it has no such setting."""
    name = name_of(words)
    plugin = name.partition("_")[0]
    with hydra_session() as hydra:
        options = hydra.config_loader.get_group_options(GROUP)
        if name not in options or (name in BUILT_ON and BUILT_ON[name] not in options):
            problem = unknown_choice(GROUP, name, options, COMMAND_LINE)
            raise ConfigurationError([replace(problem, cure=INSTALLED_BY.get(plugin, problem.cure))])
        _composed(hydra, words)


def launch(
    jobs: Sequence[Job],
    task: Callable[[dict[str, Any], dict[str, Any]], Result],
    words: Sequence[str],
    workers: int,
    folder: Path,
) -> list[Result]:
    """Hand every job to a launcher, and return what `task` returned for each, in their order.

    Parameters
    ----------
    jobs
        Points of the configuration, composed here or by the launcher where the job runs.
    task
        A function of a module, so that workers can load it, of a job's plain configuration and what it is told. What
        it raises is raised here, after all jobs.
    words
        Overrides that choose and set up the launcher.
    workers
        How many worker processes it shall have, where it can be told.
    folder
        Where it keeps its own record.
    """
    name = name_of(words)
    crew = [f"{WORKERS[name]}={max(1, workers)}"] if name in WORKERS else []
    said = {word.lstrip("+").partition("=")[0] for word in words}
    crew = [word for word in crew if word.lstrip("+").partition("=")[0] not in said]
    places = [f"hydra.sweep.dir='{folder.as_posix()}'", "hydra.sweep.subdir=.", "hydra.output_subdir=null"]
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # Ray would tell its makers of every study
    with hydra_session() as hydra:
        config = _composed(hydra, [*words, *crew, *places])
        context = HydraContext(config_loader=hydra.config_loader, callbacks=Callbacks(config))
        launcher = Plugins.instance().instantiate_launcher(context, partial(_work, task), config)
        points = [[*job.point, f"+{TOLD}={_packed(job.told)}"] for job in jobs]
        returns = launcher.launch(points, initial_job_idx=0)
    with redirect_stderr(StringIO()):  # where Hydra would tell the overrides of a job that raises
        return [one.return_value for one in returns]


def _composed(hydra: Hydra, words: Sequence[str]) -> DictConfig:
    with errors_as_problems(words):
        return hydra.compose_config(CONFIG_NAME, [*words, *QUIET], RunMode.MULTIRUN)


def _work(task: Callable[[dict[str, Any], dict[str, Any]], Result], config: DictConfig) -> Result:
    """Do one job, wherever it was sent."""
    told = json.loads(urlsafe_b64decode(config[TOLD].encode()))
    with open_dict(config):
        del config[TOLD]
    values = OmegaConf.to_container(config, resolve=True, throw_on_missing=True)
    assert isinstance(values, dict)
    return task({str(key): value for key, value in values.items()}, told)


def _packed(told: Mapping[str, Any]) -> str:
    """Write what a job is told in letters that mean nothing to Hydra; quoted, for `=` may end them."""
    return f"'{urlsafe_b64encode(json.dumps(told).encode()).decode()}'"
