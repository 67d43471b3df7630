"""The command line: which words call which work, and what a user reads when something is wrong."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import twin
from tests.conftest import write_files
from twin import cli
from twin.cli import asking
from twin.domain.errors import ConfigurationError, Problem, TwinError

CHECKOUT = Path(cli.__file__).parents[2]
TYPO = Problem("conf/lanes.csv, row 14", "carrier 'parcl'", "parcel or ltl")
SLIP = Problem("scenarios/calm.yaml, line 2", "study.sed = 3", "a known key", "did you mean 'seed'?")


class Work:
    """Stands in for the work behind the commands, and remembers what was asked of it."""

    def __init__(self):
        self.asked = []
        self.checked_designs = []
        self.problems = {}
        self.routing = object()

    def run_study(self, designs, build, jobs, *, new, command, networks):
        assert command.startswith("twin ")
        assert networks == [f"network of {design.name}" for design in designs]
        self.asked.append(([design.name for design in designs], jobs, new))
        return self.study_folder(designs)

    def run_replications(self, folder, designs, build, jobs, *, new):
        self.asked.append((folder, [design.name for design in designs], jobs, new))

    def conclude(self, folder, designs, networks, command):
        self.asked.append((folder, [design.name for design in designs], command))

    def study_folder(self, designs):
        return Path("results", "default")

    def build_report(self, study):
        self.asked.append(study)
        study.mkdir(parents=True, exist_ok=True)
        (study / "memo.md").write_text("# Storms are worse\n\n| Cost |\n|---|\n\n## What drives it\n\n- Wind.\n")
        return study / "report.html"

    def checked(self, composition):
        self.checked_designs.append(composition.design)
        if composition.design in self.problems:
            raise ConfigurationError(self.problems[composition.design])
        return composition.values, SimpleNamespace(network=f"network of {composition.design}", routing=self.routing)


@pytest.fixture
def work(monkeypatch, standing):
    work = Work()
    for name in ("experiments.study", "assemble.check", "report.build"):
        module = ModuleType(f"twin.{name}")
        module.run_study, module.study_folder = work.run_study, work.study_folder
        module.run_replications = work.run_replications
        module.refuse_if_too_many_failed = lambda designs, failures: None
        module.build_report, module.checked = work.build_report, work.checked
        monkeypatch.setitem(sys.modules, f"twin.{name}", module)
    monkeypatch.setattr("twin.config.parse", lambda values, origin: values)
    monkeypatch.setattr("twin.experiments.results.failures_of", lambda folder, designs: [])
    monkeypatch.setattr("twin.experiments.concluding.conclude", work.conclude)
    monkeypatch.setattr("twin.experiments.looks.looks_of", lambda design: [2])
    monkeypatch.setattr("twin.experiments.looks.at_most", lambda design, replications: design)
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
    assert capsys.readouterr().out == "Storms are worse\n\n| Cost |\n|---|\n\nReport: results/default/report.html\n"


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


@pytest.mark.parametrize("command", ["run", "compare", "sweep"])
def test_a_partial_study_is_reported_without_simulating(work, twin_exits, monkeypatch, command):
    words = [command, "scenario=storm" if command == "run" else "scenario=storm,calm"]
    monkeypatch.setattr(sys, "argv", ["twin", *words, "--allow-partial"])

    assert twin_exits(*words, "--allow-partial") == 0

    (folder, _, said), report = work.asked
    assert (folder, said, report) == (Path("results/default"), f"twin {' '.join(words)}", folder)


def test_sweep_runs_every_point(work, twin_exits):
    assert twin_exits("sweep", "scenario=storm,calm", "study.seed=1,2", "-j", "2", "--new") == 0

    assert work.asked[0] == (["storm_seed-1", "storm_seed-2", "calm_seed-1", "calm_seed-2"], 2, True)


@pytest.mark.parametrize(
    ("words", "points"),
    [
        (["sweep", "scenario=storm,calm", "study.seed=1,2"], {
            "storm_seed-1": ["scenario=storm", "++study.seed=1"], "storm_seed-2": ["scenario=storm", "++study.seed=2"],
            "calm_seed-1": ["scenario=calm", "++study.seed=1"], "calm_seed-2": ["scenario=calm", "++study.seed=2"],
        }),
        (["compare", "scenario=storm,calm"], {"storm": ["scenario=storm"], "calm": ["scenario=calm"]}),
    ],
)  # fmt: skip
def test_a_launcher_gets_the_overrides_of_every_point(work, twin_exits, words, points):
    assert twin_exits(*words, "hydra/launcher=joblib", "hydra.launcher.n_jobs=3", "-j", "2") == 0

    (names, launcher, _), *_ = work.asked
    assert names == list(points)
    assert (list(launcher.words), launcher.workers) == (["hydra/launcher=joblib", "hydra.launcher.n_jobs=3"], 2)
    assert launcher.points == points


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["hydra/launcher=jobli"], "command line: hydra/launcher=jobli\n  expected: one of basic, joblib"),
        (["hydra/launcher=joblib", "hydra.launcher.n_job=2"], "hydra.launcher.n_job: Could not override"),
        (["hydra.launcher.n_jobs=2"], "hydra.launcher.n_jobs: Could not override"),
    ],
)
def test_a_launcher_that_is_not_there_is_refused_before_the_first_run(work, twin_exits, capsys, words, said):
    assert twin_exits("sweep", "study.seed=1,2", *words) == 2

    assert said in capsys.readouterr().err
    assert work.asked == []


@pytest.mark.parametrize("command", ["run", "stress", "check"])
def test_a_launcher_for_another_command_is_refused(work, twin_exits, capsys, command):
    assert twin_exits(command, "hydra/launcher=joblib") == 2

    assert "only hydra/launcher and hydra.launcher.* may be given, to 'twin compare' and" in capsys.readouterr().err


def test_sweep_without_a_list_is_refused(work, twin_exits, capsys):
    assert twin_exits("sweep", "scenario=storm") == 2

    assert "at least one list or range" in capsys.readouterr().err


@pytest.mark.parametrize(("to", "is_written"), [("all.csv", True), ("all.parquet", True), ("all.xlsx", False)])
def test_a_table_is_written_as_csv_or_parquet(twin_exits, capsys, monkeypatch, tmp_path, to, is_written):
    found = pa.table({"design": ["=1+1"], "cost_per_order": [2.5]}).to_pandas()
    monkeypatch.setattr("twin.experiments.design_table.design_table", lambda study, kpis: found)

    assert twin_exits("table", str(tmp_path), "--to", str(tmp_path / to)) == (0 if is_written else 2)

    assert (tmp_path / to).exists() == is_written
    if to == "all.csv":
        assert (tmp_path / to).read_text() == "design,cost_per_order\n'=1+1,2.5\n"
    if not is_written:
        assert "all.xlsx\n  expected: a file that ends in .csv or .parquet" in capsys.readouterr().err


def test_a_table_may_be_read_on_the_screen(twin_exits, capsys, monkeypatch, tmp_path):
    asked = []
    found = pa.table({"design": ["one"], "cost_per_order": [2.5]}).to_pandas()
    monkeypatch.setattr("twin.experiments.design_table.design_table", lambda *words: asked.append(words) or found)

    assert twin_exits("table", str(tmp_path), "--kpis", "cost_per_order,split_rate") == 0

    assert asked == [(tmp_path, ["cost_per_order", "split_rate"])]
    assert capsys.readouterr().out.split() == ["design", "cost_per_order", "one", "2.5"]


def test_check_says_that_there_are_no_problems(work, twin_exits, capsys):
    assert twin_exits("check", "scenario=storm,calm") == 0

    assert work.checked_designs == ["storm", "calm"]
    assert work.asked == []
    assert capsys.readouterr().out == "No problems in storm, calm.\n"


def test_check_prints_each_problem_once_and_exits_with_2(work, twin_exits, capsys):
    work.problems = {"storm": [TYPO], "calm": [TYPO, SLIP]}

    assert twin_exits("check", "scenario=storm,calm") == 2

    assert capsys.readouterr().err == f"ConfigurationError: {TYPO}\n\n{SLIP}\n"


@pytest.mark.parametrize(("jobs", "code"), [("1", 0), ("2", 2)])
def test_a_service_that_remembers_what_it_was_asked_takes_one_worker(work, twin_exits, capsys, jobs, code):
    work.routing = SimpleNamespace(needs_one_worker=True)

    assert twin_exits("run", "scenario=storm", "-j", jobs) == code

    said = "UsageError: the routing service of storm remembers what it was asked, so its orders must come one after "
    assert capsys.readouterr().err == (f"{said}another; found --jobs 2, use --jobs 1\n" if code else "")


@pytest.fixture
def served(monkeypatch, tmp_path):
    """Stand in an empty folder and remember what was to be served."""
    from twin.service import serve

    asked = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(serve, "serve", lambda model, name, settings, say: asked.append((model, name, settings)))
    return asked


def test_serve_decides_by_the_policy_that_is_named(served, twin_exits):
    words = ("--port", "0", "--allow-host", "orders.example", "--audit-log", "audit.jsonl", "scenario=tutorial")

    assert twin_exits("serve", "--policy", "ship_complete", *words) == 0

    ((model, name, settings),) = served
    assert (type(model.routing).__name__, name) == ("ShipComplete", "ship_complete")
    assert (settings.host, settings.port, settings.audit_log) == ("127.0.0.1", 0, Path("audit.jsonl"))
    assert settings.hosts == ("orders.example",)


def test_serve_decides_by_the_scenarios_policy_unless_told(served, twin_exits):
    assert twin_exits("serve", "scenario=tutorial") == 0

    assert [name for _, name, _ in served] == ["min_cost"]


def test_serve_refuses_a_policy_that_nobody_could_teach(served, twin_exits, capsys):
    assert twin_exits("serve", "--policy", "shadow_price", "scenario=tutorial") == 2

    assert served == []
    assert "UsageError: the policy shadow_price learns from a forecast" in capsys.readouterr().err


def test_import_routing_writes_a_part_that_can_be_chosen(capsys, twin_exits, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    links = [{"stock_id": 1, "source_code": code, "priority": at} for at, code in enumerate(["reno", "columbus"], 1)]
    Path("shop.json").write_text(json.dumps(links))

    assert twin_exits("import", "routing", "--from", "msi", "shop.json") == 0

    assert "conf/routing/shop.yaml" in capsys.readouterr().out
    assert twin_exits("check", "scenario=tutorial", "routing=shop") == 0


def test_import_routing_names_the_systems_it_knows(capsys, twin_exits, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("shop.json").write_text("[]")

    assert twin_exits("import", "routing", "--from", "magneto", "shop.json") == 2

    said = capsys.readouterr().err
    assert "magneto" in said
    assert "msi" in said
    assert not Path("conf").exists()


def test_policy_check_prints_a_table_and_passes(capsys, twin_exits, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert twin_exits("policy", "check", "ship_complete", "scenario=tutorial", "--orders", "40") == 0

    said = capsys.readouterr().out
    assert said.startswith("ship_complete: 40 decisions of a simulated run\n")
    assert said.endswith("Passed.\n")


def test_policy_check_of_a_policy_that_breaks_the_rules_exits_with_2(capsys, twin_exits, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "conf" / "routing").mkdir(parents=True, exist_ok=True)
    (tmp_path / "conf" / "routing" / "loose.yaml").write_text("kind: python:loose_routing:Loose\n")
    (tmp_path / "loose_routing.py").write_text(
        "from dataclasses import dataclass\n"
        "from twin.policies.decision import Decision\n"
        "@dataclass(frozen=True)\n"
        "class Loose:\n"
        "    def decide(self, order, network):\n"
        "        return Decision(order.number, ())\n"
    )

    assert twin_exits("policy", "check", "loose", "scenario=tutorial", "--orders", "5") == 2

    said = capsys.readouterr().out
    assert "  FAIL  accounts for every unit                          0 of 5\n" in said
    assert said.endswith("Failed: the policy must not route orders as it is.\n")


def test_a_simulated_run_is_logged_held_against_a_policy_and_repeated(capsys, twin_exits, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    day = ["scenario=tutorial", "study.warmup_days=0", "study.measured_days=1", "study.cooldown_days=0"]

    assert twin_exits("policy", "log", "own.jsonl", *day) == 0
    assert twin_exits("shadow", "own.jsonl", "--policy", "min_cost", "--no-rolling", *day) == 0
    again = ["routing=replay", "routing.log=own.jsonl", "study.replications=1", "-j1"]
    assert twin_exits("run", *day, *again) == 0

    said = capsys.readouterr().out
    assert re.match(r"\d+ decisions of a simulated run in own.jsonl\n", said)
    assert "the same policy as production: 100.0 % of" in said
    (folder,) = (tmp_path / "results" / "shadow").glob("own-min_cost-*")
    assert (folder / "summary.json").is_file()


CALM_WEEK = ["scenario=tutorial", "study.warmup_days=1", "study.measured_days=6", "study.cooldown_days=0",
             "demand.orders_per_day=60", "study.replications=2"]  # fmt: skip


def test_stress_holds_designs_against_the_same_world_without_the_event(capsys, twin_exits, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert twin_exits("stress", *CALM_WEEK, "--events", "carrier_delay,equipment_failure", "-j1") == 0

    said, told = capsys.readouterr()
    assert told.startswith(
        "6 runs, less those already finished: designs 1, each undisturbed and with 2 disruptions; replications 2\n"
    )
    assert said.startswith(("The weakest link of tutorial is ", "tutorial: no disruption is known"))
    assert "tutorial  carrier_delay" in said
    results = pq.read_table(tmp_path / "results" / "tutorial-stress" / "stress.parquet").to_pylist()
    assert [row["replication"] for row in results] == [0, 1] * 2
    assert all(row["orders_hit"] > 0 for row in results if row["disruption"] == "carrier_delay")
    page = (tmp_path / "results" / "tutorial-stress" / "stress.html").read_text("utf-8")
    assert "<b>tutorial, carrier_delay</b>" in page
    assert page.count("<figure>") == 2 * (5 + 2)  # two trials; five measures of the network, and work at two nodes


def test_stress_by_an_event_that_nobody_knows_names_those_there_are(capsys, twin_exits, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert twin_exits("stress", *CALM_WEEK, "--events", "locusts") == 2

    said = capsys.readouterr().err
    assert "--events: no disruption 'locusts'\n  expected: some of black_friday, carrier_delay, " in said
    assert not (tmp_path / "results").exists()


def test_stress_needs_the_orders_one_by_one(capsys, twin_exits, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert twin_exits("stress", *CALM_WEEK, "study.order_tables=false", "--events", "carrier_delay") == 2

    assert "study.order_tables: false\n  expected: true, because service is counted" in capsys.readouterr().err


def test_stress_needs_a_quiet_world_to_begin_with(capsys, twin_exits, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    fire = "+disruptions.events.fire={scope: node, targets: [columbus], starts_day: 2, duration: 24}"

    assert twin_exits("stress", *CALM_WEEK, fire, "--events", "carrier_delay") == 2

    assert "tutorial has disruptions of its own: fire\n  expected: a quiet world" in capsys.readouterr().err


def test_explain_tells_an_order_and_writes_a_page(capsys, twin_exits, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert twin_exits("explain", "5", "scenario=tutorial") == 0

    said = capsys.readouterr().out
    assert said.startswith("Order 5 ")
    assert "columbus" in said
    assert said.endswith(f"Page: {Path('results', 'explain', 'order-5.html')}\n")
    assert "Order 5" in (tmp_path / "results" / "explain" / "order-5.html").read_text("utf-8")


def test_explaining_an_order_that_never_comes_is_one_message(capsys, twin_exits, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    short = ["scenario=tutorial", "study.warmup_days=0", "study.measured_days=1", "study.cooldown_days=0"]

    assert twin_exits("explain", "99999", *short) == 2

    assert "99,999" in capsys.readouterr().err
    assert not (tmp_path / "results").exists()


def test_shadow_of_a_log_that_is_not_there_is_one_message(capsys, twin_exits, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert twin_exits("shadow", "nowhere.jsonl", "scenario=tutorial") == 2

    assert "nowhere.jsonl: No such file or directory\n  expected: a decision log" in capsys.readouterr().err


def test_import_decisions_writes_a_log_and_lists_what_was_left_out(capsys, twin_exits, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    sources = [
        {"source_code": "columbus", "sku": "sku-0001", "qty_to_deduct": 1, "qty_available": 9},
        {"source_code": "reno", "sku": "sku-0001", "qty_to_deduct": 0, "qty_available": 2},
    ]
    address = {"destination_address": {"postcode": "43004"}}
    wanted = {"stockId": 1, "items": [{"sku": "sku-0001", "qty": 1}], "extension_attributes": address}
    asked = {
        "order_id": 7, "created_at": "2025-09-04T09:00:00-04:00", "color": "red", "inventoryRequest": wanted,
        "result": {"source_selection_items": sources, "shippable": True},
    }  # fmt: skip
    (tmp_path / "msi.json").write_text(json.dumps([asked]))

    assert twin_exits("import", "decisions", "msi.json", "--from", "msi", "--to", "log.jsonl", "scenario=tutorial") == 0

    assert "color" in capsys.readouterr().out
    (line,) = (tmp_path / "log.jsonl").read_text().splitlines()
    assert json.loads(line)["decision"]["shipments"][0]["node"] == "columbus"


def test_gap_prints_a_verdict_and_keeps_the_costs(capsys, twin_exits, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    small = ["demand.orders_per_day=30", "study.measured_days=2", "study.replications=2", "-j1"]

    assert twin_exits("gap", "scenario=scarce_stock", "routing=distance_split,min_cost", *small) == 0

    said = capsys.readouterr().out
    assert re.match(r"(min_cost closes|NOT DECIDED: whether min_cost|min_cost costs more)", said)
    assert "hindsight_lp knows every order beforehand" in said
    assert said.endswith(f"Costs by replication: {Path('results', 'distance_split_vs_min_cost', 'gap.parquet')}\n")
    assert (tmp_path / "results" / "distance_split_vs_min_cost" / "gap.parquet").is_file()


@pytest.mark.parametrize("command", ["compare", "sweep"])
def test_the_problems_of_all_designs_are_refused_before_any_of_them_runs(work, twin_exits, standing, capsys, command):
    work.problems = {"storm": [TYPO], "calm": [TYPO, SLIP]}

    assert twin_exits(command, "scenario=storm,calm", "-j", "2") == 2

    assert capsys.readouterr().err == f"ConfigurationError: {TYPO}\n\n{SLIP}\n"
    assert work.asked == []
    assert list(standing.iterdir()) == []


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


def test_a_mistake_in_a_table_names_file_and_row_and_leaves_nothing_behind(twin_exits, tmp_path, monkeypatch, capsys):
    products = (CHECKOUT / "conf/tables/us/products.csv").read_text("utf-8").splitlines(keepends=True)
    cells = products[1].split(",")
    (tmp_path / "products.csv").write_text(
        "".join([products[0], ",".join(["", *cells[1:]]), *products[2:]]), encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)

    code = twin_exits("run", "scenario=tutorial", "network.products=products.csv", "network.nodes.reno.zip3='000'")

    said = capsys.readouterr().err
    assert code == 2
    assert "products.csv, row 2: sku = ''\n  expected: a word, not blank" in said
    assert "command line, network.nodes.reno.zip3='000': network.nodes.reno.zip3: '000'" in said
    assert [path.name for path in tmp_path.iterdir()] == ["products.csv"]


@pytest.mark.parametrize("words", [["run", "{}=false"], ["compare", "{}=true,false"], ["sweep", "{}=true,false"]])
def test_a_misspelled_node_is_named_as_it_was_typed(twin_exits, tmp_path, monkeypatch, capsys, words):
    monkeypatch.chdir(tmp_path)
    command, override = words

    code = twin_exits(command, "scenario=tutorial", override.format("network.nodes.rneo.enabled"), "-j1")

    said = capsys.readouterr().err
    assert code == 2
    assert "command line, network.nodes.rneo.enabled=false: network.nodes.rneo: there is no node 'rneo'" in said
    assert "  expected: one of columbus, reno\n  to mend:  did you mean 'reno'? To add a node, set at least" in said
    assert "++" not in said
    assert list(tmp_path.iterdir()) == []


def test_what_help_offers_can_be_pasted_into_a_shell_and_composes(twin_exits, capsys):
    twin_exits("--help")
    told = " ".join(capsys.readouterr().out.replace("│", " ").split())

    typed = shlex.split(re.search(r"lists and ranges: (.*?\)')\.", told)[1])

    assert typed == ["routing.late_usd=4,8", "study.seed=range(1,5)"]
    assert len(list(asking.compositions_of(typed))) == 8
    assert all(one.values["routing"].keys() >= {"late_usd"} for one in asking.compositions_of(["routing.late_usd=4"]))


def test_the_range_that_sweep_asks_for_is_quoted_for_the_shell(work, twin_exits, capsys):
    twin_exits("sweep", "scenario=storm")

    assert "such as study.seed=1,2 or 'study.seed=range(1,5)'" in capsys.readouterr().err


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
