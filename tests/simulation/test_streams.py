"""Named random streams: the same name gives the same luck, another name another."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.simulation.streams import stream

GOLDEN = [0.19968192533093165, 0.2159994114150029, 0.43274317071337454]
NAMES = st.lists(st.text("ab/:1é", max_size=4), min_size=1, max_size=4).map(tuple)


def first_draws(root: int, replication: int, *name: str) -> list[float]:
    """Return the first three uniforms of a stream."""
    draws: list[float] = stream(root, replication, *name).random(3).tolist()
    return draws


def test_a_stream_gives_the_numbers_it_has_always_given() -> None:
    assert first_draws(42, 7, "weather", "northeast") == GOLDEN


def test_asking_twice_starts_the_stream_anew() -> None:
    assert first_draws(1, 0, "demand") == first_draws(1, 0, "demand")


@pytest.mark.parametrize(
    "other",
    [
        (43, 7, "weather", "northeast"),
        (42, 8, "weather", "northeast"),
        (42, 7, "weather", "southeast"),
        (42, 7, "northeast", "weather"),
        (42, 7, "weather"),
        (42, 7, "weather", "northeast", ""),
    ],
    ids=["root", "replication", "part", "order", "shorter", "longer"],
)
def test_each_part_of_the_key_matters(other: tuple[int, int, *tuple[str, ...]]) -> None:
    assert first_draws(*other) != GOLDEN


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("a", "bc"), ("ab", "c")),
        (("a/b",), ("a", "b")),
        (("1:a/1:b",), ("a", "b")),
        (("a", ""), ("", "a")),
    ],
)
def test_names_that_read_alike_are_different_streams(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    assert first_draws(0, 0, *one) != first_draws(0, 0, *other)


@given(NAMES, NAMES)
def test_only_equal_names_share_a_stream(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    assert (first_draws(5, 2, *one) == first_draws(5, 2, *other)) == (one == other)


def test_two_streams_are_uncorrelated() -> None:
    draws = 20_000
    one = stream(3, 0, "node", "BOS").random(draws)
    other = stream(3, 0, "node", "BOT").random(draws)

    correlation = float(np.corrcoef(one, other)[0, 1])

    assert abs(correlation) < 3 / draws**0.5


@pytest.mark.parametrize("hash_seed", ["0", "1"])
def test_the_hash_seed_of_the_process_changes_nothing(hash_seed: str) -> None:
    asked = "stream(42, 7, 'weather', 'northeast')"
    code = f"from twin.simulation.streams import stream; print({asked}.random(3).tolist())"

    printed = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert printed.strip() == str(GOLDEN)


def test_a_stream_without_a_name_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a name that says what it is for"):
        stream(1, 1)


@pytest.mark.parametrize(("root", "replication"), [(-1, 0), (0, -1)])
def test_a_negative_seed_is_refused(root: int, replication: int) -> None:
    with pytest.raises(ValueError, match=f"'demand/web': .* must not be negative, got {root} and {replication}"):
        stream(root, replication, "demand", "web")
