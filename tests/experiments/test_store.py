"""The store that machines share: what is there is not made again, and what is not whole is not there."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from tests.experiments.test_launched import a_launcher
from tests.experiments.test_runner import tables
from tests.experiments.test_study import a_design, two_designs
from twin.assemble import build
from twin.config import parse
from twin.domain.errors import ConfigurationError, MachineError, UsageError
from twin.experiments import replication
from twin.experiments.replication import Build, Design, finished
from twin.experiments.study import run_replications
from twin.hydra_glue import compose

STORE = "memory://shared/twin"


@pytest.fixture(autouse=True)
def memory() -> Iterator[MemoryFileSystem]:
    """Empty the store that lies in the memory of this process."""
    found = fsspec.filesystem("memory")
    yield found
    found.store.clear()


def stored(folder: Path, *overrides: str, store: str = STORE) -> Design:
    """Return a tiny design whose study has a store."""
    return a_design(folder, overrides=[f"study.store={store}", *overrides])


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the numbers of the replications that this process makes from now on."""
    numbers: list[int] = []

    def replicate(study: Path, design: Design, number: int, build: Build) -> None:
        numbers.append(number)
        replication.replicate(study, design, number, build)

    monkeypatch.setattr("twin.experiments.workers.replicate", replicate)
    return numbers


def objects(memory: MemoryFileSystem) -> list[str]:
    """Return the archives of the store."""
    return sorted(path for path in memory.find("/shared") if path.endswith(".zip"))


def test_what_one_machine_finished_another_copies_and_does_not_make(
    tmp_path: Path, memory: MemoryFileSystem, made: list[int]
) -> None:
    here, there = tmp_path / "here" / "s", tmp_path / "there" / "s"
    run_replications(here, [stored(tmp_path)], build, 0, new=False)

    run_replications(there, [stored(tmp_path)], build, 0, new=False)

    assert made == [0, 1]
    assert tables(there) == tables(here)
    assert [path.rpartition("-")[0] for path in objects(memory)] == [f"/shared/twin/s/both/rep-000{k}" for k in (0, 1)]
    assert not list(tmp_path.rglob("*.part"))


def test_only_what_was_asked_for_is_taken_from_a_store(tmp_path: Path, memory: MemoryFileSystem) -> None:
    """Another seed has other keys; both lie side by side."""
    run_replications(tmp_path / "a" / "s", [stored(tmp_path)], build, 0, new=False)

    other = stored(tmp_path, "study.seed=5")
    run_replications(tmp_path / "b" / "s", [other], build, 0, new=False)

    assert len(objects(memory)) == 4
    assert finished(tmp_path / "b" / "s", other, 0)
    assert tables(tmp_path / "a" / "s") != tables(tmp_path / "b" / "s")


def test_a_new_start_takes_nothing_from_a_store(tmp_path: Path, made: list[int]) -> None:
    run_replications(tmp_path / "s", [stored(tmp_path)], build, 0, new=False)

    run_replications(tmp_path / "s", [stored(tmp_path)], build, 0, new=True)

    assert made == [0, 1, 0, 1]


@pytest.mark.parametrize("damage", ["cut", "other bytes", "no archive", "another replication"])
def test_an_object_that_is_not_whole_is_made_again(
    tmp_path: Path, memory: MemoryFileSystem, made: list[int], damage: str
) -> None:
    run_replications(tmp_path / "a" / "s", [stored(tmp_path)], build, 0, new=False)
    first, second = objects(memory)
    content = memory.cat_file(first)
    memory.pipe_file(first, {
        "cut": content[: len(content) // 2], "no archive": b"", "another replication": memory.cat_file(second),
        "other bytes": _with_other_bytes(content),
    }[damage])  # fmt: skip

    run_replications(tmp_path / "b" / "s", [stored(tmp_path)], build, 0, new=False)

    assert made == [0, 1, 0]
    assert tables(tmp_path / "b" / "s") == tables(tmp_path / "a" / "s")
    with ZipFile(io.BytesIO(memory.cat_file(first))) as mended:
        assert mended.testzip() is None


def _with_other_bytes(content: bytes) -> bytes:
    """Return an archive that opens, with a table that is not what its manifest says."""
    changed = io.BytesIO()
    with ZipFile(io.BytesIO(content)) as before, ZipFile(changed, "w") as after:
        for name in before.namelist():
            after.writestr(name, before.read(name) + (b"?" if name == "kpis.parquet" else b""))
    return changed.getvalue()


def test_workers_without_our_disk_put_what_they_finish_into_the_store(tmp_path: Path, made: list[int]) -> None:
    store = f"file://{tmp_path / 'store'}"
    designs = two_designs(tmp_path, [f"study.store={store}"])
    jobs = a_launcher(tmp_path, ["hydra/launcher=joblib"], 2, [f"study.store={store}"])

    assert run_replications(tmp_path / "s", designs, build, jobs, new=False) == []

    assert len(list((tmp_path / "store" / "s").rglob("rep-*.zip"))) == 4
    assert all(finished(tmp_path / "s", design, number) for design in designs for number in range(2))
    shutil.rmtree(tmp_path / "s")
    assert run_replications(tmp_path / "s", designs, build, 0, new=False) == []
    assert made == []


@pytest.mark.parametrize(
    ("store", "error", "message"),
    [
        (
            "nonsense://bucket",
            UsageError,
            "study.store=nonsense://bucket: Protocol not known: nonsense\n  expected: an",
        ),
        ("file:///proc/nowhere", MachineError, "study.store=file:///proc/nowhere: .+\n  expected: a store that can be"),
    ],
)
def test_a_store_that_cannot_be_written_is_refused_before_the_first_run(
    tmp_path: Path, store: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=f"^{message}"):
        run_replications(tmp_path / "s", [stored(tmp_path, store=store)], build, 0, new=False)

    assert not list(tmp_path.rglob("rep-*"))


@pytest.mark.parametrize("store", ["/mnt/results", "sftp://ana:secret@host/results"])
def test_a_store_is_an_address_without_secrets(store: str) -> None:
    composition = compose([f"study.store='{store}'"], "tutorial")

    with pytest.raises(ConfigurationError, match="an address such as s3://bucket/folder, with its credentials in the"):
        parse(composition.values, composition.origin)
