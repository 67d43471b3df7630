"""Launchers: jobs that are handed to Hydra's own, what they are told and what they return."""

import os
from pathlib import Path

import pytest

from twin.domain.errors import ConfigurationError, Problem
from twin.hydra_glue import compose, split_launcher, sweep_points
from twin.hydra_glue.launching import Job, launch, name_of, refuse_if_unknown

pytestmark = pytest.mark.usefixtures("standing")

AWKWARD = "it's = a 'word', ${here} {and} $100 \\ São Paulo"


def answer(values, told):
    return os.getpid(), values["study"]["seed"], told


def refuse_seed_two(values, told):
    if values["study"]["seed"] == 2:
        raise ConfigurationError([Problem("study", "seed 2", "another seed")])
    Path(f"seed-{values['study']['seed']}").touch()


def jobs(*seeds):
    return [Job(point, {"n": n}) for n, point in enumerate(sweep_points([f"study.seed={','.join(map(str, seeds))}"]))]


def test_jobs_run_in_worker_processes_and_return_what_their_task_returns_in_order(standing):
    found = launch(jobs(4, 5, 6), answer, ["hydra/launcher=joblib"], 2, Path("results/s/.hydra"))

    assert [(seed, told) for _, seed, told in found] == [(4, {"n": 0}), (5, {"n": 1}), (6, {"n": 2})]
    assert os.getpid() not in {process for process, *_ in found}
    assert not list(standing.rglob("*.yaml"))
    assert {path.name for path in standing.iterdir()} == {"results"}


def test_hydras_own_launcher_stays_in_this_process():
    assert {process for process, *_ in launch(jobs(1, 2), answer, [], 2, Path("h"))} == {os.getpid()}


def test_a_job_sees_the_configuration_that_is_composed_here():
    points = sweep_points(["scenario=calm,storm", "node_kinds.3pl.fee_usd=1,2", "study.title='a, b'"])

    found = launch([Job(point, {}) for point in points], _values, [], 1, Path("h"))

    assert found == [compose(point).values for point in points]


def _values(values, told):
    return values


def test_a_job_may_be_told_anything():
    told = {"words": AWKWARD, "more": [1, None, {"a": 2.5}]}

    ((_, _, heard),) = launch([Job(["++study.seed=1"], told)], answer, [], 1, Path("h"))

    assert heard == told


def test_what_a_task_raises_is_raised_after_all_other_jobs_ran(standing, capsys):
    with pytest.raises(ConfigurationError, match="study: seed 2"):
        launch(jobs(1, 2, 3), refuse_seed_two, [], 1, Path("h"))

    assert sorted(path.name for path in standing.glob("seed-*")) == ["seed-1", "seed-3"]
    assert capsys.readouterr().err == ""


def test_a_user_may_set_the_number_of_workers_himself():
    found = launch(jobs(1, 2), answer, ["hydra/launcher=joblib", "hydra.launcher.n_jobs=1"], 2, Path("h"))

    assert {process for process, *_ in found} == {os.getpid()}  # one worker of joblib is this process


def test_words_about_a_launcher_are_told_from_all_others():
    words = ["study.seed=1,2", "hydra/launcher=ray", "+hydra.launcher.ray.init.num_cpus=2", "hydra.run.dir=x"]

    assert split_launcher(words) == (words[1:3], [words[0], words[3]])
    assert (name_of(words[1:3]), name_of([])) == ("ray", "basic")


@pytest.mark.parametrize(
    ("name", "cure"),
    [
        ("jobli", "did you mean 'joblib'?"),
        ("ray", "pip install 'twin[ray]'"),
        ("ray_cluster", "pip install 'twin[ray]'"),
        ("submitit_slurm", "pip install hydra-submitit-launcher"),
    ],
)
def test_a_launcher_that_is_not_installed_is_refused_with_what_installs_it(monkeypatch, name, cure):
    monkeypatch.setattr(
        "hydra._internal.config_loader_impl.ConfigLoaderImpl.get_group_options",
        lambda *words: ["basic", "joblib", "ray_cluster"],
    )

    with pytest.raises(ConfigurationError) as error:
        refuse_if_unknown([f"hydra/launcher={name}"])

    told = f"command line: hydra/launcher={name}\n  expected: one of basic, joblib, ray_cluster\n  to mend:  {cure}"
    assert str(error.value) == told


def test_a_setting_that_a_launcher_does_not_have_is_refused():
    refuse_if_unknown(["hydra/launcher=joblib", "hydra.launcher.n_jobs=2"])

    with pytest.raises(ConfigurationError, match=r"hydra\.launcher\.n_job: Could not override"):
        refuse_if_unknown(["hydra/launcher=joblib", "hydra.launcher.n_job=2"])
