"""The wheel, installed elsewhere: it brings its parts along, and the user's own scenario wins."""

import os
import site
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from tests.conftest import write_files

CHECKOUT = Path(__file__).parents[1]
MINE = "study:\n  title: My own question\n"


def run(*command, cwd):
    """Run a command as a user does, with nothing of this checkout in its environment."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.run([*map(str, command)], cwd=cwd, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build the wheel; what it needs to be built is already here, so no network is used."""
    out = tmp_path_factory.mktemp("dist")
    built = run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, CHECKOUT, cwd=out)
    assert built.returncode == 0, built.stdout + built.stderr
    (file,) = out.glob("twin-*.whl")
    return file


@pytest.fixture(scope="module")
def twin_command(wheel, tmp_path_factory):
    """Install the wheel into a clean environment that sees the libraries of this one, not this checkout."""
    home = tmp_path_factory.mktemp("clean")
    venv.create(home, with_pip=False)
    (packages,) = home.glob("lib/python*/site-packages")
    (packages / "libraries.pth").write_text("\n".join(site.getsitepackages()))
    python = home / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", wheel]
    installed = run(*pip, cwd=home)
    assert installed.returncode == 0, installed.stdout + installed.stderr
    where = run(python, "-c", "import twin; print(twin.__file__)", cwd=home)
    assert Path(where.stdout.strip()).is_relative_to(home), where.stdout + where.stderr
    return home / "bin" / "twin"


@pytest.fixture
def elsewhere(tmp_path):
    """A folder that has nothing to do with the checkout, with a scenario of the user's own."""
    write_files(tmp_path, {"scenarios/mine.yaml": MINE, "scenarios/central_dc.yaml": MINE})
    return tmp_path


def test_the_wheel_carries_every_part_scenario_and_table(wheel):
    shipped = {
        file.relative_to(CHECKOUT).as_posix()
        for folder in ("conf", "scenarios")
        for file in (CHECKOUT / folder).rglob("*")
        if file.is_file()
    }

    packed = {name.removeprefix("twin/_data/") for name in zipfile.ZipFile(wheel).namelist() if "/_data/" in name}

    assert packed == shipped
    assert "conf/config.yaml" in packed


def test_an_own_scenario_is_checked_from_anywhere(twin_command, elsewhere):
    said = run(twin_command, "check", "scenario=mine", cwd=elsewhere)

    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout == "No problems in mine.\n"


@pytest.mark.parametrize("scenario", ["mine", "central_dc"])
def test_an_own_scenario_wins_over_the_parts_and_over_a_shipped_one_of_its_name(twin_command, elsewhere, scenario):
    said = run(twin_command, "run", f"scenario={scenario}", "--show-config", cwd=elsewhere)

    assert (said.returncode, said.stderr) == (0, "")
    assert "title: My own question" in said.stdout


def test_looking_leaves_nothing_behind(twin_command, elsewhere):
    run(twin_command, "check", "scenario=mine", cwd=elsewhere)

    assert [path.name for path in elsewhere.iterdir()] == ["scenarios"]
