"""The command line: which words call which work, and what a user reads when something is wrong."""

import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import twin
from tests.conftest import write_files
from twin import cli
from twin.domain.errors import ConfigurationError, Problem, TwinError

CHECKOUT = Path(cli.__file__).parents[1]
TYPO = Problem("conf/lanes.csv, row 14", "carrier 'parcl'", "parcel or ltl")


class Work:
    """Stands in for the work behind the commands, and remembers what was asked of it."""

    def __init__(self):
        self.asked = []
        self.problems = []

    def run_study(self, designs, build, jobs, *, new, command):
        assert command.startswith("twin ")
        self.asked.append(([design.name for design in designs], jobs, new))
        return self.study_folder(designs)

    def run_replications(self, folder, designs, build, jobs, *, new):
        self.asked.append((folder, [design.name for design in designs], jobs, new))

    def study_folder(self, designs):
        return Path("results", "default")

    def build_report(self, study):
        self.asked.append(study)
        return study / "report.html"

    def check(self, composition):
        self.asked.append(composition.design)
        return self.problems


@pytest.fixture
def work(monkeypatch, standing):
    work = Work()
    for name in ("experiments.study", "assemble.check", "report.build"):
        module = ModuleType(f"twin.{name}")
        module.run_study, module.study_folder = work.run_study, work.study_folder
        module.run_replications = work.run_replications
        module.build_report, module.check = work.build_report, work.check
        monkeypatch.setitem(sys.modules, f"twin.{name}", module)
    monkeypatch.setattr("twin.config.parse", lambda values, origin: values)
    return work


@pytest.fixture
def twin_exits(monkeypatch):
    """Call the command line and return its exit code."""

    def call(*words):
        monkeypatch.setattr(sys, "argv", ["twin", *words])
        with pytest.raises(SystemExit) as leaving:
            cli.main()
        return leaving.value.code or 0

    return call


def in_the_checkout(code, *words):
    """Run Python in a process of its own."""
    command = [sys.executable, "-c", code, *words]
    return subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=True)


def test_run_simulates_one_design_and_reports_on_it(work, twin_exits, capsys):
    assert twin_exits("run", "scenario=storm", "-j", "2") == 0

    assert work.asked == [(["storm"], 2, False), Path("results/default")]
    assert capsys.readouterr().out == "Report: results/default/report.html\n"


def test_run_takes_as_many_workers_as_there_are_cores_unless_told(work, twin_exits):
    twin_exits("run", "--new")

    assert work.asked[0] == (["central_dc"], os.cpu_count(), True)


def test_run_can_show_its_configuration_instead(work, twin_exits, capsys):
    assert twin_exits("run", "--show-config", "scenario=storm") == 0

    assert "stations: 3" in capsys.readouterr().out
    assert work.asked == []


def test_run_with_a_list_is_refused(work, twin_exits, capsys):
    assert twin_exits("run", "scenario=storm,calm") == 2

    said = capsys.readouterr().err
    assert said.startswith("ConfigurationError: command line: scenario=storm,calm\n")
    assert "use 'twin compare' or 'twin sweep'" in said


@pytest.mark.parametrize(
    ("words", "designs"),
    [
        (["scenario=storm,calm", "study.seed=3"], ["storm", "calm"]),
        (["network=us/coasts,central_dc", "scenario=storm"], ["us-coasts", "central_dc"]),
        (["routing=nearest,min_cost"], ["nearest", "min_cost"]),
    ],
)
def test_compare_runs_one_design_per_item_of_the_list_the_first_as_baseline(work, twin_exits, words, designs):
    assert twin_exits("compare", *words, "--jobs=1") == 0

    assert work.asked == [(designs, 1, False), Path("results/default")]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["scenario=storm"], "found no list"),
        (["scenario=storm,calm", "study.seed=1,2"], "found lists for scenario, study.seed"),
        (["scenario=storm,storm"], "found only 'storm'"),
    ],
)
def test_compare_without_exactly_one_list_is_refused(work, twin_exits, capsys, words, message):
    assert twin_exits("compare", *words) == 2

    assert message in capsys.readouterr().err
    assert work.asked == []


def test_sweep_runs_every_point_in_a_worker_and_then_gathers_them(work, twin_exits, monkeypatch):
    calls = []
    monkeypatch.setattr(twin.hydra_glue, "run_multirun", lambda *arguments: calls.append(arguments), raising=False)

    assert twin_exits("sweep", "scenario=storm,calm", "study.seed=1,2", "-j", "2") == 0

    ((overrides, task, jobs, folder),) = calls
    assert (overrides, jobs, folder) == (
        ["scenario=storm,calm", "study.seed=1,2"],
        2,
        Path("results/default/.hydra"),
    )
    assert work.asked[0] == (["storm_seed-1", "storm_seed-2", "calm_seed-1", "calm_seed-2"], 2, False)

    task(["scenario=calm", "++study.seed=2"])

    assert work.asked[-1] == (Path("results/default"), ["calm_seed-2"], 1, False)


def test_sweep_without_a_list_is_refused(work, twin_exits, capsys):
    assert twin_exits("sweep", "scenario=storm") == 2

    assert "at least one list or range" in capsys.readouterr().err


def test_check_says_that_there_are_no_problems(work, twin_exits, capsys):
    assert twin_exits("check", "scenario=storm,calm") == 0

    assert work.asked == ["storm", "calm"]
    assert capsys.readouterr().out == "No problems in storm, calm.\n"


def test_check_prints_each_problem_once_and_exits_with_2(work, twin_exits, capsys):
    work.problems = [TYPO]

    assert twin_exits("check", "scenario=storm,calm") == 2

    assert capsys.readouterr().err == f"ConfigurationError: {TYPO}\n"


def test_report_is_written_again_for_a_study_that_is_there(work, twin_exits, standing, capsys):
    (standing / "results" / "demo").mkdir(parents=True)

    assert twin_exits("report", "results/demo") == 0
    assert twin_exits("report", "results/nothing") == 2

    assert work.asked == [Path("results/demo")]
    assert "does not exist" in capsys.readouterr().err


def test_version_is_printed(twin_exits, capsys):
    assert twin_exits("version") == 0

    assert capsys.readouterr().out == f"{twin.__version__}\n"


def test_a_word_twin_does_not_know_is_a_mistake_of_use(twin_exits):
    assert twin_exits("simulate") == 2


def raising(error):
    def fail(*_, **__):
        raise error

    return fail


class UnfinishedError(TwinError):
    exit_code = 3


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (ConfigurationError([TYPO]), 2, f"ConfigurationError: {TYPO}\n"),
        (UnfinishedError("2 of 10 replications failed"), 3, "UnfinishedError: 2 of 10 replications failed\n"),
        (KeyboardInterrupt(), 130, "Interrupted. The same command goes on where it stopped.\n"),
    ],
)
def test_what_goes_wrong_is_one_message_and_an_exit_code(work, twin_exits, capsys, monkeypatch, error, code, message):
    monkeypatch.setattr(sys.modules["twin.experiments.study"], "run_study", raising(error))

    assert twin_exits("run") == code

    assert capsys.readouterr().err == message


def test_a_bug_exits_with_1_and_asks_for_a_report(work, twin_exits, capsys, monkeypatch):
    monkeypatch.setattr(sys.modules["twin.experiments.study"], "run_study", raising(ZeroDivisionError("division")))

    assert twin_exits("run") == 1

    said = capsys.readouterr().err
    assert "Traceback" in said
    assert "ZeroDivisionError: division" in said
    assert "please report" in said


def test_help_comes_at_once_because_no_heavy_library_is_loaded():
    heavy = "{'hydra', 'omegaconf', 'pandas', 'numpy', 'simpy', 'plotly', 'pydantic'}"
    code = (
        "import atexit, sys; from twin.cli import main; "
        f"atexit.register(lambda: print('heavy:', sorted({heavy} & set(sys.modules)))); main()"
    )

    helped = in_the_checkout(code, "--help")

    assert "compare" in helped.stdout
    assert helped.stdout.endswith("heavy: []\n")


@pytest.mark.parametrize(
    ("typed", "position", "offered"),
    [
        (["twin", "run", "scenario", "=", "st"], 4, "storm"),
        (["twin", "run", "scenario", "="], 3, "calm\nstorm\nmine"),
        (["twin", "compare", "scenario", "=", "calm,st"], 4, "calm,storm"),
        (["twin", "run", "sc"], 2, "scenario="),
        (["twin", "compa"], 1, "compare"),
    ],
)
def test_bash_is_given_the_part_of_the_word_it_asks_for(standing, monkeypatch, capsys, typed, position, offered):
    write_files(standing, {"scenarios/mine.yaml": "{}"})
    monkeypatch.setattr(sys, "argv", ["twin"])
    monkeypatch.setenv("_TWIN_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", "\n".join(typed))
    monkeypatch.setenv("COMP_CWORD", str(position))

    cli.main()

    assert sorted(capsys.readouterr().out.split()) == sorted(offered.split())


def test_public_names_are_loaded_when_first_used():
    code = (
        "import sys, twin; print('twin.domain.errors' in sys.modules, twin.TwinError.__name__);"
        "print('compose' in dir(twin), hasattr(twin, 'nothing'))"
    )

    said = subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, check=True)

    assert said.stdout.split() == ["False", "TwinError", "True", "False"]
