"""Makes the policy of `kind: replay`: reads production's decision log, so that the policy itself need not."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any

from twin.calibration.decision_log import read_log
from twin.domain.errors import ConfigurationError, Problem
from twin.policies.routing.catalogue import stand_in
from twin.policies.routing.replay import DecisionBook, Replay

PARAMETERS = ("log", "otherwise")
OTHERWISE: Mapping[str, Any] = {"kind": "min_cost"}


def replay_policy(parameters: Mapping[str, Any], where: str = "routing") -> Replay:
    """Make the policy that a configuration of `kind: replay` describes.

    Raises `ConfigurationError` with everything that is wrong with the parameters, or with the log.
    """
    given = {name: value for name, value in parameters.items() if name != "kind"}
    problems = [_unknown(name, value, where) for name, value in given.items() if name not in PARAMETERS]
    otherwise = stand_in(given.get("otherwise", OTHERWISE), f"{where}.otherwise", problems)
    log = _log(given.get("log"), f"{where}.log", problems)
    if problems or log is None:
        raise ConfigurationError(problems)
    return Replay(otherwise, _book(log.resolve(), *_state(log)))


def log_of(parameters: Mapping[str, Any]) -> Path | None:
    """Return the log that a configuration replays, None where it replays none or the log is not there."""
    log = parameters.get("log")
    file = Path(log) if parameters.get("kind") == "replay" and isinstance(log, str) else None
    return file if file is not None and file.is_file() else None


def _unknown(name: str, value: object, where: str) -> Problem:
    near = get_close_matches(name, PARAMETERS, n=1)
    cure = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(PARAMETERS)}"
    return Problem(f"{where}.{name}", f"{name} = {value!r}", "a parameter of replay", cure)


def _log(name: object, where: str, problems: list[Problem]) -> Path | None:
    """Return the file of the log; what is wrong with its name is a problem."""
    if not isinstance(name, str) or not name:
        found = "nothing" if name is None else repr(name)
        problems.append(Problem(where, found, "a decision log, JSON Lines", f"name it, such as {where}=log.jsonl"))
        return None
    file = Path(name)
    if not file.is_file():
        cure = "check the name, or make one with twin import decisions"
        problems.append(Problem(where, f"no file {name!r}", f"a decision log under {Path.cwd()}", cure))
        return None
    return file


def _state(log: Path) -> tuple[int, int]:
    state = log.stat()
    return state.st_mtime_ns, state.st_size


@lru_cache(maxsize=4)
def _book(log: Path, changed_at_ns: int, size: int) -> DecisionBook:  # noqa: ARG001  (what tells one state of a file from the next)
    """Return the decisions of a log, which is read again only after it has changed."""
    return DecisionBook((one.request, one.decision) for one in read_log(log))
