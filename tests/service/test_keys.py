"""Where API keys come from: their sha256 by owner, from the environment or a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.service.serving import KEY, KEYS
from twin.domain.errors import ConfigurationError
from twin.service.keys import read_keys

DIGEST, OTHER = KEYS["shop"], "ab" * 32


def test_keys_come_from_the_environment() -> None:
    assert read_keys({"TWIN_API_KEYS": f"shop:{DIGEST}, office:{OTHER}"}) == {"shop": DIGEST, "office": OTHER}


def test_keys_come_from_a_file_with_comments(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text(f"# who may ask\nshop:{DIGEST}\n\noffice:{OTHER.upper()}  # until spring\n")

    assert read_keys({}, file) == {"shop": DIGEST, "office": OTHER}


def test_keys_of_the_file_are_added_to_those_of_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text(f"office:{OTHER}")

    assert read_keys({"TWIN_API_KEYS": f"shop:{DIGEST}"}, file) == {"shop": DIGEST, "office": OTHER}


def test_nothing_said_is_no_keys() -> None:
    assert read_keys({}) == read_keys({"TWIN_API_KEYS": "  "}) == {}


@pytest.mark.parametrize("entry", [KEY, f"shop:{KEY}", DIGEST, f":{DIGEST}", f"the shop:{DIGEST}", f"shop:{DIGEST}0"])
def test_what_is_no_digest_is_refused_without_repeating_what_may_be_a_key(entry: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        read_keys({"TWIN_API_KEYS": f"office:{OTHER},{entry}"})

    said = str(refused.value)
    assert said.startswith("environment variable TWIN_API_KEYS, entry 2: something else\n")
    assert "expected: owner:sha256, the digest in 64 hex digits" in said
    assert "secrets.token_urlsafe(32)" in said
    assert KEY not in said
    assert DIGEST not in said


def test_every_wrong_entry_of_a_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text(f"one\nshop:{DIGEST}\nthree\n")

    with pytest.raises(ConfigurationError) as refused:
        read_keys({}, file)

    assert [problem.where for problem in refused.value.problems] == [f"{file}, entry 1", f"{file}, entry 3"]


def test_a_file_without_keys_is_refused_because_somebody_meant_to_have_some(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text("# none yet\n")

    with pytest.raises(ConfigurationError, match="no keys\n  expected: an entry owner:sha256 on each line"):
        read_keys({}, file)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"missing: cannot be read: .*No such file.*\n  expected: a text file"):
        read_keys({}, tmp_path / "missing")
