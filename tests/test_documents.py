"""The documents run: commands of the README and the guide, their files, links, and the names they use."""

import csv
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import reduce
from operator import getitem
from pathlib import Path
from pkgutil import resolve_name

import pytest
import yaml

from scripts.take_pictures import pictures
from tests.policies.worlds import SnapshotView, Way, an_order, who_ships_what
from twin import cli
from twin.analytics.kpis import KPIS
from twin.config import parse
from twin.config.fields import Shape
from twin.hydra_glue import compose
from twin.policies.decision import Offer
from twin.policies.routing import kinds, load
from twin.policies.routing.validate import validate
from twin.simulation import tables

CHECKOUT = Path(__file__).parents[1]
README, GUIDE, ASSUMPTIONS = CHECKOUT / "README.md", CHECKOUT / "docs/how-to.md", CHECKOUT / "docs/assumptions.md"
ROUTING, FINDINGS = CHECKOUT / "docs/routing.md", CHECKOUT / "docs/findings.md"
DOCUMENTS = sorted([*CHECKOUT.glob("*.md"), *(CHECKOUT / "docs").rglob("*.md")])
BLOCK = re.compile(r"^(?:`(?P<file>[\w./-]+)`\n\n)?```(?P<language>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
SMALL = ["study=quick", "demand.orders_per_day=100", "study.replications=2", "-j", "0"]
FEW_DAYS = ["study.warmup_days=1", "study.measured_days=2", "study.cooldown_days=0", "study.runout_days=8"]

NOT_RUN = {
    "make demo": "takes minutes",
    "make test": "is this very run",
    'twin optimize scenario=tutorial "replenishment.safety_factor=interval(0,4)" --trials 20': (
        "test_optimizing.py runs a smaller one"
    ),
    "twin import routing --from hotwax order-routing.json": "needs an export; tests/calibration has some",
    "twin import decisions traces.json --from hotwax --to log.jsonl --stock stock.csv": "tests/calibration has some",
    "twin serve --policy min_cost --port 8350 scenario=regional_3dc": "serves until stopped; tests/service asks it",
    ".venv/bin/python -m build --wheel": "test_wheel.py builds the wheel without a network",
    "pip install -c constraints.txt dist/twin-0.1.0-py3-none-any.whl": "test_wheel.py installs the wheel",
}
ONLY_CHECKED = {
    "twin sweep network=central_dc,regional_3dc routing.late_usd=4,8 study=demo": "the guide's smaller sweep runs",
    "twin compare scenario=central_dc,regional_3dc,omnichannel": "other comparisons run",
    "twin compare network=central_dc,regional_3dc disruptions=storm_northeast study.name=storm": "others run",
    "twin compare scenario=regional_3dc,storm_regional": "other comparisons run",
    "twin run scenario=tutorial network.nodes.columbus.stages.pack.stations=2 study.name=two_packers": "others run",
    "twin compare scenario=central_dc,regional_3dc study.replications=40 study.looks=[10,20] study.name=looks": (
        "test_looks.py runs smaller ones"
    ),
    "twin compare scenario=regional_3dc,denver": "other comparisons run",
    "twin compare scenario=regional_3dc,regional_carrier": "other comparisons run",
    "twin compare scenario=tutorial disruptions=none,columbus_fire study.name=fire": "other comparisons run",
    "twin compare scenario=tutorial disruptions=columbus_fire response=none,reroute,promise_later study.name=answers": (
        "other comparisons run"
    ),
    "twin pilot scenario=pilot_austin_mfc": "test_pilot.py runs a smaller one",
    "twin design scenario=design_us": "test_site_designs.py runs smaller ones",
    "twin nodes scenario=full_mix --nodes boston,denver,houston,san_francisco": "test_node_value.py runs a smaller one",
    "twin sensitivity scenario=central_dc,regional_3dc study=demo": "test_sensitivity.py runs smaller ones",
    "twin gap scenario=scarce_stock routing=distance_split,min_cost,shadow_price": "test_gap.py runs a smaller one",
    "twin stress scenario=regional_3dc,central_dc": "test_cli.py runs a smaller one",
    "twin compare scenario=scarce_one_day routing=min_cost,shadow_price study.name=one_day": "takes minutes",
    "twin compare scenario=scarce_thirty_days routing=min_cost,shadow_price study.name=thirty_days": "takes minutes",
}
FIRST = {
    "twin report results/tutorial": "twin run scenario=tutorial",
    "twin status": "twin run scenario=tutorial",
    "twin table results/stock_and_service --kpis cost_per_order,on_time_delivery_rate,inventory_turns": (
        "twin sweep scenario=tutorial replenishment.safety_factor=0.5,1,2,3 routing.late_usd=0,10,25 "
        "study.replications=20 study.name=stock_and_service"
    ),
    "twin compare scenario=tutorial routing=production,distance_split study.name=candidate": (
        "twin policy log own.jsonl scenario=tutorial"
    ),
    "twin shadow own.jsonl --policy distance_split scenario=tutorial": "twin policy log own.jsonl scenario=tutorial",
}


@dataclass(frozen=True)
class Block:
    """A fenced block of a document, and the file it is to be, if it says so."""

    language: str
    text: str
    file: str = ""


def blocks(document):
    """Return the fenced blocks of a document; YAML and Python name their file in their first line."""
    found = []
    for match in BLOCK.finditer(document.read_text("utf-8")):
        first_line = re.match(r"# ([\w./-]+\.(?:yaml|py))\n", match["text"])
        found.append(Block(match["language"], match["text"], match["file"] or (first_line[1] if first_line else "")))
    return found


WALKS = sorted((CHECKOUT / "docs/howto").glob("*.md"))
BLOCKS = [block for document in (README, GUIDE, *WALKS, ROUTING, FINDINGS) for block in blocks(document)]
STUDIES = [line for block in blocks(FINDINGS) for line in block.text.splitlines()]
"""The studies behind the findings: minutes each, so they are only checked."""
COMMANDS = list(
    dict.fromkeys(line for block in BLOCKS if block.language in ("bash", "console") for line in block.text.splitlines())
)
FILES = [block for block in BLOCKS if block.file]
YAML_FILES = [block.file for block in FILES if block.language == "yaml"]
READING = [block.text for block in BLOCKS if block.language == "python" and not block.file]


@pytest.fixture(scope="module")
def workplace(tmp_path_factory):
    """A folder in which a reader has written down every file of the documents."""
    folder = tmp_path_factory.mktemp("workplace")
    for block in FILES:
        (folder / block.file).parent.mkdir(parents=True, exist_ok=True)
        (folder / block.file).write_text(block.text, encoding="utf-8")
    return folder


@pytest.fixture
def standing(workplace, monkeypatch):
    """Stand in the reader's folder, whose Python files can be imported."""
    monkeypatch.chdir(workplace)
    monkeypatch.syspath_prepend(str(workplace))
    return workplace


@pytest.fixture
def said_by(standing, monkeypatch, capsys):
    """Run a command of a document on a small study, or look at its configuration, and return what it says."""

    def run(command):
        if command in FIRST:
            run(FIRST[command])
        words = [word for word in shlex.split(command) if word != "PYTHONPATH=."]
        if "policy log" in command:
            words += ["--overwrite"]  # other commands of the documents have written it before
        if command in ONLY_CHECKED or command in STUDIES:
            words = ["twin", "check", *(word for word in words[2:] if "=" in word)]
        elif words[1] in ("run", "compare", "sweep"):
            words = [*(word for word in words if not word.startswith("study=")), *SMALL]
            words += [] if "demand=trace" in words else FEW_DAYS
            words += ["study.order_tables=true"] if words[1] == "run" else []
        elif words[1] in ("nodes", "pilot"):
            words += ["demand.orders_per_day=60", "study.replications=2", "-j", "0"]
        monkeypatch.setattr(sys, "argv", words)
        with pytest.raises(SystemExit) as leaving:
            cli.main()
        said = capsys.readouterr()
        assert leaving.value.code in (None, 0), said.err
        return said.out

    return run


@pytest.mark.parametrize("command", [command for command in COMMANDS if command not in NOT_RUN])
def test_a_command_of_the_documents_works(command, said_by):
    said = said_by(command)

    checked = command in ONLY_CHECKED or command in STUDIES or command.startswith("twin check")
    ends = {
        "twin policy check": "Passed.", "twin policy log": "decisions of a simulated run in own.jsonl",
        "twin shadow": "agree (", "twin explain": "Page: ", "--show-config": "network:",
            "twin status": "complete", "twin table": "replications",
        "twin nodes": "Page: ", "twin pilot": "Pages: ",
    }  # fmt: skip
    expected = next((end for words, end in ends.items() if words in command), "Report: ")
    assert ("No problems" if checked else expected) in said


def test_every_command_that_is_not_run_is_still_in_the_documents():
    assert set(COMMANDS) >= {*NOT_RUN, *ONLY_CHECKED, *FIRST}


@pytest.mark.skipif(not shutil.which("bash"), reason="needs bash")
def test_commands_can_be_pasted_into_a_shell():
    read = subprocess.run(["bash", "-n"], input="\n".join(COMMANDS), text=True, capture_output=True, check=False)  # noqa: S607

    assert read.stderr == ""


def test_make_knows_the_targets_of_the_documents():
    makefile = (CHECKOUT / "Makefile").read_text("utf-8")

    targets = [command.split()[1] for command in COMMANDS if command.startswith("make ")]

    assert [target for target in targets if not re.search(rf"^{target}:", makefile, re.MULTILINE)] == []


@pytest.mark.parametrize("file", YAML_FILES)
def test_a_scenario_or_part_of_the_documents_is_sound(file, standing):
    folder, _, name = file.removesuffix(".yaml").rpartition("/")

    group = folder.removeprefix("conf/").removesuffix("s" if folder == "scenarios" else "")
    composition = compose([f"{group}={name}"])

    assert any(part.shown == file for part in composition.parts)
    assert parse(composition.values, composition.origin).study.measures


def test_every_block_of_yaml_and_csv_says_which_file_it_is():
    assert [block.text for block in BLOCKS if block.language in ("yaml", "csv") and not block.file] == []


@pytest.mark.parametrize("reading", READING)
def test_results_are_read_as_the_guide_says(reading, said_by, standing, capsys):
    study = re.search(r"results/(\w+)/", reading)[1]
    if not (standing / "results" / study).exists():
        said_by(next(c for c in COMMANDS if f"study.name={study}" in c or c == f"twin run scenario={study}"))

    exec(compile(reading, "how-to.md", "exec"), {})  # noqa: S102  (our own words)

    said = capsys.readouterr().out
    assert any(word in said for word in ("columbus", "cost_per_order", "linehaul"))


def test_the_policy_of_the_guide_routes_an_order(standing):
    (given,) = [block for block in blocks(GUIDE) if block.file.startswith("conf/routing/")]
    policy = load(compose([f"routing={Path(given.file).stem}"]).values["routing"])
    ways = (Way("akron", 4.0), Way("dayton", 6.0), Way("lima", 9.0))
    view = SnapshotView(ways, {"akron": {"mug": 1}, "dayton": {"mug": 1, "lamp": 1}, "lima": {"mug": 5, "lamp": 5}})
    order = an_order(mug=1, lamp=1)

    decision = policy.decide(order, view)

    validate(order, decision, view)
    assert who_ships_what(decision) == {"dayton": {"mug": 1, "lamp": 1}}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(document):
    links = re.findall(r"\]\(([^)\s]+)\)", document.read_text("utf-8"))

    dead = [link for link in links if "://" not in link and not leads_somewhere(document, link)]

    assert dead == []


def leads_somewhere(document, link):
    """Answer whether the file of a link is there, and the heading it points to."""
    file, _, heading = link.partition("#")
    target = Path(os.path.normpath(document.parent / file)) if file else document
    if not heading:
        return target.exists()
    titles = re.findall(r"^#+ (.*)$", target.read_text("utf-8"), re.MULTILINE)
    return heading in {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("walk", WALKS, ids=lambda path: path.stem)
def test_a_walk_through_shows_a_picture_of_a_page_that_its_commands_make(walk):
    shown = [one for one in pictures() if one[1] in walk.read_text("utf-8")]
    asked = " ".join(block.text for block in blocks(walk) if block.language == "bash")

    assert shown
    for picture, page, _ in shown:
        study = page.split("/")[1].removesuffix("-nodes")
        assert picture.read_bytes().startswith(b"\x89PNG")
        assert f"study.name={study}" in asked or f"scenario={study}" in asked


def test_every_kpi_that_is_named_exists():
    known = {kpi.id for kpi in KPIS}
    endings = {kpi.rpartition("_")[2] for kpi in known}
    named = {word for document in DOCUMENTS for word in re.findall(r"`([a-z]+(?:_[a-z0-9]+)+)`", document.read_text())}

    alike = {word for word in named if word.rpartition("_")[2] in endings}

    assert alike - known - other_names() == set()


def other_names():
    """Return names that may look like a KPI's: keys, parameters, columns, fields of an offer, the guide's own words."""
    keys = {field for shape in Shape.__subclasses__() for field in shape.model_fields}
    parameters = {name for kind in kinds() for name in load({"kind": kind}).__dataclass_fields__}
    parameters |= {"at_order", "at_run", "at_release"}  # choices of dom.commit
    schemas = (tables.ORDERS, tables.SHIPMENTS, tables.NODES, tables.STOCK, tables.EVENTS)
    columns = {name for schema in schemas for name in schema.names}
    shipped = [file for folder in ("conf", "scenarios") for file in (CHECKOUT / folder).rglob("*.yaml")]
    parts = {Path(file).stem for file in (*YAML_FILES, *shipped)}
    return keys | parameters | columns | {*Offer.__struct_fields__} | parts


def rows_of(document, first_cell):
    """Return the rows of a document's tables whose first cell matches, without their last bar."""
    rows = [line.strip("|").split("|") for line in document.read_text("utf-8").splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row] for row in rows if re.fullmatch(first_cell, row[0].strip())]


def test_assumptions_are_those_of_the_configuration():
    values = compose([]).values
    found = {}
    for key, value, *_ in rows_of(ASSUMPTIONS, r"`(?!twin\.)[\w.]+`"):
        found[key] = (yaml.safe_load(value), reduce(getitem, key.strip("`").split("."), values))

    assert len(found) > 50
    assert {key: pair for key, pair in found.items() if pair[0] != pair[1]} == {}


def test_assumptions_are_those_of_the_tables():
    wrong, rows = [], rows_of(ASSUMPTIONS, r"\w+\.csv")
    for table, words, column, value, _ in rows:
        with (CHECKOUT / "conf/tables/us" / table).open(encoding="utf-8", newline="") as file:
            (row,) = [row for row in csv.DictReader(file) if f"{' '.join(row.values())} ".startswith(f"{words} ")]
        wrong += [(table, words, value, row[column])] if row[column] != value else []

    assert len(rows) > 10
    assert wrong == []


def test_assumptions_are_those_of_the_code():
    rows = rows_of(ASSUMPTIONS, r"`twin\.[\w.]+`")

    assert len(rows) > 5
    assert {name: value for name, value, _ in rows if resolve_name(name.strip("`")) != float(value)} == {}


def test_the_table_of_kpis_is_complete():
    listed = re.findall(r"^\| (\w+) \|", (CHECKOUT / "docs/kpis.md").read_text("utf-8"), re.MULTILINE)

    assert [name for name in listed if name != "KPI"] == [kpi.id for kpi in KPIS]
