"""`twin serve` as a process: it listens where it says, answers, and stops when it is told to."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from importlib import reload
from types import SimpleNamespace

import httpx
import pytest

from tests.service.serving import JSON, KEYS, NETWORK, a_request, a_service
from twin.domain import extras
from twin.domain.errors import UsageError
from twin.domain.extras import MissingExtra, needs
from twin.policies.contract import canonical
from twin.policies.routing.min_cost import MinCost
from twin.service import app, asking, database
from twin.service.serve import CannotListen, listen, serve
from twin.service.settings import Settings

PROGRAM = """
from functools import partial
from types import SimpleNamespace
from tests.service.serving import NETWORK
from twin.policies.routing.min_cost import MinCost
from twin.service.serve import serve
from twin.service.settings import Settings
model = SimpleNamespace(routing=MinCost(), network=NETWORK)
serve(model, "min_cost", Settings(port=0), partial(print, flush=True))
print("stopped")
"""


@pytest.fixture(scope="module")
def process() -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A service on a free port of this machine, and what it said."""
    running = subprocess.Popen(
        [sys.executable, "-W", "error", "-c", PROGRAM], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield running, running.stdout.readline().strip()
    finally:
        running.kill()
        running.communicate()


def test_it_says_for_which_network_by_which_policy_and_where(process) -> None:
    _, said = process

    assert said.startswith("Deciding for tests by min_cost at http://127.0.0.1:")
    assert said.endswith(" until Ctrl-C.")
    assert ":0 " not in said


def test_it_answers_over_a_real_connection_as_in_process(process) -> None:
    _, said = process
    address = said.split()[-3]

    answer = httpx.post(f"{address}/v1/decisions", content=canonical(a_request()), headers={"Content-Type": JSON})

    assert answer.status_code == 200
    assert answer.content == a_service().decide(a_request()).content
    assert "server" not in answer.headers


def test_it_hangs_up_on_what_is_too_large_and_goes_on(process) -> None:
    _, said = process
    address = said.split()[-3]

    refused = httpx.post(f"{address}/v1/decisions", content=b" " * 300_000, headers={"Content-Type": JSON})

    assert refused.status_code == 413
    assert httpx.get(f"{address}/healthz").status_code == 200


def test_ctrl_c_stops_it_without_an_error(process) -> None:
    running, _ = process

    running.send_signal(2)
    said, complaints = running.communicate(timeout=60)

    assert (running.returncode, said, complaints) == (0, "stopped\n", "")


def test_a_port_that_somebody_uses_is_named() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(CannotListen) as refused:
            serve(SimpleNamespace(routing=MinCost(), network=NETWORK), "min_cost", Settings(port=port), pytest.fail)

    assert refused.value.exit_code == 4
    assert str(refused.value).startswith(f"--host 127.0.0.1 --port {port}: cannot listen there: ")
    assert str(refused.value).endswith(
        "; expected an address of this machine and a port that nobody uses; take another --port, or 0 for any that is "
        "free"
    )


def test_an_address_that_is_not_ours_is_refused() -> None:
    with pytest.raises(CannotListen, match=r"--host 192.0.2.1 --port 0: cannot listen there: "):
        listen("192.0.2.1", 0)  # an address that is nobody's, for documents


@pytest.mark.parametrize("port", [-1, 65_536])
def test_a_port_that_cannot_be_is_refused(port: int) -> None:
    with pytest.raises(UsageError) as refused:
        Settings(port=port)

    assert str(refused.value) == (
        f"--port {port}: there is no such port; expected 0 to 65535; 0 takes any that is free"
    )


def test_answers_do_not_wait_to_be_sent() -> None:
    with listen("127.0.0.1", 0) as listener:
        assert listener.proto == socket.IPPROTO_TCP  # asyncio sets TCP_NODELAY only then


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="this machine has no IPv6")
def test_it_listens_on_ipv6_too() -> None:
    with listen("::1", 0) as listener:
        assert listener.family == socket.AF_INET6


def test_a_missing_part_is_named_with_what_brings_it() -> None:
    with pytest.raises(MissingExtra) as missing, needs("sql"):
        raise ModuleNotFoundError(name="sqlalchemy")

    assert str(missing.value) == (
        "the part 'sql' of the twin is not installed: found no module 'sqlalchemy'; expected what the part brings; "
        "install it with: pip install 'twin[sql]'"
    )
    assert missing.value.exit_code == 2


@pytest.mark.parametrize(
    ("module", "needed", "extra"),
    [(app, "fastapi", "service"), (asking, "fastapi", "service"), (database, "sqlalchemy", "sql")],
)
def test_each_module_names_the_part_it_needs(module, needed: str, extra: str, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, needed, None)
    with pytest.raises(extras.MissingExtra, match=rf"the part '{extra}' of the twin is not installed: found no module"):
        reload(module)


def test_serving_without_the_server_names_the_part(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)

    with pytest.raises(MissingExtra, match=r"found no module 'uvicorn'.*pip install 'twin\[service\]'"):
        serve(SimpleNamespace(routing=MinCost(), network=NETWORK), "min_cost", Settings(port=0), pytest.fail)


def test_keys_let_it_listen_to_others() -> None:
    assert Settings(host="0.0.0.0", keys=KEYS).port == 8350  # noqa: S104  (nothing listens here)
